import { type SortColumn, sortColumn, sortRows, timeColumns } from '../../rollup/rowSort.ts';
import type { SectionRef } from '../../rollup/run/run.ts';
import { type RunSink, RunWriter } from '../../rollup/run/runWriter.ts';
import { HASH_BYTES, SectionSights } from './firstSights.ts';
import { hashRows, type RowTimes } from './groupKeys.ts';
import type { RowAssembler } from './rowAssembler.ts';

/** Where the rows in memory go. */
export interface RowShards {
  /** Shard of each row within its time chunk; null where every chunk has one. */
  readonly shards: Int32Array | null;
  /** Shards of a time chunk, which shard numbers stay below. */
  readonly countOf: (chunk: number) => number;
  /** Hash of each row, kept in the run for the shards to be found later; null for none. */
  readonly hashes: Int32Array | null;
}

/** One shard of every time chunk. */
export const UNCUT: RowShards = { shards: null, countOf: () => 1, hashes: null };

/**
 * Writes the rows in memory as one run: cells become ranks, rows are sorted by (chunk, shard, time, dimensions) and go to a
 * section per shard. The assembler is left as it is.
 */
export function flushRun(
  assembler: RowAssembler,
  rowTimes: RowTimes,
  { shards, countOf, hashes }: RowShards,
  sink: RunSink,
): SectionRef[] {
  const { index } = assembler;
  const { rows, times } = index;
  const { sections, sectionOf } = sectionsOf(rows, rowTimes, shards, countOf);
  const sights = sectionSights(assembler, rowTimes);
  const { kernel } = assembler;
  const stored = assembler.storedColumns();
  // Makes room that lasts, as what comes does not.
  for (const { dimension } of stored) dimension.sort();
  const mark = kernel.mark();
  const columns = stored.map(({ dimension, cells }) => dimension.rank(cells, rows, kernel));
  const keys: SortColumn[] = [];
  if (sections.length > 1) keys.push(sortColumn(kernel, sectionOf, sections.length - 1));
  keys.push(...timeColumns(kernel, times, rows));
  for (const { cells, cellCount } of columns) keys.push({ values: cells, max: cellCount });
  const order = sortRows(kernel, rows, keys);
  const writer = new RunWriter(sink, { kernel, times, columns, metrics: index.metrics, hashes }, order);
  const refs: SectionRef[] = [];
  for (let from = 0; from < rows; ) {
    const section = sectionOf[order[from]];
    const to = sectionEnd(sectionOf, order, from, rows);
    const { chunk, shard } = sections[section];
    refs.push(writer.writeSection(chunk, shard, from, to, sights?.of(order, from, to)));
    from = to;
  }
  kernel.release(mark);
  return refs;
}

/** Tells of the dimensions found in the data; null where none are looked for. */
function sectionSights(assembler: RowAssembler, rowTimes: RowTimes): SectionSights | null {
  if (assembler.found === null) return null;
  const hashes = new Uint8Array(assembler.index.rows * HASH_BYTES);
  hashRows(assembler, rowTimes, [], null, hashes);
  const times = rowTimes.times.map((time) => assembler.hashTime(time));
  return new SectionSights(assembler.found, { timeOf: (row) => times[rowTimes.ids[row]], hashes });
}

/** The first place from `from` on, where a row of another section stands. */
function sectionEnd(sectionOf: Int32Array, order: Int32Array, from: number, rows: number): number {
  const section = sectionOf[order[from]];
  let to = from + 1;
  while (to < rows && sectionOf[order[to]] === section) to++;
  return to;
}

/** Numbers the sections by chunk, then shard, and gives each row its section's number. */
function sectionsOf(
  rows: number,
  { chunks, ids }: RowTimes,
  shards: Int32Array | null,
  countOf: (chunk: number) => number,
): { sections: { chunk: number; shard: number }[]; sectionOf: Int32Array } {
  const firstOf = new Map<number, number>();
  const sections: { chunk: number; shard: number }[] = [];
  for (const chunk of [...new Set(chunks)].sort((a, b) => a - b)) {
    firstOf.set(chunk, sections.length);
    const count = countOf(chunk);
    for (let shard = 0; shard < count; shard++) sections.push({ chunk, shard });
  }
  const first = Int32Array.from(chunks, (chunk) => firstOf.get(chunk) as number);
  const sectionOf = new Int32Array(rows);
  if (shards === null) for (let row = 0; row < rows; row++) sectionOf[row] = first[ids[row]];
  else for (let row = 0; row < rows; row++) sectionOf[row] = first[ids[row]] + shards[row];
  return { sections, sectionOf };
}
