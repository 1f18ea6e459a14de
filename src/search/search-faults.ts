import { filterFaults } from '../document/document-filter.js';
import type { DocumentFilter } from '../document/document.inputs.js';

export const DEFAULT_TOP_K = 5;
export const MAX_TOP_K = 100;

export interface SearchSettings {
  topK: number;
  /** null: all hits. */
  minScore?: number | null;
  /** null: all documents. */
  filter?: DocumentFilter | null;
}

/** What is wrong with the settings of a search, as sentences, each with the path of what it is about. */
export function* searchFaults({ topK, minScore, filter }: SearchSettings): Iterable<[path: string[], fault: string]> {
  if (topK < 1 || topK > MAX_TOP_K) yield [['topK'], `topK must be between 1 and ${MAX_TOP_K}.`];
  if (minScore != null && !(minScore >= 0 && minScore <= 1)) yield [['minScore'], 'minScore must be between 0 and 1.'];
  for (const [field, fault] of filter ? filterFaults(filter) : []) yield [['filter', field], fault];
}
