/** Druid's tutorial data from HDFS to HDFS with the local engine. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readFile } from '../../storage/webhdfs/clients.ts';
import { scratchFolder, segmillIndex } from '../druid/segmill.ts';
import { CONF_DIR, clusterHdfs, put } from './cluster.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const DATA = 'jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz';

/** A spec of jobs/wikipedia with a version, from and to where we say. */
function specOf(name: string, paths: string, segmentOutputPath: string, workingPath: string): string {
  const task = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia', name), 'utf8'));
  const { ioConfig, tuningConfig } = task.spec;
  ioConfig.inputSpec.paths = paths;
  ioConfig.segmentOutputPath = segmentOutputPath;
  tuningConfig.workingPath = workingPath;
  tuningConfig.version = '2026-01-01T00:00:00.000Z';
  return JSON.stringify(task);
}

it.each(['index_hadoop.json', 'hashed_target.json'])('%s: the same bytes as between local files', async (name) => {
  const hdfs = await clusterHdfs();
  await put(hdfs, '/wikipedia/in/w.json.gz', readFileSync(join(ROOT, DATA)));
  const out = scratchFolder();
  const local = segmillIndex(specOf(name, join(ROOT, DATA), join(out, 'segments'), join(out, 'work')));
  const options = ['--hadoop-conf', CONF_DIR];
  const remote = segmillIndex(
    specOf(name, 'hdfs:///wikipedia/in/*.gz', 'hdfs:///druid/segments', 'hdfs:///tmp/work'),
    options,
  );
  expect(remote.stderr.includes('segmill:')).toBe(false);
  expect(remote.segments.map(({ id }) => id)).toEqual(local.segments.map(({ id }) => id));
  for (const [i, { path, descriptor }] of remote.segments.entries()) {
    expect(descriptor).toMatchObject({ loadSpec: { type: 'hdfs', path } });
    expect(path).toMatch(
      /^hdfs:\/\/127\.0\.0\.1:\d+\/druid\/segments\/\w+\/20150912T000000\.000Z_20150913T000000\.000Z\/2026-01-01T00_00_00\.000Z\/\d+_index\.zip$/,
    );
    expect(sha256(await readFile(hdfs, path))).toBe(sha256(readFileSync(local.segments[i].path)));
  }
  // Nothing under a temporary name, and nothing in workingPath.
  const directory = remote.segments[0].path.replace(/\/[^/]*$/, '');
  expect((await hdfs.list(directory)).map(({ path }) => path)).toEqual(remote.segments.map(({ path }) => path).sort());
  expect(await hdfs.status('/tmp/work')).toBeNull();
});

it('says in one sentence that it may not write, and exits 1', async () => {
  const spec = join(scratchFolder(), 'spec.json');
  writeFileSync(
    spec,
    specOf('index_hadoop.json', join(ROOT, DATA), 'hdfs:///closed-to-bob', join(scratchFolder(), 'work')),
  );
  const { status, stderr } = spawnSync(
    process.execPath,
    ['dist/cli/main.js', 'index', spec, '--quiet', '--hadoop-conf', CONF_DIR],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, HADOOP_USER_NAME: 'bob' },
    },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^segmill: Cannot make the directory hdfs:\S+\/closed-to-bob\/\S+: Permission denied: user=bob, access=WRITE, inode="\/":\S+\. We act as the user bob: ask for the permission, or set HADOOP_USER_NAME to a user who has it\.\n$/,
  );
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
