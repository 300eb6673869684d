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

/** The presence of all rows of any block that has a value in each, at least as long as the longest. */
let everywhere = new Uint8Array(0);

/** @returns a byte per row, 1 where it has a value; to be left as it is */
export function readPresence(block: BlockReader, rows: number): Uint8Array {
  if (block.uint8(1)[0] === 0) return block.uint8(rows);
  if (everywhere.length < rows) everywhere = new Uint8Array(rows).fill(1);
  return everywhere;
}

/** The segment writer's form: 1 where a row is null, or null when none is. */
export function nullsOf(present: Uint8Array, rows: number): Uint8Array | null {
  if (present === everywhere) return null;
  let row = 0;
  while (row < rows && present[row] === 1) row++;
  if (row === rows) return null;
  const nulls = new Uint8Array(rows);
  for (; row < rows; row++) nulls[row] = present[row] ^ 1;
  return nulls;
}
