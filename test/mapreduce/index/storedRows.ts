import type { Column, NumericColumnBase, StringColumn } from '../../../src/segment/reader/column.ts';
import { PairState } from '../../../src/segment/reader/column.ts';
import type { Segment } from '../../../src/segment/reader/segment.ts';
import type { DimensionSpec, JobSpec, MetricSpec } from '../../../src/spec/jobSpec.ts';
import type { StoredMetric } from './reference/metrics.ts';
import { type Cell, compareTexts } from './reference/values.ts';

/** A row as a segment has it. */
export interface StoredRow {
  readonly time: number;
  /** In the order of the spec. */
  readonly cells: readonly Cell[];
  readonly metrics: readonly StoredMetric[];
}

/**
 * Reads all rows of a segment that a job made. A column that is not stored is null in every row.
 *
 * @param dimensions of the segment, by default those of the spec
 */
export function storedRows(
  segment: Segment,
  job: JobSpec,
  dimensions: readonly DimensionSpec[] = job.dimensions.dimensions,
): StoredRow[] {
  const time = segment.column('__time');
  if (time?.kind !== 'long') throw new Error('The segment has no __time.');
  const cells = dimensions.map(({ name }) => cellReader(segment.column(name)));
  const metrics = job.metrics.map((metric) => metricReader(segment.column(metric.name), metric));
  return Array.from({ length: segment.rowCount }, (_, row) => ({
    time: Number(time.values[row]),
    cells: cells.map((read) => read(row)),
    metrics: metrics.map((read) => read(row)),
  }));
}

function cellReader(column: Column | null): (row: number) => Cell {
  switch (column?.kind) {
    case undefined:
    case 'null':
      return () => null;
    case 'string':
      return stringReader(column);
    case 'long':
    case 'float':
    case 'double':
      return numberReader<bigint | number>(column);
    default:
      throw new Error(`A dimension is stored as a column of kind ${column?.kind}.`);
  }
}

function stringReader(column: StringColumn): (row: number) => Cell {
  const { dictionary, ids, offsets } = column;
  if (offsets === null) return (row) => dictionary.get(ids[row]);
  return (row) => {
    const texts = Array.from(ids.subarray(offsets[row], offsets[row + 1]), (id) => dictionary.get(id));
    if (texts.length === 0) throw new Error(`Row ${row} of ${column.name} has no value; null is a list of one null.`);
    return texts.length === 1 ? texts[0] : texts;
  };
}

function numberReader<T extends bigint | number>(
  column: NumericColumnBase & { readonly values: ArrayLike<T> },
): (row: number) => T | null {
  const { values, nullMask } = column;
  return (row) => (nullMask?.[row] === 1 ? null : values[row]);
}

function metricReader(column: Column | null, metric: MetricSpec): (row: number) => StoredMetric {
  switch (column?.kind) {
    case 'long':
    case 'float':
    case 'double':
      return numberReader<bigint | number>(column);
    case 'pair': {
      const { states, times, values } = column.pairs;
      return (row) => {
        if (states[row] === PairState.absent) return null;
        // Stored pairs don't tell an empty text from null.
        const value = states[row] === PairState.nullValue || values.values[row] === '' ? null : values.values[row];
        return { time: times[row], value };
      };
    }
    case 'complex':
      return (row) => {
        const bytes = column.bytes(row);
        return bytes === null ? null : Buffer.from(bytes).toString('hex');
      };
    default:
      throw new Error(`The metric ${metric.name} is stored as a column of kind ${column?.kind}.`);
  }
}

/**
 * What is wrong with the dictionaries and bitmaps of a segment: values that are out of order or that no row has, and bitmaps that
 * name other rows than those that have the value.
 */
export function indexFaults(segment: Segment): string[] {
  return segment.dimensions.flatMap((name) => {
    const column = segment.column(name);
    if (column?.kind !== 'string') return [];
    const { dictionary, ids, offsets } = column;
    const rowsOf = Array.from({ length: dictionary.size }, () => new Set<number>());
    for (let row = 0; row < segment.rowCount; row++) {
      const [from, to] = offsets === null ? [row, row + 1] : [offsets[row], offsets[row + 1]];
      for (let at = from; at < to; at++) rowsOf[ids[at]].add(row);
    }
    return rowsOf.flatMap((rows, id) => {
      const faults: string[] = [];
      const value = JSON.stringify(dictionary.get(id));
      if (id > 0 && compareTexts(dictionary.get(id - 1), dictionary.get(id)) >= 0)
        faults.push(`${value} is out of order`);
      if (rows.size === 0) faults.push(`${value} is in no row`);
      const bitmap = column.bitmap(id);
      if (bitmap !== null && `${bitmap}` !== `${[...rows]}`) faults.push(`the bitmap of ${value} is wrong`);
      return faults.map((fault) => `${name}: ${fault}`);
    });
  });
}
