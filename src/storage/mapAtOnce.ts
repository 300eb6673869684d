/** What is done at once: waits for a disk or a server overlap, and none is overrun. */
const AT_ONCE = 16;

/**
 * Does something with each of many files, several at a time.
 *
 * @returns what came of each
 * @throws when none is worked on any more: of the errors that of the first item in their order. After an error nothing new begins
 */
export async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failedAt = Infinity;
  let failure: unknown;
  const lane = async (): Promise<void> => {
    while (next < items.length && failedAt === Infinity) {
      const at = next++;
      try {
        results[at] = await work(items[at]);
      } catch (error) {
        if (at > failedAt) continue;
        failedAt = at;
        failure = error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane));
  if (failedAt < Infinity) throw failure;
  return results;
}
