import { enumType } from '../platform/graphql/enum-type.js';

export const SearchMode = enumType('SearchMode', 'What ranks the passages.', {
  HYBRID:
    'Words and meaning together, weighed by how good the embedding model is. The default, and what answers are made from.',
  SEMANTIC: 'Nearness of meaning alone: the cosine similarity of vectors.',
  KEYWORD:
    'Words alone: BM25 over stemmed words, title and headings counted twice, of the passage and of its whole document; in English, other words for those that a passage lacks count a little.',
});
export type SearchMode = keyof typeof SearchMode;
