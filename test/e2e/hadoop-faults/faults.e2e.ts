/** What goes wrong with tasks of a job on a real YARN. */

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { UnitCommit } from '../../../src/mapreduce/yarn/task/UnitCommit.ts';
import { scratchFolder } from '../druid/segmill.ts';
import { clusterHdfs, put } from '../hadoop/cluster.ts';
import {
  type Driver,
  driver,
  ended,
  expectNothingLeft,
  JOB_MS,
  ROWS_SPEC,
  rows,
  type Spec,
  specFile,
  WORK,
  withPlaces,
  withProperties,
} from '../hadoop/yarnJobs.ts';

/** Small containers, so that all of a job's tasks run at once. */
const SMALL = { 'mapreduce.map.memory.mb': '832', 'mapreduce.reduce.memory.mb': '832' };
const SPEC: Spec = structuredClone(ROWS_SPEC);
SPEC.spec.tuningConfig.partitionsSpec = { type: 'hashed', numShards: 1 };

beforeAll(async () => put(await clusterHdfs(), '/faults/rows.json', Buffer.from(rows(1000))), JOB_MS);

function index(jobProperties: Readonly<Record<string, string>>, ...options: readonly string[]): Driver {
  const spec = withProperties(SPEC, { ...SMALL, ...jobProperties });
  const placed = withPlaces(spec, 'hdfs:///faults', 'hdfs:///faults-segments', WORK);
  return driver('index', specFile(placed), '--engine', 'yarn', ...options);
}

it('attempts of one task that commit at once: one counts', async () => {
  const hdfs = await clusterHdfs();
  const attempts = Array.from(
    { length: 6 },
    (_, i) => new UnitCommit(hdfs, hdfs.uriOf('/faults-race'), 'reduce-000000.json', `attempt_${i}`),
  );
  for (const [i, attempt] of attempts.entries()) {
    await hdfs.mkdirs(attempt.attemptDirectory);
    await put(hdfs, `${attempt.attemptDirectory}/0-0.zip`, Buffer.from(`zip ${i}`));
  }
  const won = await Promise.all(attempts.map((attempt, i) => attempt.commit({ attempt: i })));
  expect(won.filter((isWinner) => isWinner)).toHaveLength(1);
  const left = await hdfs.list('/faults-race/attempts');
  expect(left.map(({ path }) => path)).toEqual([attempts[won.indexOf(true)].attemptDirectory]);
});

/** A program in place of Node. */
function script(...lines: readonly string[]): string {
  const path = join(scratchFolder(), 'node');
  writeFileSync(path, `${['#!/bin/sh', ...lines].join('\n')}\n`);
  chmodSync(path, 0o755);
  return path;
}

const OLD = "rt/node: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by rt/node)";

it(
  'nodes that cannot run the Node binary are found out before any task starts',
  async () => {
    const running = index({}, '--node-runtime', script(`echo "${OLD.replace('`', '\\`')}" >&2`, 'exit 1'));
    expect(await ended(running)).toBe(1);
    expect(running.output.err).toMatch(/^segmill: The nodes cannot run the Node binary \(application_\d+_\d+\): /m);
    expect(running.output.err).toContain(OLD);
    expect(running.output.err).toContain("\nThe nodes' system is older than this Node binary wants.");
    expect(running.output.err).not.toContain('indexing as');
    await expectNothingLeft(running);
  },
  JOB_MS,
);
