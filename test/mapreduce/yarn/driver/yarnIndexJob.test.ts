import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runYarnIndexJob } from '../../../../src/mapreduce/yarn/driver/yarnIndexJob.ts';
import type { YarnIndexOptions } from '../../../../src/mapreduce/yarn/driver/yarnOptions.ts';
import { jobOf } from '../../index/checkJob.ts';
import { randomJob } from '../../index/randomJob.ts';

const NO_DISCOVERY =
  'The spec lists no dimensions, or asks for all by includeAllDimensions: with --engine yarn they are not found in the data. ' +
  'List them in dimensionsSpec.dimensions, or leave out --engine yarn.';

test.each([
  [
    { dropExisting: true, granularity: { intervals: null } },
    'dropExisting empties the time chunks of granularitySpec.intervals that get no rows, and the spec has no intervals. ' +
      'Give the intervals that the new data replaces.',
  ],
  [{ dimensions: { discover: true } }, NO_DISCOVERY],
])('before anything is begun, %j is refused', async (change, message) => {
  const directory = mkdtempSync(join(tmpdir(), 'segmill-yarn-'));
  try {
    const job = jobOf(randomJob(1, join(directory, 'input')).specText(directory, 0));
    const listed = { ...job, dimensions: { ...job.dimensions, discover: false } };
    const changed = {
      ...listed,
      ...change,
      dimensions: { ...listed.dimensions, ...('dimensions' in change ? change.dimensions : {}) },
      granularity: { ...listed.granularity, ...('granularity' in change ? change.granularity : {}) },
    };
    // The cluster is not asked.
    const hadoop = { conf: {}, user: 'ann', proxyUser: null, tokens: [] };
    const options = { hadoop, quirks: 'none', signal: new AbortController().signal } as unknown as YarnIndexOptions;
    await expect(runYarnIndexJob(changed, options)).rejects.toThrow(new Error(message));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
