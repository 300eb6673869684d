import type { JobSpec } from '../../../../src/spec/jobSpec.ts';
import { type Cell, type SourceRecord, stringCell, type Value } from './values.ts';

/** The dimensions found in a record, and what it comes to Druid's reducer by. */
export interface Found {
  /** In the order of the record. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** Floored by the query granularity, epoch milliseconds. */
  readonly time: number;
  /** murmur3_128 of the group key over all dimensions, in hexadecimal. */
  readonly hash: string;
}

/** Fields that are dimensions though the spec does not list them: flat ones that are not null. */
export function discovered({ dimensions }: JobSpec, record: SourceRecord): Map<string, Cell> {
  const known = new Set([...dimensions.exclusions, ...dimensions.dimensions.map(({ name }) => name)]);
  const found = [...record].filter(([name, value]) => dimensions.discover && !known.has(name) && isFlat(value));
  return new Map(found.map(([name, value]) => [name, stringCell(value, 'SORTED_ARRAY')]));
}

function isFlat(value: Value): boolean {
  if (value === null || value instanceof Map) return false;
  return !Array.isArray(value) || !value.some((element) => element instanceof Map || Array.isArray(element));
}

/** Names of found dimensions as Druid's reducer meets them: rows come by time, their bytes being unsigned, then by hash. */
export function inOrderOfArrival(rows: readonly Found[]): string[] {
  const arriving = [...rows].sort(
    (a, b) =>
      Number(a.time < 0) - Number(b.time < 0) || a.time - b.time || (a.hash < b.hash ? -1 : Number(a.hash > b.hash)),
  );
  return [...new Set(arriving.flatMap(({ cells }) => [...cells.keys()]))];
}
