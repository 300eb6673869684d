import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputCodec, InputSplit } from '../../../src/input/splits/splits.ts';
import { runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import { type KeepRuns, paysToKeep } from '../../../src/mapreduce/index/keepRuns.ts';
import { planIndexJob } from '../../../src/mapreduce/index/plan/planIndexJob.ts';
import { jobOf } from './checkJob.ts';
import { InlineEngine } from './inlineEngine.ts';
import { RecutEngine } from './recutEngine.ts';

const MIB = 1024 * 1024;

describe('a map task keeps its runs', () => {
  const split = (...codecs: InputCodec[]): InputSplit => ({
    index: 0,
    bytes: 32 * MIB,
    inputs: codecs.map((codec, index) => ({ index, path: '/a', start: 0, end: 1, length: 1, codec })),
  });

  test.each<[string, InputSplit, runMiB: number, readMiB: number, boolean]>([
    ['that hold the rows in less than their text', split('none'), 9, 10, true],
    ['unless they are larger than the text that was read for them', split('none'), 11, 10, false],
    ['unless so, be the split larger still', split('none', 'none'), 2, 1, false],
    ['of 1 MiB, be the text ever so small', split('none'), 1, 0.1, true],
    ['of packed text always', split('gzip'), 11, 10, true],
    ['of text that is packed in part always', split('none', 'gzip'), 11, 10, true],
  ])('%s', (_what, of, runMiB, readMiB, kept) => {
    expect(paysToKeep(of, runMiB * MIB, readMiB * MIB)).toBe(kept);
  });
});

describe('where some splits keep their runs and others do not', () => {
  const ROWS = 7000;
  const METRICS = 20;
  /** Each file is a split. */
  const SPLIT_BYTES = 300_000;
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'segmill-keep-'));
    const lines = (keys: number) =>
      Array.from({ length: ROWS }, (_, i) => `{"ts":${i % keys},"key":"k${i % keys}","v":${i % 7}.5}\n`).join('');
    writeFileSync(join(directory, 'a-wide.json'), lines(ROWS));
    writeFileSync(join(directory, 'b-packed.json.gz'), gzipSync(lines(ROWS)));
    writeFileSync(join(directory, 'c-rolled-up.json'), lines(50));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function job() {
    const metrics = Array.from({ length: METRICS }, (_, i) => ({ type: 'doubleSum', name: `v${i}`, fieldName: 'v' }));
    return jobOf(
      JSON.stringify({
        dataSchema: {
          dataSource: 'kept',
          parser: {
            parseSpec: {
              format: 'json',
              timestampSpec: { column: 'ts', format: 'millis' },
              dimensionsSpec: { dimensions: ['key'] },
            },
          },
          metricsSpec: metrics,
          granularitySpec: { segmentGranularity: 'DAY', intervals: ['1970-01-01/P1D'] },
        },
        ioConfig: {
          inputSpec: { type: 'static', paths: `${directory}/*.*` },
          segmentOutputPath: join(directory, 'out/segments'),
        },
        tuningConfig: {
          partitionsSpec: { type: 'hashed', targetRowsPerSegment: 4000 },
          workingPath: join(directory, 'out/work'),
          version: '2026-01-01T00:00:00.000Z',
        },
      }),
    );
  }

  test('the segments are the same', async () => {
    const options = { workers: 1, quirks: 'none', signal: new AbortController().signal } as const;
    const newEngine = (root: string) => new RecutEngine(new InlineEngine(root), SPLIT_BYTES);
    const { keptRuns } = await planIndexJob(job(), options, newEngine);
    expect(keptRuns).toEqual({ keptSplits: 2, splits: 3 });
    const made = async (keepRuns: KeepRuns) => {
      const { segments } = await runIndexJob(job(), { ...options, keepRuns }, newEngine);
      return segments.map(({ partitionNum, rows, zipSha256 }) => [partitionNum, rows, zipSha256]);
    };
    const auto = await made('auto');
    expect(auto.length).toBe(2);
    expect(await made('always')).toEqual(auto);
    expect(await made('never')).toEqual(auto);
  });
});
