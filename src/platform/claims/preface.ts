const COUNTED = '(?:\\(\\d{1,2}\\)|(?:step|option|method|approach|schritt) \\d{1,2} ?[:.–—-])';
const LABEL =
  '(?:tl;?dr|(?:short |quick )?answer|note|tip|info|warning|caution|important|related|in short|in summary|summary|hinweis|kurz)[*_]{0,3} ?:';
const LINK =
  '(?:additionally|furthermore|moreover|in addition|also|similarly|finally|overall|specifically|notably|as a result|therefore|thus|consequently),';
const NOTED = '(?:please )?(?:note|remember|keep in mind) that';
const SAID = '(?:also )?(?:says|states|explains|shows|notes|mentions|adds) that';
const PREFACE = new RegExp(
  `^(?:[*_]{0,3}(?:${[COUNTED, LABEL, LINK, NOTED, SAID].join('|')})[*_]{0,3} )+(?=.*[\\p{L}\\p{N}])`,
  'isu',
);

/** A claim without what counts, labels or introduces it: "Step 3: …", "**Note:** …", "Also, …", "[1] says that …". */
export const withoutPreface = (claim: string): string => claim.replace(PREFACE, '');
