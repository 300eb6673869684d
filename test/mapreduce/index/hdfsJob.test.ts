/** Jobs from HDFS to HDFS: the same segments as between local files, and nothing left of those that fail. */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HadoopClient } from '../../../src/hadoop/hadoopClient.ts';
import { runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import { clientOf, fakeHdfs, messageOf } from '../../storage/webhdfs/clients.ts';
import { type FakeHdfs, remote } from '../../storage/webhdfs/fakeHdfs.ts';
import { jobOf } from './checkJob.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-hdfs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const INPUT: Readonly<Record<string, Buffer>> = {
  'a.json': lines(0, 3000),
  'b.json.gz': gzipSync(lines(3000, 4000)),
  _log: Buffer.from('no rows'),
};

function lines(from: number, to: number): Buffer {
  const rows = Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({ ts: (from + i) * 2000, key: `k${i % 700}` }),
  );
  return Buffer.from(`${rows.join('\n')}\n`);
}

function specOf(paths: string, segmentOutputPath: string): string {
  const parseSpec = {
    format: 'json',
    timestampSpec: { column: 'ts', format: 'millis' },
    dimensionsSpec: { dimensions: ['key'] },
  };
  return JSON.stringify({
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'files',
        parser: { type: 'hadoopyString', parseSpec },
        metricsSpec: [{ type: 'count', name: 'count' }],
        granularitySpec: { segmentGranularity: 'HOUR', queryGranularity: 'HOUR', intervals: ['1970-01-01/P1D'] },
      },
      ioConfig: { type: 'hadoop', inputSpec: { type: 'static', paths }, segmentOutputPath },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec: { type: 'hashed', targetRowsPerSegment: 400 },
        workingPath: join(directory, 'work'),
        version: '2026-01-01T00:00:00.000Z',
      },
    },
  });
}

async function withInput(): Promise<FakeHdfs> {
  const fake = await fakeHdfs();
  for (const [name, bytes] of Object.entries(INPUT)) fake.files.set(`/in/${name}`, bytes);
  return fake;
}

function run(spec: string, hadoop?: HadoopClient) {
  const options = { workers: 2, quirks: 'none' as const, signal: new AbortController().signal };
  return runIndexJob(jobOf(spec), hadoop === undefined ? options : { ...options, hadoop });
}

test('from HDFS to HDFS by worker threads, as between local files', async () => {
  mkdirSync(join(directory, 'in'));
  for (const [name, bytes] of Object.entries(INPUT)) writeFileSync(join(directory, 'in', name), bytes);
  const local = await run(specOf(join(directory, 'in/*'), join(directory, 'segments')));
  const fake = await withInput();
  const remotely = await run(specOf(fake.uri('/in/*'), fake.uri('/druid/segments')), clientOf());
  expect(remotely.segments.map(({ id, zipSha256 }) => [id, zipSha256])).toEqual(
    local.segments.map(({ id, zipSha256 }) => [id, zipSha256]),
  );
  expect(remotely.segments.length).toBeGreaterThan(3);
  const stored = [...fake.files].filter(([name]) => name.startsWith('/druid'));
  expect(stored.map(([, bytes]) => createHash('sha256').update(bytes).digest('hex')).sort()).toEqual(
    local.segments.map(({ path }) => createHash('sha256').update(readFileSync(path)).digest('hex')).sort(),
  );
  const [first] = remotely.segments;
  expect(first.path).toBe(
    fake.uri('/druid/segments/files/19700101T000000.000Z_19700101T010000.000Z/2026-01-01T00_00_00.000Z/0_index.zip'),
  );
  expect(first.descriptor).toMatchObject({ loadSpec: { type: 'hdfs', path: first.path } });
});

test('a job that may not write leaves nothing, and says why', async () => {
  const fake = await withInput();
  fake.dataNodeFault = ({ op }, response) => {
    if (op === 'CREATE') remote(response, 403, 'DSQuotaExceededException', 'The quota is 1 B.');
    return op === 'CREATE';
  };
  expect(await messageOf(run(specOf(fake.uri('/in'), fake.uri('/druid')), clientOf()))).toMatch(
    /^Cannot write webhdfs:\S+\/0_index\.zip\.[0-9a-f]{8}: the space quota is used up\. The quota is 1 B\.$/,
  );
  expect([...fake.files.keys(), ...fake.directories].filter((name) => name.startsWith('/druid/'))).toEqual([]);
});

test('input that is not there', async () => {
  const fake = await withInput();
  expect(await messageOf(run(specOf(fake.uri('/no/*.json'), fake.uri('/druid')), clientOf()))).toBe(
    `Input path does not exist: Input Pattern ${fake.uri('/no/*.json')} matches 0 files\nCheck inputSpec.paths: relative paths count ` +
      `from ${process.cwd()}, and names beginning with _ or . are found only by a pattern that begins so too.`,
  );
});
