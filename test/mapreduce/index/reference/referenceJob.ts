import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { newRowCounts, type RowCounts } from '../../../../src/row/rowCounts.ts';
import type { DimensionSpec, Interval, JobSpec } from '../../../../src/spec/jobSpec.ts';
import { discovered, type Found, inOrderOfArrival } from './discovery.ts';
import { passes } from './filters.ts';
import { hashesOfRow } from './groupKey.ts';
import { aggregate, type ExpectedMetric, isFaulty, type SourceRow } from './metrics.ts';
import { bucketOf, timeOf } from './times.ts';
import { BAD, type Cell, compareTexts, numericCell, parseRecord, stringCell } from './values.ts';

export interface ExpectedRow {
  /** Truncated, epoch milliseconds. */
  readonly time: number;
  /** In the order of the segment's dimensions. */
  readonly cells: readonly Cell[];
  readonly metrics: readonly ExpectedMetric[];
}

export interface ExpectedSegment {
  readonly interval: Interval;
  readonly bucket: number;
  readonly partitionNum: number;
  readonly partitions: number;
  /** Those of the spec, then those found in the data. */
  readonly dimensions: readonly DimensionSpec[];
  readonly rows: readonly ExpectedRow[];
}

export interface ExpectedJob {
  /** By time, then partition. */
  readonly segments: readonly ExpectedSegment[];
  readonly counts: RowCounts;
}

interface IndexedRow {
  readonly time: number;
  readonly chunk: Interval;
  readonly bucket: number;
  /** Of the dimensions of the spec; of all, once a segment's dimensions are known. */
  readonly cells: readonly Cell[];
  readonly found: Found;
  readonly source: SourceRow;
}

/**
 * What an indexing job over JSON lines has to make, worked out the slow and obvious way: every record an object, every group a
 * list of records.
 *
 * @param files in position order; names of packed ones end in `.gz`
 */
export function referenceJob(job: JobSpec, files: readonly string[]): ExpectedJob {
  const counts = newRowCounts();
  const rows = files.flatMap(linesOf).flatMap((line) => indexed(job, line, counts));
  const chunks = groupBy(rows, (row) => String(row.chunk.start)).sort(([a], [b]) => a.chunk.start - b.chunk.start);
  const segments = chunks.flatMap((chunk) => {
    const shards = groupBy(chunk, (row) => String(row.bucket)).sort(([a], [b]) => a.bucket - b.bucket);
    return shards.map((shard, partitionNum) => {
      const names = inOrderOfArrival(shard.map(({ found }) => found));
      const rows = shard.map((row) => ({
        ...row,
        cells: [...row.cells, ...names.map((name) => row.found.cells.get(name) ?? null)],
      }));
      return {
        interval: shard[0].chunk,
        bucket: shard[0].bucket,
        partitionNum,
        partitions: shards.length,
        dimensions: [...job.dimensions.dimensions, ...names.map(foundDimension)],
        rows: withoutEmptyColumns(rolledUp(job, rows)),
      };
    });
  });
  return { segments, counts };
}

function foundDimension(name: string): DimensionSpec {
  return { name, type: 'string', multiValueHandling: 'SORTED_ARRAY', createBitmapIndex: true };
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(file);
  const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split(/\r\n|\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The row of a record, or none; counts it. */
function indexed(job: JobSpec, line: string, counts: RowCounts): IndexedRow[] {
  const record = parseRecord(line);
  if (record === null) {
    counts.unparseable.malformed++;
    return [];
  }
  const given = record.get(job.timestamp.column) ?? null;
  const time = given === null ? job.timestamp.missingValue : timeOf(job.timestamp.format, given);
  if (time === null) {
    counts.unparseable.timestamp++;
    return [];
  }
  if (job.transform.filter !== null && !passes(job.transform.filter, record)) {
    counts.thrownAway.filtered++;
    return [];
  }
  const chunk = chunkOf(job, time);
  if (chunk === null) {
    counts.thrownAway.outsideIntervals++;
    return [];
  }
  const { dimensions } = job.dimensions;
  const read = dimensions.map(({ name, type, multiValueHandling }) => {
    const value = record.get(name) ?? null;
    return type === 'string' ? stringCell(value, multiValueHandling) : numericCell(value, type);
  });
  const source = { record, time };
  if (read.includes(BAD) || job.metrics.some((metric) => isFaulty(metric, source))) counts.processedWithErrors++;
  else counts.processed++;
  const cells = read.map((cell) => (cell === BAD ? null : cell));
  const floored = bucketOf(job.granularity.queryGranularity, time).start;
  const { partitions } = job.tuning;
  if (partitions.type !== 'hashed') throw new Error('The reference knows hashed partitions only.');
  // No truncated time lies outside its chunk; before 1970 some are rounded up.
  const isOutside = floored < chunk.start || (floored > time && floored >= chunk.end);
  const truncated = isOutside ? chunk.start : floored;
  const hashed = bucketOf(job.granularity.queryGranularity, truncated).start;
  const buckets = partitions.numShards ?? 1;
  const foundCells = discovered(job, record);
  const allDimensions = [...dimensions, ...[...foundCells.keys()].map(foundDimension)];
  const allCells = [...cells, ...foundCells.values()];
  const hash = (names: readonly string[]) => hashesOfRow(hashed, allDimensions, allCells, names);
  const bucket = Math.abs(hash(partitions.partitionDimensions).hash32 % buckets);
  const found = { cells: foundCells, time: hashed, hash: hash([]).hash128 };
  return [{ time: truncated, chunk, bucket, cells, found, source }];
}

/** The segment granularity's bucket, if the intervals touch it; with `all` the interval itself. */
function chunkOf(job: JobSpec, time: number): Interval | null {
  const { segmentGranularity, intervals } = job.granularity;
  const bucket = bucketOf(segmentGranularity, time);
  if (intervals === null) return bucket;
  if (segmentGranularity.type === 'all')
    return joined(intervals).find(({ start, end }) => start <= time && time < end) ?? null;
  return intervals.some(({ start, end }) => start < bucket.end && bucket.start < end) ? bucket : null;
}

/** Intervals that touch or overlap, as one. */
function joined(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const interval of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || last.end < interval.start) result.push(interval);
    else result.splice(-1, 1, { start: last.start, end: Math.max(last.end, interval.end) });
  }
  return result;
}

function rolledUp(job: JobSpec, shard: readonly IndexedRow[]): ExpectedRow[] {
  const groups = job.granularity.rollup ? groupBy(shard, keyOf) : shard.map((row) => [row]);
  return groups
    .map((group) => ({
      time: group[0].time,
      cells: group[0].cells,
      metrics: job.metrics.map((metric) =>
        aggregate(
          metric,
          group.map((row) => row.source),
        ),
      ),
    }))
    .sort(compareRows);
}

/** A dimension that has no value but null in a whole segment is not stored: its lists of nulls are nulls then. */
function withoutEmptyColumns(rows: readonly ExpectedRow[]): ExpectedRow[] {
  const isNothing = (cell: Cell) => cell === null || (Array.isArray(cell) && cell.every((text) => text === null));
  const isEmpty = rows[0].cells.map((_, column) => rows.every((row) => isNothing(row.cells[column])));
  return rows.map((row) => ({ ...row, cells: row.cells.map((cell, column) => (isEmpty[column] ? null : cell)) }));
}

/** Items by key, in the order in which they come. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function keyOf({ time, cells }: IndexedRow): string {
  return JSON.stringify([time, ...cells.map(cellKey)]);
}

/** Tells longs from doubles, and -0 from 0. */
function cellKey(cell: Cell): unknown {
  if (typeof cell === 'bigint') return { long: `${cell}` };
  return typeof cell === 'number' ? { double: Object.is(cell, -0) ? '-0' : `${cell}` } : cell;
}

function compareRows(a: ExpectedRow, b: ExpectedRow): number {
  if (a.time !== b.time) return a.time - b.time;
  for (let i = 0; i < a.cells.length; i++) {
    const order = compareCells(a.cells[i], b.cells[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : Number(a > b);
  if (typeof a === 'number' && typeof b === 'number') return compareDoubles(a, b);
  const left = Array.isArray(a) ? a : [a];
  const right = Array.isArray(b) ? b : [b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareTexts(left[i], right[i]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Java's `Double.compare`: -0.0 before 0.0, NaN last. */
function compareDoubles(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a === 0 && b === 0) return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
  return a < b ? -1 : Number(a > b);
}
