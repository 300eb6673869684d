import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runYarnIndexJob, type YarnIndexOptions } from '../../../../src/mapreduce/yarn/driver/yarnIndexJob.ts';
import { jobOf } from '../../index/checkJob.ts';
import { randomJob } from '../../index/randomJob.ts';

const NO_PUBLISHING =
  'With --engine yarn segments are stored and told to nobody: neither a metadata store nor dropExisting works with it. ' +
  'Leave out metadataUpdateSpec and dropExisting, or --engine yarn.';
const NO_DISCOVERY =
  'The spec lists no dimensions, or asks for all by includeAllDimensions: with --engine yarn they are not found in the data. ' +
  'List them in dimensionsSpec.dimensions, or leave out --engine yarn.';

const store = { type: 'metadata', connectURI: 'jdbc:sqlite:x', user: null, password: null, segmentTable: 's' } as const;

test.each([
  [{ metadataUpdate: store }, NO_PUBLISHING],
  [{ dropExisting: true }, NO_PUBLISHING],
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
    };
    // The cluster is not asked.
    const options = { quirks: 'none', signal: new AbortController().signal } as YarnIndexOptions;
    await expect(runYarnIndexJob(changed, options)).rejects.toThrow(new Error(message));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
