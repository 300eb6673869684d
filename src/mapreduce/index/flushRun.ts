import { type HashedDimension, hashBuckets } from '../../partition/hashShards.ts';
import { type SortColumn, sortRows, timeColumns } from '../../rollup/rowSort.ts';
import type { SectionRef } from '../../rollup/run/run.ts';
import { type RunSink, RunWriter } from '../../rollup/run/runWriter.ts';
import type { RankedColumn } from '../../row/dimension/dimension.ts';
import type { PartitionsSpec } from '../../spec/jobSpec.ts';
import type { RowAssembler } from './rowAssembler.ts';

/**
 * Writes the rows in memory as one run: cells become ranks, rows get their shard, are sorted by (chunk, shard, time, dimensions)
 * and go to a section per shard. The assembler is left as it is.
 */
export function flushRun(assembler: RowAssembler, partitions: PartitionsSpec, sink: RunSink): SectionRef[] {
  const { index } = assembler;
  const { rows, times } = index;
  const columns = assembler.dimensions.map((dimension, i) => dimension.rank(index.cells[i], rows));
  const shards = shardsOf(assembler, columns, partitions);
  const { sections, sectionOf } = sectionsOf(assembler, shards.of, shards.count);
  const keys: SortColumn[] = [];
  if (sections.length > 1) keys.push({ values: sectionOf, max: sections.length - 1 });
  keys.push(...timeColumns(times, rows));
  for (const column of columns) keys.push({ values: column.cells, max: column.cellCount });
  const order = sortRows(rows, keys);
  const writer = new RunWriter(sink, times, columns, index.metrics);
  const refs: SectionRef[] = [];
  for (let from = 0; from < rows; ) {
    const section = sectionOf[order[from]];
    let to = from + 1;
    while (to < rows && sectionOf[order[to]] === section) to++;
    const { chunk, shard } = sections[section];
    refs.push(writer.writeSection(chunk, shard, order, from, to));
    from = to;
  }
  return refs;
}

function shardsOf(
  assembler: RowAssembler,
  columns: readonly RankedColumn[],
  partitions: PartitionsSpec,
): { of: Int32Array; count: number } {
  const { index } = assembler;
  const count = partitions.type === 'hashed' ? (partitions.numShards ?? 1) : 1;
  if (count === 1 || partitions.type !== 'hashed') return { of: new Int32Array(index.rows), count: 1 };
  const byName = new Map<string, HashedDimension>(columns.map((column) => [column.name, column]));
  assembler.hashColumns.forEach((dimension, i) => {
    byName.set(dimension.name, dimension.rank(index.cells[columns.length + i], index.rows));
  });
  const { partitionDimensions } = partitions;
  const dimensions =
    partitionDimensions.length === 0
      ? [...byName.values()]
      : partitionDimensions.map((name) => byName.get(name) ?? nullDimension(name, index.rows));
  const hashTimes = new Float64Array(index.rows);
  for (let row = 0; row < index.rows; row++) hashTimes[row] = assembler.hashTime(index.times[row]);
  return {
    of: hashBuckets(index.rows, hashTimes, dimensions, partitionDimensions.length === 0, count),
    count,
  };
}

/** A partition dimension that rows do not have. */
function nullDimension(name: string, rows: number): HashedDimension {
  return { name, cells: new Int32Array(rows), cellCount: 0, forEachValue: () => undefined };
}

/** Numbers the sections by chunk, then shard, and gives each row its section's number. */
function sectionsOf(
  assembler: RowAssembler,
  shards: Int32Array,
  shardCount: number,
): { sections: { chunk: number; shard: number }[]; sectionOf: Int32Array } {
  const { index, chunks } = assembler;
  const chunkOf = new Int32Array(index.rows);
  const numbers = new Map<number, number>();
  for (let row = 0; row < index.rows; row++) {
    const start = chunks.find(index.times[row]);
    let number = numbers.get(start);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(start, number);
    }
    chunkOf[row] = number;
  }
  const starts = [...numbers.keys()].sort((a, b) => a - b);
  const place = new Int32Array(starts.length);
  starts.forEach((start, i) => {
    place[numbers.get(start) as number] = i;
  });
  const sectionOf = new Int32Array(index.rows);
  for (let row = 0; row < index.rows; row++) sectionOf[row] = place[chunkOf[row]] * shardCount + shards[row];
  const sections = starts.flatMap((chunk) => Array.from({ length: shardCount }, (_, shard) => ({ chunk, shard })));
  return { sections, sectionOf };
}
