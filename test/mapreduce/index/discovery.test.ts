import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Quirks } from '../../../src/mapreduce/index/indexPayload.ts';
import { openSegment } from '../../../src/segment/reader/openSegment.ts';
import { ourDump } from '../../golden/ourDump.ts';
import { outputFolder, runSpec } from '../../golden/runSpec.ts';

const directory = mkdtempSync(join(tmpdir(), 'segmill-discovery-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;

interface Job {
  readonly parseSpec: Record<string, unknown>;
  /** Texts of the input files, in order. */
  readonly files: readonly string[];
  readonly dimensionsSpec?: Record<string, unknown>;
  readonly partitionsSpec?: Record<string, unknown>;
  readonly quirks?: Quirks;
}

/** Runs a job over one day; rows have their time in the field `t`, in milliseconds. */
async function run(name: string, { parseSpec, files, dimensionsSpec = {}, partitionsSpec, quirks = 'none' }: Job) {
  const paths = files.map((text, i) => {
    const path = join(directory, `${name.replaceAll(/\W/g, '_')}-${i}`);
    writeFileSync(path, text);
    return path;
  });
  const out = outputFolder();
  const spec = {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'found',
        parser: {
          type: 'hadoopyString',
          parseSpec: { ...parseSpec, timestampSpec: { column: 't', format: 'millis' }, dimensionsSpec },
        },
        metricsSpec: [
          { type: 'count', name: 'count' },
          { type: 'longSum', name: 'sum', fieldName: 'amount' },
        ],
        granularitySpec: { segmentGranularity: 'DAY', intervals: ['1970-01-01/P1D'] },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: paths.join(',') },
        segmentOutputPath: join(out, 'segments'),
      },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec: partitionsSpec ?? { type: 'hashed', numShards: 1 },
        workingPath: join(out, 'work'),
      },
    },
  };
  return runSpec(JSON.stringify(spec), quirks);
}

/** Dimensions of the one segment of a job as its descriptor has them, and its rows without time and metrics. */
async function found(name: string, job: Job) {
  const report = await run(name, job);
  expect(report.segments).toHaveLength(1);
  const [{ path, descriptor }] = report.segments;
  const rows = (await ourDump(path)).rows.map(({ __time, count, sum, ...dimensions }) => dimensions);
  return { dimensions: (descriptor as { dimensions: string }).dimensions, rows };
}

const lines = (...records: string[]) => `${records.join('\n')}\n`;

describe('dimensions that no spec lists', () => {
  test('JSON: flat fields but nulls, in the order of the first row to arrive', async () => {
    const files = [
      lines('{"t":7200000,"late":1,"b":"x","a":2.0,"amount":5}', '{"t":3600000,"a":1,"n":null,"o":{"k":1},"b":true}'),
      lines('{"t":10800000,"o":"flat now","l":["z","y"],"e":[],"deep":[[1]],"sum":9,"skip":1}'),
    ];
    const job = { parseSpec: { format: 'json' }, files, dimensionsSpec: { dimensionExclusions: ['skip'] } };
    expect(await found('json', job)).toEqual({
      dimensions: 'a,b,late,o,l,e',
      rows: [
        { a: '1', b: 'true', late: null, o: null, l: null },
        { a: '2.0', b: 'x', late: '1', o: null, l: null },
        { a: null, b: null, late: null, o: 'flat now', l: ['y', 'z'] },
      ],
    });
  });

  test('jsonLowercase: names in lower case, each where it comes first', async () => {
    const files = [lines('{"t":1,"B":"x","a":1,"b":null,"M":{"k":1}}', '{"t":2,"C":true,"A":2}')];
    expect(await found('lowercase', { parseSpec: { format: 'jsonLowercase' }, files })).toEqual({
      dimensions: 'b,a,m,c',
      rows: [
        { b: 'x', a: '1', m: '', c: null },
        { b: null, a: '2', m: null, c: 'true' },
      ],
    });
  });

  test('CSV: the columns of a line, empty ones too', async () => {
    const files = [lines('1,,x,3,last', '2,b,y')];
    const job = { parseSpec: { format: 'csv', columns: ['t', 'empty', 'b', 'amount', 'z'] }, files };
    expect(await found('csv', job)).toEqual({
      dimensions: 'empty,b,z',
      rows: [
        { empty: null, b: 'x', z: 'last' },
        { empty: 'b', b: 'y', z: null },
      ],
    });
  });

  test('TSV: columns by the header row of each file', async () => {
    const files = [lines('t\tb\ta', '7200000\tb1\ta1'), lines('a\tt\tc', 'a2\t3600000\tc2|c1')];
    const job = { parseSpec: { format: 'tsv', hasHeaderRow: true, listDelimiter: '|' }, files };
    expect(await found('tsv', job)).toEqual({
      dimensions: 'a,c,b',
      rows: [
        { a: 'a2', c: ['c1', 'c2'], b: null },
        { a: 'a1', c: null, b: 'b1' },
      ],
    });
  });

  test('regex: the groups', async () => {
    const parseSpec = { format: 'regex', pattern: '(\\d+) (\\w*) (\\w+)', columns: ['t', 'w', 'v'] };
    expect(await found('regex', { parseSpec, files: [lines('1  x', '2 a y')] })).toEqual({
      dimensions: 'w,v',
      rows: [
        { w: null, v: 'x' },
        { w: 'a', v: 'y' },
      ],
    });
  });

  test('includeAllDimensions: those of the spec first, by their type', async () => {
    const dimensionsSpec = { dimensions: ['absent', { type: 'long', name: 'n' }], includeAllDimensions: true };
    const files = [lines('{"t":1,"b":"x","n":"7"}', '{"t":2,"a":{"k":1},"n":8}')];
    expect(await found('all', { parseSpec: { format: 'json' }, files, dimensionsSpec })).toEqual({
      dimensions: 'absent,n,b',
      rows: [
        { n: 7, b: 'x' },
        { n: 8, b: null },
      ],
    });
  });
});

describe('with shards determined from the data', () => {
  const files = [0, 1].map((file) =>
    lines(
      ...Array.from({ length: 60 }, (_, i) => {
        const fields = [`"key":"k${i % 30}"`, `"f${i % 3}":"v${(file + i) % 7}"`];
        return `{"t":${i * 1000},${(i % 2 === 0 ? fields : fields.reverse()).join(',')}}`;
      }),
    ),
  );

  test.each([
    ['hashed', { type: 'hashed', targetRowsPerSegment: 20 }],
    ['hashed by a dimension', { type: 'hashed', targetRowsPerSegment: 20, partitionDimensions: ['key'] }],
    ['single_dim', { type: 'single_dim', partitionDimension: 'key', targetRowsPerSegment: 20 }],
    ['range', { type: 'range', partitionDimensions: ['key', 'f1'], targetRowsPerSegment: 20 }],
  ])('%s: every row is in one segment', async (name, partitionsSpec) => {
    const report = await run(name, { parseSpec: { format: 'json' }, files, partitionsSpec });
    expect(report.segments.length).toBeGreaterThan(2);
    const dumps = await Promise.all(report.segments.map(({ path }) => ourDump(path)));
    const keys = dumps.flatMap(({ rows }, segment) => rows.map(({ key }) => ({ key, segment })));
    expect(dumps.flatMap(({ rows }) => rows).reduce((sum, { count }) => sum + Number(count), 0)).toBe(120);
    if (name === 'hashed') return;
    for (const { key, segment } of keys) {
      if (name !== 'range') expect(keys.find((other) => other.key === key)!.segment).toBe(segment);
    }
  });
});

describe('like Druid, with its quirks', () => {
  const job = (files: readonly string[]): Job => ({ parseSpec: { format: 'json' }, files, quirks: 'druid' });

  test('a row without a dimension and one with a null are two rows; in lists the first has no value at all', async () => {
    const files = [lines('{"t":1,"a":"x"}', '{"t":1,"a":"x","l":[]}', `{"t":${HOUR_MS},"a":"x","l":["p","q"]}`)];
    const report = await run('absent', job(files));
    const column = (await openSegment(report.segments[0].path)).column('l');
    if (column?.kind !== 'string' || column.offsets === null) throw new Error('l has no lists');
    expect([...column.offsets]).toEqual([0, 0, 1, 3]);
    const { rows } = await found('absent by default', { ...job(files), quirks: 'none' });
    expect(rows).toEqual([
      { a: 'x', l: null },
      { a: 'x', l: ['p', 'q'] },
    ]);
  });
});

test('fields beyond all measure fail the job', async () => {
  const record = (i: number) => `{"t":1,${Array.from({ length: 1000 }, (_, k) => `"k${i * 1000 + k}":1`).join(',')}}`;
  const files = [lines(...Array.from({ length: 9 }, (_, i) => record(i)))];
  await expect(run('wide', { parseSpec: { format: 'json' }, files })).rejects.toThrow(
    'A part of the input (one split) has more than 8192 different fields (the next one is "k8192"), and all of them would become dimensions. List the ' +
      'dimensions in dimensionsSpec.dimensions; names that hold values (ids, times) belong into a field of their own.',
  );
});
