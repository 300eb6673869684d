import { JsonScanner } from '../../../src/input/json/scanner.ts';
import { RecordBatch } from '../../../src/input/recordBatch.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';

/** A batch of records of the fields `names`, from their JSON texts. */
export function batchOf(kernel: Kernel, names: readonly string[], records: readonly string[]): RecordBatch {
  const batch = new RecordBatch(kernel, names);
  const bytes = Buffer.from(records.join(''));
  batch.begin(bytes);
  const scanner = new JsonScanner(batch, { discover: false });
  let start = 0;
  for (const record of records) {
    const end = start + Buffer.byteLength(record);
    if (!scanner.scan(bytes, start, end)) throw new Error(`test record is malformed: ${record}`);
    start = end;
  }
  return batch;
}

/** A dimension value of a record as it is stored: null, or a list of texts and nulls of which single ones are values. */
export type Stored = readonly (string | null)[];

/** Orders as Druid does: element by element, null first, the shorter first; texts by UTF-16 code units. */
export function compareStored(left: Stored, right: Stored): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = compareTexts(left[i], right[i]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function compareTexts(left: string | null, right: string | null): number {
  if (left === right) return 0;
  if (left === null || right === null) return left === null ? -1 : 1;
  return left < right ? -1 : 1;
}
