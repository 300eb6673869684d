/** Registers of a collector; each takes four bits. */
const bucketCount = 2048;
const headerBytes = 7;
const denseBytes = headerBytes + bucketCount / 2;
const twoToThe64 = 2 ** 64;
const correction = (0.7213 / (1 + 1.079 / bucketCount)) * bucketCount * bucketCount;

/**
 * Estimates the cardinality that a stored `hyperUnique` collector stands for, as Druid does when it reads it.
 *
 * Two of Druid's habits are kept, since the estimate is its: in the sparse form an overflow register is looked for at a position that
 * does not count the header although stored positions do; and both halves of its byte count as zero registers while they are below 16.
 *
 * @param collector version byte 1, register offset, number of registers that are not zero, overflow value and register, then 1024 bytes
 *   of registers (dense) or triples of position and byte (sparse)
 * @returns the estimate, or null when the bytes are no such collector
 * @see org.apache.druid.hll.HyperLogLogCollector
 */
export function estimateHyperUnique(collector: Uint8Array): number | null {
  const isDense = collector.length === denseBytes;
  if (collector.length < headerBytes || collector[0] !== 1) return null;
  if (!isDense && (collector.length - headerBytes) % 3 !== 0) return null;
  const offset = collector[1];
  const overflowValue = collector[4];
  const overflowRegister = (collector[5] << 8) | collector[6];
  const overflowPosition = overflowValue === 0 ? -1 : overflowRegister >>> 1;
  const isUpper = (overflowRegister & 1) === 0;
  const step = isDense ? 1 : 3;
  let sum = 0;
  let zeros = isDense ? 0 : bucketCount - 2 * ((collector.length - headerBytes) / 3);
  for (let at = headerBytes; at < collector.length; at += step) {
    const byte = collector[at + step - 1];
    const position = isDense ? at - headerBytes : (collector[at] << 8) | collector[at + 1];
    let upper = (byte >>> 4) + offset;
    let lower = (byte & 15) + offset;
    if (position === overflowPosition) {
      if (isUpper) upper = Math.max(upper, overflowValue);
      else lower = Math.max(lower, overflowValue);
      zeros += ((upper & 0xf0) === 0 ? 1 : 0) + ((lower & 0x0f) === 0 ? 1 : 0);
    } else {
      zeros += (byte < 16 ? 1 : 0) + ((byte & 15) === 0 ? 1 : 0);
    }
    sum += 2 ** -upper + 2 ** -lower;
  }
  return corrected(correction / (isDense ? sum : sum + zeros), zeros);
}

function corrected(estimate: number, zeros: number): number {
  if (estimate <= 2.5 * bucketCount) return zeros === 0 ? estimate : bucketCount * Math.log(bucketCount / zeros);
  if (estimate <= twoToThe64 / 30) return estimate;
  const ratio = estimate / twoToThe64;
  return ratio >= 1 ? Number.POSITIVE_INFINITY : -twoToThe64 * Math.log(1 - ratio);
}
