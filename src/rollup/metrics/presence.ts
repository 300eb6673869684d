import type { BlockReader, BlockWriter } from '../run/blockBytes.ts';

/** Which rows have a value: a byte per row, written to blocks only when some row has none. */
export function writePresence(
  block: BlockWriter,
  present: Uint8Array,
  order: Int32Array,
  from: number,
  to: number,
): void {
  let all = 1;
  for (let i = from; i < to; i++) all &= present[order[i]];
  block.uint8(1)[0] = all;
  if (all) return;
  const target = block.uint8(to - from);
  for (let i = from; i < to; i++) target[i - from] = present[order[i]];
}

/** @returns a byte per row, 1 where it has a value */
export function readPresence(block: BlockReader, rows: number): Uint8Array {
  return block.uint8(1)[0] ? new Uint8Array(rows).fill(1) : block.uint8(rows);
}

/** The segment writer's form: 1 where a row is null, or null when none is. */
export function nullsOf(present: Uint8Array, rows: number, nulls: Uint8Array): Uint8Array | null {
  let any = 0;
  for (let row = 0; row < rows; row++) any |= nulls[row] = present[row] ^ 1;
  return any ? nulls : null;
}
