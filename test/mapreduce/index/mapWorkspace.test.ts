import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { IndexConfig, MapManifest } from '../../../src/mapreduce/index/indexPayload.ts';
import { mapIndex } from '../../../src/mapreduce/index/mapTask.ts';
import { dropWorkspace, leaveWorkspace, takeWorkspace } from '../../../src/mapreduce/index/mapWorkspace.ts';
import { jobOf } from './checkJob.ts';

const directory = mkdtempSync(join(tmpdir(), 'segmill-workspace-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(dropWorkspace);

function configOf(dimensions: readonly unknown[]): IndexConfig {
  const job = jobOf(
    JSON.stringify({
      type: 'index_hadoop',
      spec: {
        dataSchema: {
          dataSource: 'workspace',
          parser: {
            type: 'hadoopyString',
            parseSpec: {
              format: 'json',
              timestampSpec: { column: 'ts', format: 'millis' },
              dimensionsSpec: { dimensions },
            },
          },
          metricsSpec: [
            { type: 'count', name: 'count' },
            { type: 'doubleSum', name: 'sum', fieldName: 'value' },
            { type: 'longLast', name: 'last', fieldName: 'value' },
          ],
          granularitySpec: { intervals: ['1970-01-01/P1D'], queryGranularity: 'hour' },
        },
        ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: directory }, segmentOutputPath: directory },
        tuningConfig: { type: 'hadoop', partitionsSpec: { type: 'hashed', numShards: 2 } },
      },
    }),
  );
  return { job, quirks: 'none' };
}

const CONFIG = configOf(['a', { type: 'long', name: 'b' }]);

/** Records of one split; those of two splits share some values. */
function linesOf(split: number): string {
  const lines = Array.from({ length: 50 }, (_, i) =>
    JSON.stringify({
      ts: i * 60_000,
      a: i % 3 === 0 ? ['x', `${split}`] : `v${(split + i) % 40}`,
      b: i % 7,
      value: i / 3,
    }),
  );
  return `${lines.join('\n')}\n{"ts":"no time"}\nno record\n`;
}

/** Maps a split, and gives its manifest less the path, and the bytes of its run. */
async function map(index: number, config = CONFIG, badRowsMax: number | null = null) {
  const path = join(directory, `in-${index}.json`);
  const text = linesOf(index);
  writeFileSync(path, text);
  const input = { index: 0, path, start: 0, end: text.length, length: text.length, codec: 'none' as const };
  const attemptDirectory = join(directory, `attempt-${index}`);
  mkdirSync(attemptDirectory, { recursive: true });
  const manifest: MapManifest = await mapIndex(
    {
      config: structuredClone(config),
      split: { index, inputs: [input], bytes: text.length },
      badRowsMax,
      pass: { type: 'numShards', numShards: 2 },
    },
    { attemptDirectory, attempt: 0, progress: { addBytes: () => undefined, addRows: () => undefined } },
  );
  return { manifest, bytes: readFileSync(manifest.runs[0].path) };
}

describe('the workspace of map tasks', () => {
  test('goes from task to task of one job, not of others', () => {
    const first = takeWorkspace(CONFIG);
    // Taken: a task at the same time gets one of its own.
    expect(takeWorkspace(CONFIG)).not.toBe(first);
    leaveWorkspace(first);
    expect(takeWorkspace(structuredClone(CONFIG))).toBe(first);
    leaveWorkspace(first);
    expect(takeWorkspace(configOf(['a', { type: 'double', name: 'b' }]))).not.toBe(first);
    leaveWorkspace(first);
    dropWorkspace();
    expect(takeWorkspace(CONFIG)).not.toBe(first);
  });

  test('makes the same run and counts, new or not', async () => {
    const alone = await map(2);
    dropWorkspace();
    await map(0);
    const one = await map(1);
    expect(await map(2)).toEqual(alone);
    // Counts of a manifest stay its own.
    expect(one.manifest.counts).toMatchObject({ processed: 50, unparseable: { malformed: 1, timestamp: 1 } });
  });

  test('is not left by a task that fails', async () => {
    const used = takeWorkspace(CONFIG);
    leaveWorkspace(used);
    await expect(map(0, CONFIG, 0)).rejects.toThrow();
    expect(takeWorkspace(CONFIG)).not.toBe(used);
  });

  test('stops growing', async () => {
    for (let i = 0; i < 3; i++) await map(i);
    const first = takeWorkspace(CONFIG);
    const { kernel } = first.batch;
    const top = kernel.mark();
    leaveWorkspace(first);
    for (let i = 0; i < 20; i++) await map(i % 3);
    const last = takeWorkspace(CONFIG);
    expect(last).toBe(first);
    expect(kernel.mark()).toBe(top);
  });

  test('fields of other splits do not count where a split may have only so many', async () => {
    const config = configOf([]);
    const alone = await map(1, config);
    dropWorkspace();
    const used = takeWorkspace(config);
    for (let i = 0; i < 8192; i++) used.batch.addField(`of another split ${i}`);
    leaveWorkspace(used);
    expect(await map(1, config)).toEqual(alone);
    // Told as a boolean: a workspace is too large to be printed.
    expect(takeWorkspace(config) === used).toBe(false);
  });
});
