const MIN_LENGTH = 4;

// In this order, each at most once. A stem keeps three letters, so that `ring` and `bed` stay what they are.
const RULES: readonly (readonly [RegExp, string])[] = [
  [/ies$/, 'y'],
  [/sses$/, 'ss'],
  [/([^su])s$/, '$1'],
  [/ational$/, 'ate'],
  [/i[sz]ation$/, 'ize'],
  [/(.{3})(?:ing|edly|ed|ation|ment|ness|ly|al)$/, '$1'],
  [/(.)\1$/, '$1'],
  [/(.{3})e$/, '$1'],
];

/**
 * Takes the commonest English endings off a word in lower case: `caching`, `cached` and `caches` all give `cach`. This
 * is for the builtin embedder and the builtin model. Vectors are stored: another rule needs another model name.
 */
export function lightStem(word: string): string {
  if (word.length < MIN_LENGTH) return word;
  return RULES.reduce((stem, [ending, replacement]) => stem.replace(ending, replacement), word);
}
