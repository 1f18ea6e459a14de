export interface DocumentCache<V> {
  get(source: string): V | undefined;
  set(source: string, value: V): void;
}

/** Keeps what was last used: at most `maxEntries`, and none for sources of more than `maxLength` characters. */
export function createDocumentCache<V>(maxEntries: number, maxLength: number): DocumentCache<V> {
  const entries = new Map<string, V>();
  return {
    get(source) {
      const value = entries.get(source);
      if (value !== undefined) {
        // A Map keeps the order of insertion, so the first key is the one unused for longest.
        entries.delete(source);
        entries.set(source, value);
      }
      return value;
    },
    set(source, value) {
      if (source.length > maxLength) return;
      entries.set(source, value);
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value!);
    },
  };
}
