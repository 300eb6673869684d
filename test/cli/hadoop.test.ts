import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hadoopOf } from '../../src/cli/hadoop.ts';
import { UsageError } from '../../src/cli/usageError.ts';
import type { JobSpec } from '../../src/spec/jobSpec.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { GOOD_SPEC } from './specs.ts';

const CONF = join(import.meta.dirname, '../../conf/docker/hadoop');

const local = readSpec(GOOD_SPEC, 'spec.json').job as JobSpec;
const inHdfs: JobSpec = { ...local, segmentOutputPath: 'hdfs:///druid' };

test('a job that has nothing to do with HDFS does not look at HADOOP_CONF_DIR', async () => {
  expect(await hadoopOf(local, null, { HADOOP_CONF_DIR: '/no/such/folder' })).toBeUndefined();
});

test('--hadoop-conf comes before HADOOP_CONF_DIR, jobProperties come last', async () => {
  const job = { ...inHdfs, tuning: { ...local.tuning, jobProperties: { 'fs.defaultFS': 'hdfs://job:1' } } };
  expect((await hadoopOf(inHdfs, null, { HADOOP_CONF_DIR: CONF }))?.conf['fs.defaultFS']).toBe('hdfs://namenode:9000');
  expect((await hadoopOf(job, CONF, { HADOOP_CONF_DIR: '/no' }))?.conf['fs.defaultFS']).toBe('hdfs://job:1');
  expect((await hadoopOf(job, null, { HADOOP_USER_NAME: 'alice' }))?.user).toBe('alice');
});

test('a folder without site files is wrong usage', async () => {
  await expect(hadoopOf(inHdfs, '/no/such/folder', {})).rejects.toThrow(
    new UsageError(
      'The Hadoop configuration directory /no/such/folder holds none of core-site.xml, hdfs-site.xml, mapred-site.xml, ' +
        'yarn-site.xml. Name the right one by --hadoop-conf or HADOOP_CONF_DIR: often it is /etc/hadoop/conf.',
    ),
  );
});
