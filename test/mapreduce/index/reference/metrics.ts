import { murmur3x64_128 } from '../../../../src/kernel/murmur3.ts';
import type { MetricSpec } from '../../../../src/spec/jobSpec.ts';
import { ReferenceCollector } from '../../../rollup/hyperUnique/referenceCollector.ts';
import { passes } from './filters.ts';
import { BAD, metricNumber, type SourceRecord, textOf, type Value } from './values.ts';

/** A record that became a row or a part of one. */
export interface SourceRow {
  readonly record: SourceRecord;
  /** As the record has it, epoch milliseconds. */
  readonly time: number;
}

/** What a segment stores of a metric: a number, a pair of first or last, or the bytes of a sketch in hexadecimal. */
export type StoredMetric = null | bigint | number | string | StoredPair;

export interface StoredPair {
  readonly time: bigint;
  readonly value: null | bigint | number | string;
}

export interface ExpectedMetric {
  readonly value: StoredMetric;
  /** How far off a sum may be that was not added in this order. */
  readonly tolerance: number;
}

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

/** Whether the metric meets a value that is no number. */
export function isFaulty(metric: MetricSpec, row: SourceRow): boolean {
  if (metric.type === 'filtered') return passes(metric.filter, row.record) && isFaulty(metric.aggregator, row);
  if (metric.type !== 'numeric' && metric.type !== 'numericByTime') return false;
  return metricNumber(fieldOf(row, metric.fieldName), metric.valueType) === BAD;
}

/** Aggregates the records of one row, in position order. */
export function aggregate(metric: MetricSpec, rows: readonly SourceRow[]): ExpectedMetric {
  switch (metric.type) {
    case 'filtered':
      return aggregate(
        metric.aggregator,
        rows.filter((row) => passes(metric.filter, row.record)),
      );
    case 'count':
      return exact(BigInt(rows.length));
    case 'numeric': {
      const numbers = rows
        .map((row) => metricNumber(fieldOf(row, metric.fieldName), metric.valueType))
        .filter((number) => number !== null && number !== BAD);
      if (numbers.length === 0) return exact(null);
      if (metric.operation === 'any') return exact(numbers[0]);
      if (metric.valueType === 'long') return exact(longOver(metric.operation, numbers as bigint[]));
      return floatingOver(metric.operation, numbers as number[], metric.valueType === 'float');
    }
    case 'numericByTime': {
      const { operation, valueType, fieldName, timeColumn } = metric;
      const pairs = rows.map((row) => {
        const value = metricNumber(fieldOf(row, fieldName), valueType);
        // Druid takes the time before it meets the bad value.
        return { time: timeOf(row, timeColumn), value: value === BAD ? null : value };
      });
      return exact(byTime(operation, pairs) ?? { time: operation === 'first' ? LONG_MAX : LONG_MIN, value: null });
    }
    case 'stringByTime': {
      const { operation, fieldName, timeColumn, maxStringBytes } = metric;
      const pairs = rows.flatMap((row) => {
        const value = fieldOf(row, fieldName);
        if (value === null) return [];
        // Stored pairs don't tell an empty text from null.
        return [{ time: timeOf(row, timeColumn), value: chopped(textOf(value), maxStringBytes) || null }];
      });
      const time = operation === 'first' ? LONG_MAX / 2n : LONG_MIN / 2n;
      return exact(byTime(operation, pairs) ?? { time, value: null });
    }
    case 'hyperUnique': {
      const collector = new ReferenceCollector();
      for (const row of rows) {
        const value = fieldOf(row, metric.fieldName);
        for (const element of Array.isArray(value) ? value : [value]) {
          if (element !== null) addText(collector, textOf(element));
        }
      }
      return exact(Buffer.from(collector.serialize()).toString('hex'));
    }
  }
}

function exact(value: StoredMetric): ExpectedMetric {
  return { value, tolerance: 0 };
}

function fieldOf(row: SourceRow, name: string): Value {
  return row.record.get(name) ?? null;
}

function timeOf(row: SourceRow, column: string): bigint {
  if (column === '__time') return BigInt(row.time);
  const number = metricNumber(fieldOf(row, column), 'long');
  return typeof number === 'bigint' ? number : 0n;
}

function longOver(operation: 'sum' | 'min' | 'max', numbers: readonly bigint[]): bigint {
  if (operation === 'sum') return numbers.reduce((sum, number) => BigInt.asIntN(64, sum + number), 0n);
  const [first, ...others] = numbers;
  return others.reduce(
    (best, number) => ((operation === 'min' ? number < best : number > best) ? number : best),
    first,
  );
}

function floatingOver(operation: 'sum' | 'min' | 'max', numbers: readonly number[], single: boolean): ExpectedMetric {
  if (operation !== 'sum') return exact(operation === 'min' ? Math.min(...numbers) : Math.max(...numbers));
  const round = single ? Math.fround : (value: number) => value;
  const value = numbers.reduce((sum, number) => round(sum + number), 0);
  const magnitude = numbers.reduce((sum, number) => sum + Math.abs(number), 0);
  return { value, tolerance: magnitude * (single ? numbers.length * 2 ** -24 : 1e-12) };
}

/** The first of the earliest pairs, or the last of the latest. */
function byTime(operation: 'first' | 'last', pairs: readonly StoredPair[]): StoredPair | null {
  let best: StoredPair | null = null;
  for (const pair of pairs) {
    if (best === null || (operation === 'first' ? pair.time < best.time : pair.time >= best.time)) best = pair;
  }
  return best;
}

/** At most so many bytes of UTF-8, without a part of a character at the end. */
function chopped(text: string, maxBytes: number): string {
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}

function addText(collector: ReferenceCollector, text: string): void {
  const bytes = Buffer.from(text);
  const hash = Buffer.alloc(16);
  murmur3x64_128(bytes, 0, bytes.length, 0, hash, 0);
  // Byte after byte, each from its lowest bit up.
  const bits = hash.readBigUInt64LE(0).toString(2).padStart(64, '0').split('').reverse().join('');
  collector.add(hash.readUInt16BE(14) & 0x7ff, bits.includes('1') ? bits.indexOf('1') + 1 : 64);
}
