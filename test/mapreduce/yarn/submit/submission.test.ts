import { expect, test } from 'vitest';
import { submission } from '../../../../src/mapreduce/yarn/submit/submission.ts';

const OPTIONS = {
  applicationId: 'application_1_0001',
  name: 'segmill index a',
  queue: 'night',
  priority: null,
  tags: ['segmill', 'a'],
  nodeLabel: null,
  jobXml: { path: 'hdfs://nn/job.xml', length: 7, modificationMs: 8 },
  masterMemory: 1024,
  classPath: '/conf, /jars/*',
  environment: 'A=1,B=2',
  tokens: null,
};

test('tags, priority and label go where the ResourceManager looks for them', () => {
  expect(submission(OPTIONS)).toMatchObject({ queue: 'night', 'application-tags': { tag: ['segmill', 'a'] } });
  expect(Object.keys(submission(OPTIONS) as object)).not.toContain('priority');
  expect(submission({ ...OPTIONS, priority: 3, nodeLabel: 'gpu' })).toMatchObject({
    priority: 3,
    'app-node-label-expression': 'gpu',
    'am-container-node-label-expression': 'gpu',
  });
});

test('class path and variables of the application master', () => {
  const { entry } = (submission(OPTIONS) as { 'am-container-spec': { environment: { entry: unknown[] } } })[
    'am-container-spec'
  ].environment;
  expect(entry).toContainEqual({ key: 'CLASSPATH', value: '{{PWD}}<CPS>/conf<CPS>/jars/*' });
  expect(entry).toContainEqual({ key: 'B', value: '2' });
});

test('tokens, where the cluster has Kerberos', () => {
  expect(submission({ ...OPTIONS, tokens: { tokens: { 'ha-hdfs:a': 'SECRET' }, cancelAtEnd: false } })).toMatchObject({
    'cancel-tokens-when-complete': false,
    'am-container-spec': {
      credentials: {
        tokens: { entry: [{ key: 'ha-hdfs:a', value: 'SECRET' }] },
        secrets: { entry: [{ key: 'MapReduceShuffleToken' }] },
      },
    },
  });
  expect(Object.keys(submission(OPTIONS) as object)).not.toContain('cancel-tokens-when-complete');
});
