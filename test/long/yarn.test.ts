/** Large jobs on a real YARN of this machine. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ingestionSpec } from '../../scripts/bench/dataset.mjs';
import { generate } from '../../scripts/bench/generate.mjs';
import { prepareDruid33 } from '../../scripts/druid/jars.mjs';
import { query } from '../e2e/druid/oracle.ts';
import { scratchFolder } from '../e2e/druid/segmill.ts';
import { clusterHdfs, put } from '../e2e/hadoop/cluster.ts';
import prepareHadoop, { hadoop, PORT_OFFSET } from '../e2e/hadoop/prepare.ts';
import {
  driver,
  expectSame,
  finished,
  madeLocally,
  type Spec,
  specFile,
  submitted,
  WORK,
  withPlaces,
  withProperties,
} from '../e2e/hadoop/yarnJobs.ts';
import { readFile } from '../storage/webhdfs/clients.ts';

const MINUTES = 60_000;
const ROWS = 1_000_000;

/** Why these tests cannot run here, or null. */
const missing = ['java', 'mvn'].find((program) => spawnSync(program, ['-version']).error !== undefined) ?? null;
const skipped = missing === null ? '' : ` (skipped: there is no ${missing} on the PATH)`;

describe.skipIf(missing !== null)(`on YARN${skipped}`, () => {
  let stop: (() => void) | null = null;
  beforeAll(() => {
    prepareDruid33();
    stop = prepareHadoop();
    hadoop('up', 'yarn', '--port-offset', String(PORT_OFFSET));
  }, 15 * MINUTES);
  afterAll(() => stop?.(), 5 * MINUTES);

  test(
    '1,000,000 rows: shards found on the cluster, the bytes of the local engine, and real Druid reads them',
    async () => {
      const files = generate({ rows: ROWS, parts: 4, seed: 42 });
      const partitionsSpec = { type: 'hashed', targetRowsPerSegment: 300_000 };
      const spec = ingestionSpec({ partitionsSpec }, files, '') as Spec;
      const local = madeLocally(spec, files.join(','));
      const hdfs = await clusterHdfs();
      for (const file of files) await put(hdfs, `/long/in/${basename(file)}`, readFileSync(file));
      const remote = withPlaces(spec, 'hdfs:///long/in', 'hdfs:///long/segments', WORK);
      const report = await finished(driver('index', specFile(remote), '--engine', 'yarn'));
      await expectSame(report, local);
      expect(report.segments.length).toBeGreaterThan(2);
      const folder = scratchFolder();
      const zips = report.segments.map((_, i) => join(folder, `${i}.zip`));
      for (const [i, { path }] of report.segments.entries()) writeFileSync(zips[i], await readFile(hdfs, path));
      expect(await query(ROWS_OF_ALL, zips)).toMatchObject([{ result: { rows: ROWS } }]);
    },
    20 * MINUTES,
  );

  test(
    'a reducer whose shard is four times its container finishes inside it',
    async () => {
      await put(await clusterHdfs(), '/long/wide/rows.json', Buffer.from(wideRows()));
      const properties = { 'mapreduce.reduce.memory.mb': String(CONTAINER_MIB) };
      const spec = withPlaces(
        withProperties(WIDE_SPEC, properties),
        'hdfs:///long/wide',
        'hdfs:///long/segments',
        WORK,
      );
      const running = driver('index', specFile(spec), '--engine', 'yarn');
      const application = await submitted(running);
      const { segments } = await finished(running);
      expect(segments.map(({ rows }) => rows)).toEqual([WIDE_ROWS]);
      const counters = await countersOf(application);
      expect(counters.get('REDUCE_SHUFFLE_BYTES')).toBeGreaterThan(4 * CONTAINER_MIB * MIB);
      // YARN looks every three seconds, and would have killed it.
      expect(counters.get('REDUCE_PHYSICAL_MEMORY_BYTES_MAX')).toBeLessThan(CONTAINER_MIB * MIB);
      expect([counters.get('TOTAL_LAUNCHED_REDUCES'), counters.get('NUM_FAILED_REDUCES') ?? 0]).toEqual([1, 0]);
    },
    20 * MINUTES,
  );
});

const MIB = 1024 * 1024;
/** The smallest that the engine takes. */
const CONTAINER_MIB = 800;
const WIDE_ROWS = 1_000_000;
/** Eight bytes each in every row of a run. */
const METRICS = 430;

/** Rows that are all distinct, in no order. */
function wideRows(): string {
  const lines = Array.from(
    { length: WIDE_ROWS },
    (_, i) => `{"t":"2015-09-12T00:00:00Z","id":"id-${(i * 7919) % WIDE_ROWS}","n":${i % 1000}}\n`,
  );
  return lines.join('');
}

/** One shard, whose rows are so wide that little input makes much of them. */
const WIDE_SPEC = {
  type: 'index_hadoop',
  spec: {
    dataSchema: {
      dataSource: 'wide',
      parser: {
        type: 'hadoopyString',
        parseSpec: {
          format: 'json',
          timestampSpec: { column: 't', format: 'iso' },
          dimensionsSpec: { dimensions: ['id'] },
        },
      },
      metricsSpec: Array.from({ length: METRICS }, (_, i) => ({ type: 'longSum', name: `m${i}`, fieldName: 'n' })),
      granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'DAY', intervals: ['2015-09-12/2015-09-13'] },
    },
    ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: '' }, segmentOutputPath: '' },
    tuningConfig: { type: 'hadoop', partitionsSpec: { type: 'hashed', numShards: 1 } } as Record<string, unknown>,
  },
};

/** Counters of a job that has ended, by their names. */
async function countersOf(application: string): Promise<Map<string, number>> {
  const url = `http://127.0.0.1:${19888 + PORT_OFFSET}/ws/v1/history/mapreduce/jobs/${application.replace('application', 'job')}/counters`;
  // The history server reads what a job left some seconds after its end.
  const response = await vi.waitFor(
    async () => {
      const answer = await fetch(url, { headers: { accept: 'application/json' } });
      expect(answer.status).toBe(200);
      return answer;
    },
    { timeout: MINUTES, interval: 500 },
  );
  const { jobCounters } = (await response.json()) as {
    jobCounters: { counterGroup: { counter: { name: string; totalCounterValue: number }[] }[] };
  };
  return new Map(
    jobCounters.counterGroup.flatMap(({ counter }) => counter.map((it) => [it.name, it.totalCounterValue] as const)),
  );
}

const ROWS_OF_ALL = {
  queryType: 'timeseries',
  dataSource: 'any',
  intervals: ['2015-09-12/2015-09-13'],
  granularity: 'all',
  aggregations: [{ type: 'longSum', name: 'rows', fieldName: 'count' }],
};
