const LISTS = {
  english: 'the of and to is are in that it for with as be this by an on or can from you not which if',
  german: 'der die das und ist sind ein eine nicht mit auf für den dem des wird werden wenn oder auch zu von im',
  french: 'le la les et est sont une des du dans pour que qui avec sur pas ou par au ce il peut si ne',
  spanish: 'el la los las y es son una de del en para que con no por se un lo su puede si como al',
  italian: 'il la gli e è sono una di del della per che con non si un lo nel come al dei può se',
  portuguese: 'o a os as e é são uma de do da em para que com não por se um no na pode como ao',
  dutch: 'de het een en is zijn van in op voor met niet dat die wordt worden als of ook te aan',
};
type Language = keyof typeof LISTS;

const WORDS = Object.entries(LISTS).map(
  ([language, words]) => [language as Language, new Set(words.split(' '))] as const,
);
const LATIN = /\p{sc=Latin}/gu;
const OTHER_SCRIPT = /(?!\p{sc=Latin})\p{L}/gu;
const LEAST_WORDS = 2;

/** English by its commonest words, another language by those or by its script; null where too little tells. */
export function languageOf(text: string): 'english' | 'other' | null {
  if ((text.match(OTHER_SCRIPT)?.length ?? 0) > (text.match(LATIN)?.length ?? 0)) return 'other';
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = WORDS.map(([language, list]) => ({ language, count: words.filter((word) => list.has(word)).length }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  if (best.count < LEAST_WORDS) return null;
  return best.language === 'english' ? 'english' : 'other';
}
