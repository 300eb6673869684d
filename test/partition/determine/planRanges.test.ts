import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockSink } from '../../../src/partition/determine/blockSink.ts';
import { CountCursor, CountWriter } from '../../../src/partition/determine/countRun.ts';
import { type DruidKey, planDruidRanges } from '../../../src/partition/determine/druidRanges.ts';
import {
  oneRange,
  planRanges,
  poisonLaterChunks,
  type RangeOptions,
  tupleForm,
} from '../../../src/partition/determine/planRanges.ts';
import { isSampled, sampledRows } from '../../../src/partition/determine/sampling.ts';
import { compareTuples, type Tuple, TupleWriter } from '../../../src/partition/determine/tuple.ts';
import { rangeOf } from './support.ts';

const options: RangeOptions = {
  type: 'range',
  candidates: [['a', 'b']],
  targetRowsPerSegment: 4,
  maxRowsPerSegment: 6,
  samplingFactor: 1,
  druid: false,
};

/** The counts of one reducer. */
function cursorOf(form: ReturnType<typeof tupleForm>, counts: readonly (readonly [Tuple, number])[]): CountCursor {
  const file = { bytes: new Uint8Array(0) };
  const sink = new BlockSink({
    append: (bytes) => {
      file.bytes = bytes.slice();
    },
  });
  const writer = new CountWriter(sink);
  const tuple = new TupleWriter(form);
  for (const [values, rows] of counts) {
    tuple.clear();
    tuple.addTuple(values);
    writer.add(tuple.bytes, 0, tuple.length, rows);
  }
  return new CountCursor({ read: () => file.bytes }, writer.finish());
}

const value = fc.option(fc.constantFrom('', 'a', 'b', ',', 'a,b', ' ', '\u{1f600}', '\uff46'));
const rows = fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 60 });

function countsOf(rows: readonly Tuple[]): [Tuple, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1);
  return [...counts]
    .map(([text, count]): [Tuple, number] => [JSON.parse(text), count])
    .sort(([a], [b]) => compareTuples(a, b));
}

describe('planRanges', () => {
  test('puts every row in exactly one shard, which holds as many as planned', () => {
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        const form = tupleForm(options);
        const cursors = [first, second].map((part) => cursorOf(form, countsOf(part)));
        const keys = first.length + second.length;
        const wide = { ...options, maxRowsPerSegment: 200 };
        const plan = planRanges({ chunk: 0, keys, candidates: [{ poisoned: false, cursors }] }, wide);
        const held = new Array<number>(plan.ranges.length).fill(0);
        for (const row of [...first, ...second]) {
          const holders = plan.ranges.filter((range) => rangeOf([range], row) === 0);
          expect(holders).toHaveLength(1);
          held[plan.ranges.indexOf(holders[0])]++;
        }
        expect(held).toEqual(plan.ranges.map((range) => range.rows));
        expect(held).not.toContain(0);
      }),
      { numRuns: 100 },
    );
  });

  test('a chunk without keys has no shards, one that fell out of the sample has one', () => {
    const candidates = [{ poisoned: false, cursors: [] }];
    expect(planRanges({ chunk: 0, keys: 0, candidates }, options)).toEqual({
      dimensions: ['a', 'b'],
      ranges: [],
      largest: null,
    });
    expect(oneRange(options)).toEqual({
      dimensions: ['a', 'b'],
      ranges: [{ start: null, end: null, rows: 0, values: 0 }],
      largest: null,
    });
  });

  test('limits shrink with the sample', () => {
    const single: RangeOptions = { ...options, candidates: [['a']], samplingFactor: 2 };
    const counts = ['a', 'b', 'c', 'd'].map((value) => [[value], 1] as const);
    const candidates = [{ poisoned: false, cursors: [cursorOf(tupleForm(single), counts)] }];
    expect(planRanges({ chunk: 0, keys: 4, candidates }, single).ranges.map(({ rows }) => rows)).toEqual([2, 2]);
  });

  test('poisoned candidates are left out', () => {
    const two: RangeOptions = { ...options, type: 'single_dim', candidates: [['a'], ['b']] };
    const cursors = [cursorOf(tupleForm(two), [[['x'], 3]])];
    const candidates = [
      { poisoned: true, cursors: [] },
      { poisoned: false, cursors },
    ];
    expect(planRanges({ chunk: 0, keys: 3, candidates }, two).dimensions).toEqual(['b']);
  });
});

describe('planDruidRanges', () => {
  const keysOf = (tuples: readonly (Tuple | null)[], chunk = 0): DruidKey[] =>
    tuples.map((tuple) => ({ chunk, tuples: [tuple] }));

  test('equals the streams where no two values share a sort key', () => {
    const distinct = fc.array(
      fc.array(fc.constantFrom('a', 'b', 'c', '\u{1f600}', '\uff46'), { minLength: 2, maxLength: 2 }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(distinct, (tuples) => {
        const druid = { ...options, druid: true, maxRowsPerSegment: 200 };
        const cursors = [cursorOf(tupleForm(druid), countsOf(tuples))];
        const plan = planRanges({ chunk: 0, keys: tuples.length, candidates: [{ poisoned: false, cursors }] }, druid);
        expect(planDruidRanges(keysOf(tuples), druid)).toEqual(new Map([[0, plan]]));
      }),
      { numRuns: 60 },
    );
  });

  test('drops a dimension for good once a row has several values', () => {
    const two: RangeOptions = { ...options, type: 'single_dim', candidates: [['a'], ['b']], druid: true };
    const keys: DruidKey[] = [0, 1, 2].map((chunk) => ({ chunk, tuples: [chunk === 1 ? null : ['x'], ['y']] }));
    expect([...planDruidRanges(keys, two)!.values()].map(({ dimensions }) => dimensions)).toEqual([
      ['a'],
      ['b'],
      ['b'],
    ]);
    expect(
      poisonLaterChunks([
        [false, false],
        [true, false],
        [false, false],
      ]),
    ).toEqual([
      [false, false],
      [true, false],
      [true, false],
    ]);
  });

  test('gives up where the records outgrow the sort buffer', () => {
    const long = ['x'.repeat(1_000_000)];
    const single: RangeOptions = { ...options, candidates: [['a']], druid: true, maxRowsPerSegment: 100 };
    expect(planDruidRanges(keysOf(new Array(20).fill(long)), single)).not.toBeNull();
    expect(planDruidRanges(keysOf(new Array(30).fill(long)), single)).toBeNull();
  });
});

test('sampling takes one key of n, by its hash', () => {
  const hashes = [0, 1, 2, 3, -3, -1, -(2 ** 31)];
  expect(hashes.filter((hash) => isSampled(hash, 1))).toEqual(hashes);
  expect(hashes.filter((hash) => isSampled(hash, 3))).toEqual([0, 3, -3]);
  expect(hashes.filter((hash) => isSampled(hash, 2))).toEqual([0, 2, -(2 ** 31)]);
  expect([sampledRows(100, 3), sampledRows(2, 3)]).toEqual([33, 0]);
});
