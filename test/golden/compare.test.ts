import { describe, expect, it } from 'vitest';
import { compareDescriptors, compareSegments, type Dump, readDump } from './compare.ts';
import { type GoldenCase, goldenCase, goldenNames } from './goldens.ts';
import { parseJson } from './json.ts';
import { tieCandidates } from './ties.ts';

const dumpOf = (golden: GoldenCase, segment = 0): Dump => readDump(golden.segments[segment].dumpLines!);
/** The dump with one value of one row replaced. */
const changed = (dump: Dump, row: number, column: string, value: unknown): Dump => ({
  ...dump,
  rows: dump.rows.map((it, i) => (i === row ? { ...it, [column]: value } : it)),
});

describe('goldenCase', () => {
  it('has every case, and finds it by its short name', () => {
    expect(goldenNames()).toHaveLength(68);
    expect(goldenCase('h43').name).toBe('h43-hashed-target-4-files');
    expect(() => goldenCase('h24')).toThrow(
      '"h24" stands for 6 golden cases: h24-ts-0, h24-ts-1, h24-ts-2, h24-ts-3, h24-ts-4, h24-ts-5',
    );
  });

  it('gives the spec paths that exist, and the output folder of the caller', () => {
    const golden = goldenCase('w01');
    const { ioConfig, tuningConfig } = JSON.parse(golden.specText('/somewhere')).spec;
    expect(ioConfig.segmentOutputPath).toBe('/somewhere/segments');
    expect(tuningConfig.workingPath).toBe('/somewhere/work');
    expect(ioConfig.inputSpec.paths).toMatch(/\/jobs\/wikipedia\/wikiticker-2015-09-12-sampled\.json\.gz$/);
  });

  it('gives what Druid reported, planned and made', () => {
    const golden = goldenCase('h36');
    expect(golden.report?.indexGenerator?.stats?.rowsProcessed).toBe(4);
    expect(golden.report?.determinePartitions.shardSpecs?.['1709251200000']).toHaveLength(8);
    expect(golden.segments.map((it) => it.descriptor.shardSpec.partitionNum).sort()).toEqual([0, 4, 5, 6]);
    expect(goldenCase('h27').report?.exception).toMatch(
      /^java\.io\.FileNotFoundException: File .*segmentDescriptorInfo/,
    );
    expect(goldenCase('v-default').report).toBeNull();
  });
});

describe('parseJson', () => {
  it('keeps every digit of a long and touches no string', () => {
    expect(parseJson('{"a":9007199254740993,"b":"\\"9007199254740993","c":-1.5E300,"d":4611686018427387903}')).toEqual({
      a: 9007199254740993n,
      b: '"9007199254740993',
      c: -1.5e300,
      d: 4611686018427387903n,
    });
  });
});

describe('compareSegments', () => {
  it.each([
    ['h01', 'h16', 'three persists and a merge make the same segment'],
    ['h02', 'h18', 'so does the combiner'],
    ['h52', 'h52b', 'and many persists'],
    ['h53', 'h53b', 'and the combiner over three files'],
  ])('finds %s and %s the same in every byte count: %s', (a, b) => {
    const [one, other] = [goldenCase(a), goldenCase(b)];
    expect(one.segments.length).toBeGreaterThan(0);
    for (const [i, segment] of one.segments.entries()) {
      expect(compareSegments(dumpOf(one, i), dumpOf(other, i), { bytes: true })).toEqual([]);
      expect(compareDescriptors(segment.descriptor, other.segments[i].descriptor, { bytes: true })).toEqual([]);
    }
  });

  it('tells a row, a column and a fact of the description apart', () => {
    const dump = dumpOf(goldenCase('h01'));
    expect(compareSegments(changed(dump, 3, 'lm_sum', 12345), dump)).toEqual([
      { where: 'row 3, lm_sum', ours: 12345, druids: dump.rows[3].lm_sum },
    ]);
    expect(compareSegments({ ...dump, rows: dump.rows.slice(1) }, dump).at(-1)).toEqual({
      where: 'number of rows',
      ours: 59,
      druids: 60,
    });
    const described = { ...dump, description: { ...dump.description, interval: '2024-03-01/2024-03-03' } };
    expect(compareSegments(described, dump)).toEqual([
      { where: 'interval', ours: '2024-03-01/2024-03-03', druids: '2024-03-01T00:00:00.000Z/2024-03-02T00:00:00.000Z' },
    ]);
    expect(compareSegments(described, dump, { expected: ({ where }) => where === 'interval' })).toEqual([]);
  });

  it('sees a changed dictionary value and a changed bitmap', () => {
    const dump = dumpOf(goldenCase('h01'));
    const lines = goldenCase('h01').segments[0].dumpLines!;
    const other = readDump([
      lines[0].replace('{"value":"v1","rows":[', '{"value":"v1x","rows":[0,'),
      ...lines.slice(1),
    ]);
    const found = compareSegments(other, dump);
    expect(found[0]).toEqual({ where: 'columns.s1.bitmaps.1.value', ours: 'v1x', druids: 'v1' });
    expect(found[1].where).toBe('columns.s1.bitmaps.1.rows.0');
  });

  it('tells null from "" and from "null", 0 from -0, and longs that doubles cannot tell apart', () => {
    const dump = dumpOf(goldenCase('h01'));
    const row = dump.rows.findIndex((it) => it.sn === null);
    expect(compareSegments(changed(dump, row, 'sn', ''), dump)).toHaveLength(1);
    expect(compareSegments(changed(dump, row, 'sn', 'null'), dump)).toHaveLength(1);
    const big = dump.rows.findIndex((it) => it.ln === 9007199254740993n);
    expect(compareSegments(changed(dump, big, 'ln', 9007199254740992n), dump)).toHaveLength(1);
    const zero = dump.rows.findIndex((it) => it.fl === 0);
    expect(compareSegments(changed(dump, zero, 'fl', -0), dump)).toHaveLength(1);
  });

  it('allows sums of doubles and floats the rounding of another order, and nothing else', () => {
    const dump = dumpOf(goldenCase('h41'));
    const [row] = dump.rows as Record<string, number>[];
    const scaled = (column: string, factor: number) =>
      compareSegments(changed(dump, 0, column, row[column] * factor), dump);
    expect(scaled('doubleSum_dm', 1 + 5e-13)).toEqual([]);
    expect(scaled('doubleSum_dm', 1 + 5e-12)).toHaveLength(1);
    expect(scaled('floatSum_dm', 1 + 1e-6)).toEqual([]);
    expect(scaled('floatSum_dm', 1 + 1e-5)).toHaveLength(1);
    expect(scaled('doubleMax_dm', 1 + 5e-13)).toHaveLength(1);
  });

  it('lets rows that rollup did not merge trade places where time and dimensions are equal', () => {
    const { description, rows } = dumpOf(goldenCase('h03'));
    const twin = { ...rows[0], lm_sum: 7 };
    const stranger = rows[1];
    expect(compareSegments({ description, rows: [twin, rows[0]] }, { description, rows: [rows[0], twin] })).toEqual([]);
    expect(compareSegments({ description, rows: [twin, twin] }, { description, rows: [rows[0], twin] })).toHaveLength(
      1,
    );
    expect(
      compareSegments({ description, rows: [stranger, rows[0]] }, { description, rows: [rows[0], stranger] }),
    ).not.toEqual([]);
  });
});

describe('tieCandidates', () => {
  it('accepts what another order of rows could have made, and nothing else', () => {
    const golden = goldenCase('h42');
    const isCandidate = tieCandidates(golden.specText('/unused'));
    const dump = dumpOf(golden);
    const time = dump.rows[0].__time;
    const accepted = (column: string, value: unknown) =>
      compareSegments(changed(dump, 0, column, value), dump, { isCandidate }).length === 0;
    // k0 has the values 1000, 1008, 1016, ... in all three files, all at one time
    expect(accepted('longAny_l', 1000)).toBe(true);
    expect(accepted('longAny_l', 1001)).toBe(false);
    expect(accepted('longFirst_l', { time, value: 1016 })).toBe(true);
    expect(accepted('longFirst_l', { time, value: 1017 })).toBe(false);
    expect(accepted('longFirst_l', { time: 1, value: 1016 })).toBe(false);
    expect(accepted('floatLast_d', { time, value: 1008.5 })).toBe(true);
    expect(accepted('stringFirst_s', { time, value: 's592' })).toBe(true);
    expect(accepted('stringFirst_s', { time, value: null })).toBe(false);
    expect(accepted('count', 31)).toBe(false);
  });

  it('lets nulls and encoding of a column follow from the candidate it took, and of no other column', () => {
    const golden = goldenCase('h42');
    const isCandidate = tieCandidates(golden.specText('/unused'));
    const [first, ...rest] = golden.segments[0].dumpLines!;
    const druids = readDump([first, ...rest]);
    const nullable = (column: string) =>
      readDump([first.replace(new RegExp(`("${column}":\\{.*?"hasNulls":)false`), '$1true'), ...rest]);
    // k1 has null longs
    expect(compareSegments(changed(nullable('longAny_l'), 1, 'longAny_l', null), druids, { isCandidate })).toEqual([]);
    expect(compareSegments(nullable('longAny_l'), druids, { isCandidate }).map(({ where }) => where)).toEqual([
      'columns.longAny_l.hasNulls',
    ]);
    expect(
      compareSegments(changed(nullable('count'), 1, 'longAny_l', null), druids, { isCandidate }).map(
        ({ where }) => where,
      ),
    ).toEqual(['columns.count.hasNulls']);
  });

  it.each(['h02', 'h42', 'h42b'])("takes every value of Druid's own in %s for a candidate", (key) => {
    const golden = goldenCase(key);
    const isCandidate = tieCandidates(golden.specText('/unused'));
    const dump = dumpOf(golden);
    const metrics = dump.description.metadata!.aggregators.filter(({ type }) => /(?:First|Last|Any)$/.test(type));
    const refused = dump.rows.flatMap((row) =>
      metrics.filter(({ name }) => !isCandidate(name, row, row[name])).map(({ name }) => ({ name, value: row[name] })),
    );
    // Where no row has a string, Druid keeps its sentinel time.
    expect(
      refused.filter(({ name, value }) => !(name.startsWith('string') && (value as { value: unknown }).value === null)),
    ).toEqual([]);
  });
});
