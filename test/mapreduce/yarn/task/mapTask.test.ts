import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runIndexJob } from '../../../../src/mapreduce/index/indexJob.ts';
import type { MapManifest, Quirks } from '../../../../src/mapreduce/index/indexPayload.ts';
import { planMaps } from '../../../../src/mapreduce/index/jobInput.ts';
import type { Engine, PhaseOptions, TaskOutcome, Tasks } from '../../../../src/mapreduce/job.ts';
import { decodeBlockKey } from '../../../../src/mapreduce/yarn/shuffle/blockKey.ts';
import { emitRuns } from '../../../../src/mapreduce/yarn/shuffle/emitRuns.ts';
import { RawBytesReader, RawBytesWriter } from '../../../../src/mapreduce/yarn/shuffle/rawBytes.ts';
import { mapSplits } from '../../../../src/mapreduce/yarn/task/mapTask.ts';
import { StreamingProgress } from '../../../../src/mapreduce/yarn/task/taskProgress.ts';
import { LocalStorage } from '../../../../src/storage/local/LocalStorage.ts';
import { jobOf } from '../../index/checkJob.ts';
import { InlineEngine } from '../../index/inlineEngine.ts';

const ROWS = 10_000;
const REDUCERS = { count: 1, of: () => 0 };

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-yarn-gzip-'));
  const noise = 'x'.repeat(3600);
  // Sums of these depend on the order in which they are added up.
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `{"ts":${i},"key":"k${i % 100}","x":${i / 7},"noise":"${noise}"}`,
  );
  // Stored, so that the file is large.
  writeFileSync(join(directory, 'in.json.gz'), gzipSync(`${rows.join('\n')}\n`, { level: 0 }));
  writeFileSync(join(directory, 'in.json'), `${rows.join('\n')}\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

function job(file: string) {
  const spec = {
    dataSchema: {
      dataSource: 'large',
      parser: {
        type: 'hadoopyString',
        parseSpec: {
          format: 'json',
          timestampSpec: { column: 'ts', format: 'millis' },
          dimensionsSpec: { dimensions: ['key'] },
        },
      },
      metricsSpec: [{ type: 'doubleSum', name: 'x', fieldName: 'x' }],
      granularitySpec: { segmentGranularity: 'DAY', queryGranularity: 'DAY', intervals: ['1970-01-01/P1D'] },
    },
    ioConfig: {
      type: 'hadoop',
      inputSpec: { type: 'static', paths: join(directory, file) },
      segmentOutputPath: join(directory, 'segments'),
    },
    tuningConfig: {
      type: 'hadoop',
      partitionsSpec: { type: 'hashed', numShards: 1 },
      workingPath: join(directory, 'work'),
      version: '2026-01-01T00:00:00.000Z',
    },
  };
  return jobOf(JSON.stringify(spec));
}

/** What a mapper sends to the reducers: kind and content of each block, in the order of map, run and place in the run. */
function blocksOf(emit: (records: RawBytesWriter) => Promise<void> | void): Promise<string[]> {
  return withFile(async (path) => {
    const output = openSync(path, 'w');
    const records = new RawBytesWriter(output);
    await emit(records);
    records.flush();
    closeSync(output);
    const input = openSync(path, 'r');
    const reader = new RawBytesReader(input);
    const blocks: string[] = [];
    for (let record = reader.next(); record !== null; record = reader.next()) {
      const { map, run, kind } = decodeBlockKey(record.key);
      blocks.push(`${map} ${run} ${kind} ${Buffer.from(record.value).toString('latin1')}`);
    }
    closeSync(input);
    return blocks;
  });
}

async function withFile<Result>(use: (path: string) => Promise<Result>): Promise<Result> {
  const path = join(directory, 'records');
  try {
    return await use(path);
  } finally {
    rmSync(path);
  }
}

/** Hands on what the map tasks of the local engine left. */
class WatchedEngine extends InlineEngine {
  readonly #onMaps: (maps: readonly MapManifest[]) => Promise<void>;

  constructor(root: string, onMaps: (maps: readonly MapManifest[]) => Promise<void>) {
    super(root);
    this.#onMaps = onMaps;
  }

  override async run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const outcomes = await super.run(tasks, options);
    if (outcomes[0]?.id.startsWith('map-')) await this.#onMaps(outcomes.map(({ result }) => result as MapManifest));
    return outcomes;
  }
}

/** The blocks of the local engine's runs, as one task sends them. */
async function localBlocks(
  file: string,
  quirks: Quirks,
): Promise<{ readonly tasks: number; readonly blocks: readonly string[] }> {
  let [tasks, blocks]: [number, string[]] = [0, []];
  const newEngine = (root: string): Engine =>
    new WatchedEngine(root, async (maps) => {
      tasks = maps.length;
      const runs = maps.flatMap((map) => map.runs);
      const options = {
        map: 0,
        firstRun: 0,
        types: ['string'],
        reducerOf: REDUCERS,
        onBytes: () => undefined,
      } as const;
      blocks = await blocksOf((records) => emitRuns(runs, records, options));
    });
  await runIndexJob(job(file), { workers: 1, quirks, signal: new AbortController().signal }, newEngine);
  return { tasks, blocks };
}

/** What one task leaves and sends that reads all splits of a file. */
async function sentByOneTask(file: string, quirks: Quirks) {
  const status = await new LocalStorage().status(join(directory, file));
  const splits = planMaps(status === null ? [] : [status], quirks);
  const attempt = mkdtempSync(join(directory, 'attempt-'));
  const plan = {
    config: { job: job(file), quirks },
    pass: { type: 'numShards', numShards: 1 },
    mapSplits: [splits],
    reducers: REDUCERS.count,
    chunks: [],
  } as const;
  let maps: MapManifest[] = [];
  const blocks = await blocksOf(async (records) => {
    maps = await mapSplits(plan, 0, attempt, new StreamingProgress(() => undefined), records);
  });
  return { splits: splits.length, maps, blocks, left: readdirSync(attempt, { recursive: true }) };
}

test.each([
  ['in.json.gz', 'none', 1, 2, ['unpacked']],
  ['in.json.gz', 'druid', 1, 1, []],
  ['in.json', 'none', 2, 2, []],
] as const)(
  '%s with --quirks %s is %i splits and %i parts: one task sends what tasks of the local engine send for them',
  async (file, quirks, splits, parts, left) => {
    const local = await localBlocks(file, quirks);
    const sent = await sentByOneTask(file, quirks);
    expect([sent.splits, local.tasks, sent.maps.length]).toEqual([splits, parts, parts]);
    expect(sent.blocks.length).toBeGreaterThan(parts);
    expect(sent.blocks).toEqual(local.blocks);
    expect(sent.maps.flatMap(({ runs }) => runs.map(({ path }) => path))).toEqual(
      Array.from({ length: parts }, (_, run) => `0/${run}`),
    );
    expect(sent.maps.reduce((sum, { counts }) => sum + counts.processed, 0)).toBe(ROWS);
    // Neither runs nor unpacked parts are kept longer than they are needed.
    expect(sent.left).toEqual(left);
  },
);
