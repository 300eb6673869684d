import { type HashedDimension, hashBuckets } from '../../partition/hashShards.ts';
import { type SortColumn, sortRows, timeColumns } from '../../rollup/rowSort.ts';
import type { SectionRef } from '../../rollup/run/run.ts';
import { type RunSink, RunWriter } from '../../rollup/run/runWriter.ts';
import type { DimensionColumn } from '../../row/dimension/dimension.ts';
import type { PartitionsSpec } from '../../spec/jobSpec.ts';
import type { RowAssembler } from './rowAssembler.ts';

/** Distinct times of the rows, as they are stored. */
interface RowTimes {
  readonly times: number[];
  /** Place in `times` of each row's. */
  readonly ids: Int32Array;
}

/**
 * Writes the rows in memory as one run: rows get their shard, cells become ranks, rows are sorted by (chunk, shard, time,
 * dimensions) and go to a section per shard. The assembler is left as it is.
 */
export function flushRun(assembler: RowAssembler, partitions: PartitionsSpec, sink: RunSink): SectionRef[] {
  const { index } = assembler;
  const { rows, times } = index;
  const rowTimes = distinctTimes(times, rows);
  const { sections, sectionOf } = sectionsOf(assembler, rowTimes, partitions);
  const columns = assembler.dimensions.map((dimension, i) => dimension.rank(index.cells[i], rows));
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

function distinctTimes(times: Float64Array, rows: number): RowTimes {
  const ids = new Int32Array(rows);
  const known = new Map<number, number>();
  let id = 0;
  for (let row = 0; row < rows; row++) {
    const time = times[row];
    // Neighbours in the input mostly share their time.
    if (row === 0 || time !== times[row - 1]) {
      id = known.get(time) ?? known.size;
      if (id === known.size) known.set(time, id);
    }
    ids[row] = id;
  }
  return { times: [...known.keys()], ids };
}

/** Numbers the sections by chunk, then shard, and gives each row its section's number. */
function sectionsOf(
  assembler: RowAssembler,
  rowTimes: RowTimes,
  partitions: PartitionsSpec,
): { sections: { chunk: number; shard: number }[]; sectionOf: Int32Array } {
  const { rows } = assembler.index;
  const shardCount = partitions.type === 'hashed' ? (partitions.numShards ?? 1) : 1;
  const chunkOfTime = rowTimes.times.map((time) => assembler.chunks.find(time));
  const starts = [...new Set(chunkOfTime)].sort((a, b) => a - b);
  const placeOf = new Map(starts.map((start, place) => [start, place * shardCount]));
  const firstSection = Int32Array.from(chunkOfTime, (chunk) => placeOf.get(chunk) as number);
  const sectionOf = new Int32Array(rows);
  if (partitions.type === 'hashed' && shardCount > 1) {
    hashRows(assembler, rowTimes, partitions.partitionDimensions, shardCount, sectionOf);
  }
  for (let row = 0; row < rows; row++) sectionOf[row] += firstSection[rowTimes.ids[row]];
  const sections = starts.flatMap((chunk) => Array.from({ length: shardCount }, (_, shard) => ({ chunk, shard })));
  return { sections, sectionOf };
}

/** Gives each row its hash bucket. */
function hashRows(
  assembler: RowAssembler,
  rowTimes: RowTimes,
  partitionDimensions: readonly string[],
  shardCount: number,
  result: Int32Array,
): void {
  const { index, dimensions, hashColumns } = assembler;
  const byName = new Map<string, HashedDimension>();
  const add = (dimension: DimensionColumn, column: number) =>
    byName.set(dimension.name, dimension.hashed(index.cells[column]));
  dimensions.forEach(add);
  hashColumns.forEach((dimension, i) => {
    add(dimension, dimensions.length + i);
  });
  const overAll = partitionDimensions.length === 0;
  const hashed = overAll
    ? [...byName.values()]
    : partitionDimensions.map((name) => byName.get(name) ?? nullDimension(name, index.rows));
  const times = { times: rowTimes.times.map((time) => assembler.hashTime(time)), ids: rowTimes.ids };
  hashBuckets(assembler.kernel, index.rows, times, hashed, overAll, shardCount, result);
}

/** A partition dimension that rows do not have. */
function nullDimension(name: string, rows: number): HashedDimension {
  return {
    name,
    cells: new Int32Array(rows),
    describe: (hasher, column, _prefix, nullFragment) =>
      hasher.setFragments(column, nullFragment, Int32Array.of(nullFragment.length), 1),
  };
}
