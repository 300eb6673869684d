import { expect, test } from 'vitest';
import { mapReduceProperties } from '../../../../src/mapreduce/yarn/submit/mapReduceProperties.ts';
import { taskMemory } from '../../../../src/mapreduce/yarn/submit/taskMemory.ts';

test('the web server of the application master is that of the proxy, whatever the spec has copied from a cluster', () => {
  const properties = mapReduceProperties({
    name: 'a',
    user: 'ann',
    queue: 'default',
    stagingRoot: 'hdfs://nn/staging',
    jobDirectory: 'hdfs://nn/staging/ann/.staging/job_1_0001',
    maps: 1,
    reduces: 0,
    memory: { map: taskMemory('map', {}), reduce: taskMemory('reduce', {}) },
    archives: [],
    files: [],
    streamingJar: null,
    properties: { 'hadoop.http.filter.initializers': 'org.apache.hadoop.security.AuthenticationFilterInitializer' },
    historyDirectory: 'hdfs://nn/history',
  });
  expect(properties['hadoop.http.filter.initializers']).toBe(
    'org.apache.hadoop.yarn.server.webproxy.amfilter.AmFilterInitializer',
  );
});
