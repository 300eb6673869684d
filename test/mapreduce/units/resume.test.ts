import { readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TaskKind } from '../../../src/mapreduce/job.ts';
import { recover } from '../../../src/publish/recover.ts';
import { LocalStorage } from '../../../src/storage/local/LocalStorage.ts';
import { reused, StoppedJob, type StoppedJobOptions } from './stoppedJob.ts';

let job: StoppedJob;
beforeEach(() => {
  job = new StoppedJob();
});
afterEach(() => job.remove());

const NOTHING = { map: '0 of 0', count: '0 of 0', scatter: '0 of 0', reduce: '0 of 0' };
/** In Hadoop, and so with its quirks, each file is a split of its own. */
const DRUID = { quirks: 'druid' } as const;

describe('a job that goes on where one stopped', () => {
  const hashed = { partitionsSpec: { type: 'hashed', targetPartitionSize: 3000 } };
  const ranges = { partitionsSpec: { type: 'single_dim', partitionDimension: 'key', targetPartitionSize: 3000 } };
  test.each<[string, StoppedJobOptions, TaskKind, number, Partial<typeof NOTHING>]>([
    ['while it read', { run: DRUID }, 'mapIndex', 2, { map: '2 of 3', reduce: '0 of 4' }],
    ['before its first segment', {}, 'reduceIndex', 0, { map: '1 of 1', reduce: '0 of 4' }],
    ['before its last segment', {}, 'reduceIndex', 3, { map: '1 of 1', reduce: '3 of 4' }],
    [
      'while it cut runs into buckets',
      { run: { keepRuns: 'always' }, tuning: hashed },
      'scatterRun',
      0,
      { map: '1 of 1', scatter: '0 of 1', reduce: '0 of 4' },
    ],
    [
      'after it had cut runs into ranges',
      { run: { keepRuns: 'always' }, tuning: { ...ranges, maxRowsInMemory: 8000 } },
      'reduceIndex',
      2,
      { map: '1 of 1', count: '1 of 1', scatter: '4 of 4', reduce: '2 of 4' },
    ],
    [
      'in its second pass over the input',
      { run: { keepRuns: 'never' }, tuning: hashed },
      'reduceIndex',
      1,
      { map: '2 of 2', reduce: '1 of 4' },
    ],
    ["with Druid's ranges", { run: DRUID, tuning: ranges }, 'reduceIndex', 1, { map: '6 of 6', reduce: '1 of 4' }],
  ])('%s makes what it would have made', async (_where, options, kind, done, expected) => {
    await job.stop(kind, done, options);
    expect(job.segmentFiles()).toEqual([]);
    const report = await job.finish(options);
    expect(reused(report)).toEqual({ ...NOTHING, ...expected });
    expect(job.outcomeOf(report)).toEqual(await job.undisturbed(options));
    expect(job.workingDirectories()).toEqual([]);
    expect(job.segmentFiles().length).toBe(report.segments.length);
  });

  test('twice', async () => {
    await job.stop('mapIndex', 1, { run: DRUID });
    expect(job.kept).toMatchObject({ tasks: 1 });
    await job.stop('reduceIndex', 2, { run: DRUID });
    expect(job.kept).toMatchObject({ tasks: 5 });
    await job.stop('reduceIndex', 1, { run: DRUID });
    expect(job.kept).toMatchObject({ tasks: 6 });
    expect(job.workingDirectories().length).toBe(1);
    const report = await job.finish({ run: DRUID });
    expect(reused(report)).toEqual({ ...NOTHING, map: '3 of 3', reduce: '3 of 4' });
    expect(job.outcomeOf(report)).toEqual(await job.undisturbed({ run: DRUID }));
  });

  test('under the same version', async () => {
    const options = { tuning: { version: '2026-01-01T00:00:00.000Z' } };
    await job.stop('reduceIndex', 2, options);
    const report = await job.finish(options);
    expect(reused(report).reduce).toBe('2 of 4');
    expect(job.outcomeOf(report)).toEqual(await job.undisturbed(options));
  });

  test('does not do it again when it is through', async () => {
    await job.stop('reduceIndex', 2);
    await job.finish();
    expect(reused(await job.finish())).toEqual({ ...NOTHING, map: '0 of 1', reduce: '0 of 4' });
  });

  test('but not with resume never, which leaves nothing either', async () => {
    await job.stop('reduceIndex', 2);
    await job.stop('reduceIndex', 2, { run: { resume: 'never' } });
    expect(job.kept).toBe(null);
    expect(job.workingDirectories()).toEqual([]);
    expect((await job.finish({ run: { resume: 'never' } })).units).toBe(undefined);
  });
});

describe('what a stopped job leaves', () => {
  const folder = () => join(job.folder, 'out', 'work', 'ds');
  const other = { tuning: { maxRowsInMemory: 123 } };

  test('is nothing where no task had ended', async () => {
    await job.stop('mapIndex', 0);
    expect(job.kept).toBe(null);
    expect(job.workingDirectories()).toEqual([]);
  });

  test('is what finished tasks have made', async () => {
    await job.stop('reduceIndex', 1);
    expect(job.kept).toEqual({
      directory: join(folder(), job.workingDirectories()[0]),
      tasks: 2,
      bytes: expect.any(Number),
    });
    expect(job.keptFiles(/run-|\.zip$/).map((path) => path.replace(/^.*attempts\/|-[0-9a-f]{32}/g, ''))).toEqual([
      'map-000000/run-00000',
      'reduce-19700101T000000.000Z-0/segment-0.zip',
    ]);
  });

  test('is let alone by another job over the data source', async () => {
    await job.stop('reduceIndex', 2);
    await job.finish(other);
    const [{ directory }] = [job.kept as { directory: string }];
    expect(await recover(folder(), { store: null, inherit: async () => 'kept' })).toEqual([
      { directory, fate: 'kept', reason: 'its job can go on from it' },
    ]);
    expect(reused(await job.finish())).toEqual({ ...NOTHING, map: '1 of 1', reduce: '2 of 4' });
  });

  test('goes when another job finds it a week old', async () => {
    await job.stop('reduceIndex', 2);
    const day = Date.now() / 1000 - 86_400;
    const attempts = join(job.kept?.directory ?? '', 'attempts');
    utimesSync(attempts, day - 5 * 86_400, day - 5 * 86_400);
    await job.finish(other);
    expect(job.workingDirectories().length).toBe(1);
    utimesSync(attempts, day - 7 * 86_400, day - 7 * 86_400);
    await job.finish(other);
    expect(job.workingDirectories()).toEqual([]);
  });

  test('goes with clean', async () => {
    await job.stop('reduceIndex', 2);
    expect(await recover(folder(), { store: null, removeKept: true })).toEqual([
      { directory: job.kept?.directory, fate: 'removed', reason: 'its job is over' },
    ]);
    expect(job.workingDirectories()).toEqual([]);
  });

  test('is all of it with cleanupOnFailure false, and can be gone on from', async () => {
    const options = { tuning: { cleanupOnFailure: false } };
    await job.stop('reduceIndex', 2, options);
    await job.finish(other);
    expect(reused(await job.finish(options)).reduce).toBe('2 of 4');
    expect(job.workingDirectories()).toEqual([]);
  });
});

test('segments are gone on from before the folders of all of them are made', async () => {
  await job.stop('reduceIndex', 3);
  const { mkdirs } = LocalStorage.prototype;
  const asked = new Set<string>();
  const slow = vi.spyOn(LocalStorage.prototype, 'mkdirs').mockImplementation(async function (this: LocalStorage, path) {
    // The job asks for each folder in the beginning, and does not wait for all.
    if (!asked.has(path)) {
      asked.add(path);
      await sleep(300);
    }
    return mkdirs.call(this, path);
  });
  try {
    expect(reused(await job.finish())).toEqual({ ...NOTHING, map: '1 of 1', reduce: '3 of 4' });
  } finally {
    slow.mockRestore();
  }
});

describe('a unit that is not whole is made again:', () => {
  const flip = (path: string) => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(path, bytes);
  };
  test.each<[string, RegExp, (path: string) => void, string, string]>([
    ['a run that is cut off', /map-.*run-/, (path) => truncateSync(path, 1000), '0 of 1', '3 of 4'],
    ['a run with another byte', /map-.*run-/, flip, '0 of 1', '3 of 4'],
    ['a run that is gone', /map-.*run-/, (path) => rmSync(path), '0 of 1', '3 of 4'],
    ['bad rows with another byte', /dead-letters/, flip, '0 of 1', '3 of 4'],
    ['a manifest with another byte', /map-.*manifest$/, flip, '0 of 1', '3 of 4'],
    ['a manifest that is empty', /map-.*manifest$/, (path) => truncateSync(path, 0), '0 of 1', '3 of 4'],
    ['a segment that is cut off', /segment-0\.zip/, (path) => truncateSync(path, 100), '1 of 1', '2 of 4'],
    ['a segment with another byte', /segment-0\.zip/, flip, '1 of 1', '2 of 4'],
    ['a segment that is gone', /segment-0\.zip/, (path) => rmSync(path), '1 of 1', '2 of 4'],
  ])('%s', async (_what, pattern, damage, map, reduce) => {
    await job.stop('reduceIndex', 3);
    damage(job.keptFiles(pattern)[0]);
    const report = await job.finish();
    expect(reused(report)).toEqual({ ...NOTHING, map, reduce });
    expect(job.outcomeOf(report)).toEqual(await job.undisturbed());
  });
});
