import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { EngineFactory } from '../../../src/mapreduce/index/jobEngine.ts';
import { LocalEngine } from '../../../src/mapreduce/local/LocalEngine.ts';
import { prepareJob, runPrepared } from './checkJob.ts';
import { InlineEngine } from './inlineEngine.ts';
import { RecutEngine } from './recutEngine.ts';

/** Small, so that a job has many map tasks for the workers to share. */
const SPLIT_BYTES = 10_000;
/** Random jobs with at least one segment; most have several. */
const SEEDS = [1, 2, 3, 4, 5, 8, 10, 11, 18, 19, 21, 23];

let directory = '';
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('segments have the same bytes whatever runs the tasks', () => {
  test.each(SEEDS)('seed %i', async (seed) => {
    directory = mkdtempSync(join(tmpdir(), 'segmill-determinism-'));
    const prepared = prepareJob(seed, directory);
    const zips = async (name: string, newEngine: EngineFactory) => {
      const out = join(directory, name);
      mkdirSync(out);
      const report = await runPrepared(prepared, out, (root) => new RecutEngine(newEngine(root), SPLIT_BYTES));
      return report?.segments.map(({ id, zipSha256 }) => `${id} ${zipSha256}`) ?? [];
    };
    const inline = await zips('inline', (root) => new InlineEngine(root));
    expect(inline.length).toBe(prepared.expected.segments.length);
    expect(inline.length).toBeGreaterThan(0);
    for (const workers of [1, 2, 5]) {
      const threads = await zips(`workers-${workers}`, (attemptRoot) => new LocalEngine({ workers, attemptRoot }));
      expect(threads, `${workers} workers`).toEqual(inline);
    }
  });
});
