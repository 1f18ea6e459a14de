export interface RecentCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** Keeps what was last used: at most `maxEntries`, and none under keys of more than `maxLength` characters. */
export function createRecentCache<V>(maxEntries: number, maxLength = Infinity): RecentCache<V> {
  const entries = new Map<string, V>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) {
        // A Map keeps the order of insertion, so the first key is the one unused for longest.
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set(key, value) {
      if (key.length > maxLength) return;
      entries.set(key, value);
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value!);
    },
  };
}
