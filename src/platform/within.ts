/** What `work` comes to, or `late` where that takes more than so many milliseconds; the work goes on then. */
export async function within<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => (timer = setTimeout(() => resolve(late()), ms)));
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
