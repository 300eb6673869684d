import { parseJson } from './json.ts';

/** A DataSegment, as published in druid_segments. */
export interface SegmentDescriptor {
  readonly dataSource: string;
  readonly interval: string;
  readonly version: string;
  readonly loadSpec: Readonly<Record<string, unknown>>;
  /** Comma-joined names. */
  readonly dimensions: string;
  readonly metrics: string;
  readonly shardSpec: Readonly<Record<string, unknown>>;
  readonly binaryVersion: number;
  /** Bytes of the segment's files before they are zipped. */
  readonly size: number;
  readonly identifier?: string;
}

/** Column name to value. Longs beyond 2^53 are bigints; a multi-value is an array; first/last is `{time, value}`. */
export type Row = Readonly<Record<string, unknown>>;

/** A segment as its dump tells it. */
export interface Dump {
  readonly description: Description;
  readonly rows: readonly Row[];
}

interface Description {
  readonly columnNames: readonly string[];
  readonly availableDimensions: readonly string[];
  readonly columns: Readonly<Record<string, { readonly type?: string }>>;
  readonly metadata: {
    readonly rollup: boolean;
    readonly aggregators: readonly { type: string; name: string }[];
  } | null;
  readonly [fact: string]: unknown;
}

/** Where two segments disagree: `row 3, added` or `columns.page.cardinality`. */
export interface Difference {
  readonly where: string;
  readonly ours: unknown;
  readonly druids: unknown;
}

/** How strictly to compare. */
export interface CompareOptions {
  /** Also sizes and offsets in bytes. Equal only where both sides compress alike, as liblz4 at level 9 does. */
  readonly bytes?: boolean;
  /**
   * Asked where a First, Last or Any metric differs, since Druid lets Hadoop's unstable order of rows decide there:
   * could `value` have come of another order? Without it such a difference counts. See `ties.ts`.
   */
  readonly isCandidate?: (column: string, row: Row, value: unknown) => boolean;
  /** Differences that the test knows of and wants left out, such as a quirk of Druid's that is not wanted back. */
  readonly expected?: (difference: Difference) => boolean;
}

/** Doubles are summed in the order of rows, which Druid leaves open; so are floats, at float precision. */
const SUM_TOLERANCE: Readonly<Record<string, number>> = { doubleSum: 1e-12, floatSum: 5e-6 };
const ORDER_DEPENDENT = /(?:First|Last|Any)$/;
/** Facts of a dump that follow from the compressor. */
const BYTE_FACTS = new Set(['files', 'meta.smoosh', 'storedBytes', 'valueBytes']);
/** Names of Java classes, which only Druid's dump gives. */
const CLASS_FACTS = new Set(['columnClass', 'bitmapFactory']);
/** Facts of a numeric column that follow from which value an order-dependent metric took. */
const VALUE_FACTS = /\.(?:hasNulls|columnClass|encoding\b.*)$/;

/**
 * @param lines of a dump: the description, then the rows
 * @throws when there are none
 */
export function readDump(lines: Iterable<string>): Dump {
  const [description, ...rows] = Array.from(lines, parseJson);
  if (description === undefined) throw new Error('The dump is empty: its first line should describe the segment.');
  return { description: description as Description, rows: rows as Row[] };
}

/**
 * Compares all that a dump tells of two segments: interval, columns, types, encodings, dictionaries with their bitmaps,
 * metadata, and the rows one by one. Rows that rollup did not merge and whose time and dimensions are equal may stand in
 * any order among themselves, because Druid leaves it open. Bitmaps and the bytes of sketches are compared where Druid's
 * dump has them; that of v-default was made without.
 * @returns every disagreement; empty where the segments are the same
 */
export function compareSegments(ours: Dump, druids: Dump, options: CompareOptions = {}): Difference[] {
  const differences: Difference[] = [];
  const aggregators = new Map(druids.description.metadata?.aggregators.map(({ name, type }) => [name, type]));
  const settledOtherwise = new Set<string>();

  const [ourRows, druidsRows] = [ours, druids].map(inSettledOrder);
  for (let i = 0; i < Math.min(ourRows.length, druidsRows.length); i++) {
    for (const column of new Set([...Object.keys(ourRows[i]), ...Object.keys(druidsRows[i])])) {
      const [our, druid] = [ourRows[i][column], druidsRows[i][column]];
      const aggregator = aggregators.get(column) ?? '';
      if (sameValue(our, druid, druids.description.columns[column]?.type ?? '', aggregator)) continue;
      if (ORDER_DEPENDENT.test(aggregator) && options.isCandidate?.(column, druidsRows[i], our)) {
        settledOtherwise.add(column);
      } else {
        differences.push({ where: `row ${i}, ${column}`, ours: our, druids: druid });
      }
    }
  }
  if (ourRows.length !== druidsRows.length) {
    differences.push({ where: 'number of rows', ours: ourRows.length, druids: druidsRows.length });
  }

  const described: Difference[] = [];
  compareFacts(ours.description, druids.description, '', options.bytes ?? false, described);
  for (const difference of described) {
    const column = /^columns\.(.*)\./.exec(difference.where.replace(VALUE_FACTS, '.'))?.[1];
    if (VALUE_FACTS.test(difference.where) && column !== undefined && settledOtherwise.has(column)) continue;
    differences.push(difference);
  }
  return options.expected === undefined ? differences : differences.filter((it) => !options.expected!(it));
}

/**
 * Compares what would be published. Where the segment lies is left out: that is the caller's choice of folder.
 * @returns every disagreement; empty where the descriptors say the same
 */
export function compareDescriptors(
  ours: SegmentDescriptor,
  druids: SegmentDescriptor,
  options: Pick<CompareOptions, 'bytes' | 'expected'> = {},
): Difference[] {
  const publishable = ({ loadSpec, size, identifier: _, ...rest }: SegmentDescriptor) => ({
    ...rest,
    loadSpec: { type: loadSpec.type },
    ...(options.bytes ? { size } : {}),
  });
  const differences: Difference[] = [];
  compareFacts(publishable(ours), publishable(druids), '', true, differences);
  return options.expected === undefined ? differences : differences.filter((it) => !options.expected!(it));
}

/** Without rollup, sorts rows of equal time and dimensions by their metrics; the rest keeps its order. */
function inSettledOrder({ description, rows }: Dump): readonly Row[] {
  if (description.metadata?.rollup !== false) return rows;
  const key = (row: Row) => text(['__time', ...description.availableDimensions].map((name) => row[name]));
  const settled: Row[] = [];
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const first = key(rows[from]);
    while (to < rows.length && key(rows[to]) === first) to++;
    const equal = rows.slice(from, to).map((row): [string, Row] => [text(row), row]);
    settled.push(...equal.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, row]) => row));
  }
  return settled;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? `${inner}` : inner));
}

function sameValue(ours: unknown, druids: unknown, columnType: string, aggregator: string): boolean {
  if (isNumber(ours) && isNumber(druids)) {
    if (columnType === 'FLOAT' || columnType === 'DOUBLE' || /^(?:float|double)/.test(aggregator)) {
      const isFloat = columnType === 'FLOAT' || aggregator.startsWith('float');
      const [a, b] = [ours, druids].map((value) => (isFloat ? Math.fround(Number(value)) : Number(value)));
      const tolerance = SUM_TOLERANCE[aggregator];
      return (
        Object.is(a, b) ||
        (tolerance !== undefined && Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)))
      );
    }
    // A sketch has a double inside; a long is a number or a bigint by its size alone.
    return Object.is(ours, druids);
  }
  if (isObject(ours) && isObject(druids)) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(druids)]);
    if (!('bytes' in druids)) keys.delete('bytes');
    // The time in a first or last pair is a long, whatever its value is.
    const inner = (key: string) => (key === 'time' ? '' : aggregator);
    return (
      Array.isArray(ours) === Array.isArray(druids) &&
      [...keys].every((key) => sameValue(ours[key], druids[key], '', inner(key)))
    );
  }
  return ours === druids;
}

function compareFacts(ours: unknown, druids: unknown, where: string, bytes: boolean, found: Difference[]): void {
  if (isObject(ours) && isObject(druids) && Array.isArray(ours) === Array.isArray(druids)) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(druids)])) {
      if (!bytes && BYTE_FACTS.has(key)) continue;
      if ((key === 'bitmaps' && !(key in druids)) || (CLASS_FACTS.has(key) && !(key in ours))) continue;
      compareFacts(ours[key], druids[key], where === '' ? key : `${where}.${key}`, bytes, found);
    }
  } else if (!Object.is(ours, druids)) {
    found.push({ where, ours, druids });
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
