import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkJob } from './checkJob.ts';

/** One test per seed: the random job of that seed makes what the reference expects. */
export function testSeeds(first: number, last: number): void {
  let directory = '';
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  describe('a random job makes the segments that the reference expects', () => {
    test.each(Array.from({ length: last - first + 1 }, (_, i) => first + i))('seed %i', async (seed) => {
      directory = mkdtempSync(join(tmpdir(), 'segmill-random-'));
      expect(await checkJob(seed, directory)).toEqual([]);
    });
  });
}
