/**
 * The order in which Java 17's `HashMap` walks over single-element lists of names put into it one by one: Druid keeps its candidate
 * dimensions in one, and of equally good ones the first wins.
 *
 * @param names in the order they were put; Druid's is UTF-16 order
 * @returns places in `names`
 */
export function javaHashOrder(names: readonly string[]): number[] {
  let capacity = 16;
  while (names.length > capacity * 0.75) capacity *= 2;
  const buckets = names.map((name) => {
    // List.of(name).hashCode(), then HashMap.hash: the high half is mixed into the low one.
    const hash = (31 + javaHash(name)) | 0;
    return (hash ^ (hash >>> 16)) & (capacity - 1);
  });
  // Growing keeps the order within a bucket.
  return names.map((_, i) => i).sort((a, b) => buckets[a] - buckets[b] || a - b);
}

/** `String.hashCode` */
function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
