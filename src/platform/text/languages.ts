/**
 * PostgreSQL's stemming dictionaries by the language that they are for (ISO 639-1). They make the terms of the keyword
 * index, of documents and of queries. English has two more stems, which no index holds: light-stem.ts and word-root.ts.
 */
export const STEMMERS: Readonly<Record<string, string>> = {
  ar: 'arabic_stem',
  ca: 'catalan_stem',
  da: 'danish_stem',
  de: 'german_stem',
  el: 'greek_stem',
  en: 'english_stem',
  es: 'spanish_stem',
  eu: 'basque_stem',
  fi: 'finnish_stem',
  fr: 'french_stem',
  ga: 'irish_stem',
  hi: 'hindi_stem',
  hu: 'hungarian_stem',
  hy: 'armenian_stem',
  id: 'indonesian_stem',
  it: 'italian_stem',
  lt: 'lithuanian_stem',
  nb: 'norwegian_stem',
  ne: 'nepali_stem',
  nl: 'dutch_stem',
  nn: 'norwegian_stem',
  no: 'norwegian_stem',
  pt: 'portuguese_stem',
  ro: 'romanian_stem',
  ru: 'russian_stem',
  sr: 'serbian_stem',
  sv: 'swedish_stem',
  ta: 'tamil_stem',
  tr: 'turkish_stem',
  yi: 'yiddish_stem',
};

/** Of all other languages: their words stay as they are. */
export const NO_STEMMER = 'simple';

export const DEFAULT_LANGUAGE = 'en';

/** The language of a BCP 47 tag, as in `lang` of HTML: `de` of `de-AT`. null for what is none. */
export function toLanguage(tag: unknown): string | null {
  if (typeof tag !== 'string') return null;
  return /^([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*$/i.exec(tag.trim())?.[1]!.toLowerCase() ?? null;
}

/** A document's language: `lang` of its front matter where that is one, else its ProjectDoc's, else English. */
export function languageOf(lang: unknown, ofProjectDoc: string | null): string {
  return toLanguage(lang) ?? ofProjectDoc ?? DEFAULT_LANGUAGE;
}

/** The dictionary that stems a language. */
export function stemmerOf(language: string): string {
  return STEMMERS[language] ?? NO_STEMMER;
}
