/** How many may do something at once in this process; whoever comes when all are taken is told so at once. */
export interface Slots {
  /** null: all are taken. Whoever has one gives it back once. */
  take(): (() => void) | null;
}

export function createSlots(count: number): Slots {
  let free = count;
  return {
    take() {
      if (free === 0) return null;
      free -= 1;
      return () => void (free += 1);
    },
  };
}
