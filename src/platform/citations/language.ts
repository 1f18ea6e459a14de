// The commonest words of some languages, without those that are English words too.
const LISTS = {
  english:
    'the of and to is are in that it for with as be this by an on or can from you not which if when will has have was ' +
    'at its your their they but all any each use used only no who how what than then there so into',
  german: 'der das und ist sind ein eine einen nicht mit auf für dem des wird werden wenn oder auch zu von im kein nur',
  french: 'le les et est sont une des du dans pour que qui avec sur pas ou au ce il peut ne cette aux par',
  spanish: 'el los las y es son una del para que se su puede al por con lo esta este pero',
  italian: 'il gli è sono una di della che si nel può se non questo quando viene',
  portuguese: 'os e é são uma da em para que não por se um na pode ao esta quando',
  dutch: 'de het een zijn op voor met niet dat wordt worden als ook te aan deze kan',
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
  if (best.language === 'english') return 'english';
  return best.count > 2 * counts[0]!.count ? 'other' : null;
}
