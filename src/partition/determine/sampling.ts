/**
 * Whether a key is counted when determinePartitionsSamplingFactor is `factor`: one of so many is, and target and maximum are divided
 * by it (`DeterminePartitionsJobSampler`). Druid draws lots where assumeGrouped is set; here the hash decides there too, so that the
 * plan depends on the input alone.
 *
 * @param hash32 murmur3_32 (seed 0) of the key's JSON, int32
 */
export function isSampled(hash32: number, factor: number): boolean {
  return factor === 1 || hash32 % factor === 0;
}

/** Target or maximum of rows in a shard, in sampled rows: Druid's integer division. */
export function sampledRows(rows: number, factor: number): number {
  return Math.floor(rows / factor);
}
