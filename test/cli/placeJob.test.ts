import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IndexOptions } from '../../src/mapreduce/index/indexJob.ts';
import type { JobSpec } from '../../src/spec/jobSpec.ts';
import { wikipediaReport } from './reports.ts';
import { GOOD_SPEC } from './specs.ts';
import { type RunIndexJob, runCli, TestIo } from './testIo.ts';

let druid = '';
beforeAll(() => {
  druid = mkdtempSync(join(tmpdir(), 'segmill-place-'));
  writeFileSync(
    join(druid, 'common.runtime.properties'),
    'druid.storage.storageDirectory=/deep\ndruid.metadata.storage.connector.connectURI=jdbc:postgresql://db/druid\n',
  );
});
afterAll(() => rmSync(druid, { recursive: true }));

const PLACELESS = JSON.stringify({
  ...JSON.parse(GOOD_SPEC),
  ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths: 'x' } },
});
const OVERLORD = 'http://druid:8081';

/** Runs a spec with options. @returns what the job was given */
async function given(spec: string, options: string[], env = {}): Promise<{ job: JobSpec; options: IndexOptions }> {
  let call: { job: JobSpec; options: IndexOptions } | null = null;
  const spy: RunIndexJob = async (job, jobOptions) => {
    call = { job, options: jobOptions };
    return wikipediaReport();
  };
  const { code, stderr } = await runCli(['index', spec, ...options], new TestIo({ env }), spy);
  expect([code, stderr]).toEqual([0, '']);
  return call as unknown as { job: JobSpec; options: IndexOptions };
}

describe('the folder of Druid', () => {
  test('says where segments go, and who learns of them', async () => {
    const { job, options } = await given(PLACELESS, ['--druid-conf', druid]);
    expect(job.segmentOutputPath).toBe('/deep');
    expect(job.metadataUpdate?.connectURI).toBe('jdbc:postgresql://db/druid');
    expect(options.publisher).toBeNull();
  });

  test('is overruled by the spec', async () => {
    const { job } = await given(GOOD_SPEC, ['--druid-conf', druid]);
    expect(job.segmentOutputPath).toBe('out');
  });
});

describe('an Overlord', () => {
  test('publishes in place of the metadata store', async () => {
    const { job, options } = await given(GOOD_SPEC, ['--overlord', OVERLORD, '--druid-conf', druid]);
    expect(options.publisher).toMatchObject({ name: `the Overlord at ${OVERLORD}`, begins: 'beforeStoring' });
    expect(job.metadataUpdate).toBeNull();
  });

  test('locks for the whole job', async () => {
    const { options } = await given(GOOD_SPEC, ['--overlord', OVERLORD, '--lock', 'job']);
    expect(options.publisher?.begins).toBe('beforeReading');
  });

  test('takes jobs that empty time chunks without rows', async () => {
    const { job, options } = await given(GOOD_SPEC, ['--overlord', OVERLORD, '--drop-existing']);
    expect([job.dropExisting, options.publisher?.name]).toEqual([true, `the Overlord at ${OVERLORD}`]);
  });

  test('is left out', async () => {
    expect((await given(GOOD_SPEC, ['--overlord', 'none'])).options.publisher).toBeNull();
    expect((await given(GOOD_SPEC, [])).options.publisher).toBeNull();
  });
});

test.each([
  [GOOD_SPEC, ['--lock', 'job'], '--lock job needs an Overlord, which gives locks: name it with --overlord.'],
  [
    GOOD_SPEC.replace(/,\s*"intervals": \[[^\]]*\]/, ''),
    ['--lock', 'job', '--overlord', OVERLORD],
    '--lock job needs granularitySpec.intervals in the spec: before the input is read nothing else says which time to lock.',
  ],
  [
    GOOD_SPEC,
    ['--lock', 'jib'],
    'option --lock is "jib", expected publish or job; did you mean job?\nSee: segmill index --help',
  ],
  [
    GOOD_SPEC,
    ['--overlord', 'druid:8081'],
    'The Overlord\'s address "druid:8081" does not start with http:// or https://. It wants the address of an Overlord, of a Coordinator ' +
      'that is one too, or of a Router, such as http://druid:8081.',
  ],
])('refused: %#', async (spec, options, message) => {
  const { code, stderr } = await runCli(['index', spec, '--quiet', ...options]);
  expect([code, stderr]).toEqual([2, `segmill: ${message}\n`]);
});

test('secrets are in no output', async () => {
  const env = { SEGMILL_OVERLORD_USER: 'ann', SEGMILL_OVERLORD_PASSWORD: 'geheim', SEGMILL_OVERLORD_TOKEN: 'gehupft' };
  const { code, stderr } = await runCli(
    ['index', GOOD_SPEC, '--quiet', '--debug', '--overlord', OVERLORD],
    new TestIo({ env }),
  );
  expect(code).toBe(2);
  expect(stderr).not.toMatch(/geheim|gehupft/);
});
