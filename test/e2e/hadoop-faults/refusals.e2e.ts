/** What a real cluster cannot do ends the job with one sentence that says what to do. */

import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../druid/segmill.ts';
import { CONF_DIR, clusterHdfs, dfsadmin, WEBHDFS } from '../hadoop/cluster.ts';
import { CLUSTER, PORT_OFFSET } from '../hadoop/prepare.ts';
import {
  type Driver,
  driver,
  driverAs,
  ended,
  expectNothingLeft,
  JOB_MS,
  specFile,
  until,
  withPlaces,
  withProperties,
} from '../hadoop/yarnJobs.ts';
import { index, ONE_PASS, type Rows, resourceManager, SMALL, staged } from './jobs.ts';

const RESOURCE_MANAGER = `127.0.0.1:${8088 + PORT_OFFSET}`;
/** Where none of the daemons listens. */
const NOBODY = `127.0.0.1:${8099 + PORT_OFFSET}`;

let input: Rows;
beforeAll(async () => {
  input = await staged(1000);
}, JOB_MS);

/** The configuration of the cluster with something else in place of a text in one file. */
function confWith(file: string, text: string, other: string): string {
  const folder = scratchFolder();
  for (const name of ['core-site.xml', 'hdfs-site.xml', 'yarn-site.xml', 'mapred-site.xml']) {
    const content = readFileSync(join(CONF_DIR, name), 'utf8');
    if (name === file) expect(content).toContain(text);
    writeFileSync(join(folder, name), name === file ? content.replaceAll(text, other) : content);
  }
  return folder;
}

/** What the driver says when it ends with 1. */
async function refusalOf(running: Driver): Promise<string> {
  expect(await ended(running), running.output.err).toBe(1);
  await expectNothingLeft(running);
  return running.output.err;
}

it('nobody where the configuration says that the ResourceManager is', async () => {
  const conf = confWith('yarn-site.xml', RESOURCE_MANAGER, NOBODY);
  expect(await refusalOf(index(ONE_PASS, input, {}, '--hadoop-conf', conf))).toBe(
    `segmill: The ResourceManager does not answer at http://${NOBODY}: ECONNREFUSED. Is it running, and is that its web address? ` +
      'It is looked up in yarn.resourcemanager.webapp.address of yarn-site.xml.\n',
  );
});

it('something else where the configuration says that the ResourceManager is', async () => {
  const conf = confWith('yarn-site.xml', RESOURCE_MANAGER, new URL(WEBHDFS).host);
  expect(await refusalOf(index(ONE_PASS, input, {}, '--hadoop-conf', conf))).toMatch(
    /^segmill: The ResourceManager at \S+ answered POST \/ws\/v1\/cluster\/apps\/new-application with HTTP 40[45]: .*\. Is that its web address\? It is looked up in yarn\.resourcemanager\.webapp\.address of yarn-site\.xml\.\n$/,
  );
});

it('nobody where the configuration says that the name node is', async () => {
  const conf = confWith('hdfs-site.xml', new URL(WEBHDFS).host, NOBODY);
  expect(await refusalOf(index(ONE_PASS, input, {}, '--hadoop-conf', conf))).toMatch(
    /^segmill: Cannot .*: the name node http:\/\/\S+ refuses connections\. Is it running, and is that its HTTP address\? It is looked up in dfs\.namenode\.http-address of hdfs-site\.xml\.\n$/,
  );
});

it('a queue that does not exist', async () => {
  expect(await refusalOf(index(ONE_PASS, input, {}, '--queue', 'nightly'))).toMatch(
    /\nsegmill: .* unknown queue: nightly.*\nChoose another queue by --queue, or ask for the right to submit to it\.\n$/,
  );
});

it('containers that no node has room for', async () => {
  const running = index(ONE_PASS, input, { 'mapreduce.map.memory.mb': '9000' });
  expect(await refusalOf(running)).toMatch(
    /^segmill: mapreduce\.map\.memory\.mb is 9000, and the cluster gives containers of at most \d+ MB\. Set it to no more than that in tuningConfig\.jobProperties\.\n$/,
  );
});

it('a working path of which another user is the owner', async () => {
  const hdfs = await clusterHdfs();
  await hdfs.mkdirs('/owned');
  const placed = withPlaces(
    withProperties(ONE_PASS, SMALL),
    input.remote,
    'hdfs:///owned/segments',
    'hdfs:///owned/work',
  );
  expect(await refusalOf(driverAs('bob', 'index', specFile(placed), '--engine', 'yarn'))).toMatch(
    /^segmill: Cannot make the directory \S+\/owned\/work\/\S+: Permission denied: user=bob, access=WRITE, inode="\/owned":\S+\. We act as the user bob: ask for the permission, or set HADOOP_USER_NAME to a user who has it\.\n$/,
  );
});

it(
  'no space left for the segments',
  async () => {
    await (await clusterHdfs()).mkdirs('/narrow');
    dfsadmin('-setQuota', '2', '/narrow');
    const placed = withPlaces(
      withProperties(ONE_PASS, SMALL),
      input.remote,
      'hdfs:///narrow',
      'hdfs:///tmp/narrow-work',
    );
    expect(await refusalOf(driver('index', specFile(placed), '--engine', 'yarn'))).toMatch(
      /segmill: Cannot (make the directory|rename) .*: the quota of files and directories is used up\. .* of directory \/narrow is exceeded: .*\n$/,
    );
  },
  JOB_MS,
);

it(
  'nodes whose disks fail',
  async () => {
    const manager = await resourceManager();
    const folders = [1, 2].map((node) => join(CLUSTER, `data/local${node}`));
    const unhealthy = async () => (await manager.nodes()).filter(({ state }) => state === 'UNHEALTHY').length;
    for (const folder of folders) {
      renameSync(folder, `${folder}.away`);
      writeFileSync(folder, '');
    }
    try {
      await expect.poll(unhealthy, { timeout: 60_000 }).toBe(2);
      const running = index(ONE_PASS, input);
      await until(() => running.output.err.includes(' has waited ') || undefined, running);
      running.child.kill('SIGINT');
      expect(await ended(running)).toBe(130);
      expect(running.output.err).toMatch(
        /\nsegmill: application_\w+ has waited 60 seconds in queue \S+ for its first container: none of 2 nodes is healthy\. localhost says: .*local-dirs.* Mostly a disk is full: YARN leaves out disks that are fuller than 90% \(yarn\.nodemanager\.disk-health-checker\)\.\n/,
      );
      await expectNothingLeft(running);
    } finally {
      for (const folder of folders) {
        rmSync(folder);
        renameSync(`${folder}.away`, folder);
      }
      await expect.poll(unhealthy, { timeout: 60_000 }).toBe(0);
    }
  },
  JOB_MS,
);

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
    const running = index(
      ONE_PASS,
      input,
      {},
      '--node-runtime',
      script(`echo "${OLD.replace('`', '\\`')}" >&2`, 'exit 1'),
    );
    expect(await ended(running)).toBe(1);
    expect(running.output.err).toMatch(/^segmill: The nodes cannot run the Node binary \(application_\d+_\d+\): /m);
    expect(running.output.err).toContain(OLD);
    expect(running.output.err).toContain("\nThe nodes' system is older than this Node binary wants.");
    expect(running.output.err).not.toContain('indexing as');
    await expectNothingLeft(running);
  },
  JOB_MS,
);

it(
  'a task that fails for good is told with the end of its stderr',
  async () => {
    const node = script('[ "$1" = --version ] && exit', 'echo "Illegal instruction in $0" >&2', 'exit 132');
    const running = index(ONE_PASS, input, {}, '--node-runtime', node);
    expect(await ended(running)).toBe(1);
    expect(running.output.err).toMatch(
      /\nsegmill: Task rows\.json failed 4 times \(attempt_\w+_3\): .*subprocess failed with code 132\nIts last words:\nIllegal instruction in \S+\/rt\/node\n$/,
    );
    await expectNothingLeft(running);
  },
  JOB_MS,
);
