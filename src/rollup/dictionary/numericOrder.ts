/** Compares two longs given as (low, high) pairs of int32. */
export function compareLongPairs(lowA: number, highA: number, lowB: number, highB: number): number {
  return highA !== highB ? highA - highB : (lowA >>> 0) - (lowB >>> 0);
}

/**
 * Compares two doubles given by their bits as (low, high) pairs, in the order of Java's `Double.compare`: -0.0 before 0.0, NaN
 * last.
 */
export function compareDoublePairs(lowA: number, highA: number, lowB: number, highB: number): number {
  // Negative doubles order against their bits: flip all but the sign.
  const a = highA ^ ((highA >> 31) >>> 1);
  const b = highB ^ ((highB >> 31) >>> 1);
  if (a !== b) return a < b ? -1 : 1;
  const low = (lowA >>> 0) - (lowB >>> 0);
  return highA < 0 ? -low : low;
}
