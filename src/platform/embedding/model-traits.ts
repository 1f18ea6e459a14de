export interface ModelTraits {
  /** What goes before each text of a document, and before each query. */
  readonly prefixes: { readonly document: string; readonly query: string };
  /** As in Embedder. */
  readonly minimumSimilarity: number;
}

const NO_PREFIXES = { document: '', query: '' };

/**
 * What is to be known of an embedding model, by its name: whoever serves it, under whatever longer name.
 *
 * Similarities of unrelated texts differ from model to model: nomic's lie between .35 and .5, those of OpenAI's third
 * generation between 0 and .2. The minimum is set just above; for models we do not know it lies between the two.
 */
export function traitsOf(model: string): ModelTraits {
  // Trained with a word that says which side a text is on, and much worse without it. nomic-embed-code was not.
  if (/(?:^|[/-])nomic-embed-text/i.test(model))
    return { prefixes: { document: 'search_document: ', query: 'search_query: ' }, minimumSimilarity: 0.5 };
  const minimumSimilarity = /(?:^|\/)text-embedding-3-/i.test(model) ? 0.25 : 0.35;
  return { prefixes: NO_PREFIXES, minimumSimilarity };
}
