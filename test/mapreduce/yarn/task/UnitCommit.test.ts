import { afterEach, beforeEach, expect, test } from 'vitest';
import { readJson, UnitCommit } from '../../../../src/mapreduce/yarn/task/UnitCommit.ts';
import { hdfsFor } from '../../../../src/storage/storage.ts';
import { FakeHdfs } from '../../../storage/webhdfs/fakeHdfs.ts';

let fake: FakeHdfs;
beforeEach(async () => {
  fake = await FakeHdfs.start();
});
afterEach(() => fake.close());

function storage() {
  return hdfsFor(fake.uri('/'), { conf: {}, user: 'ann', proxyUser: null, tokens: [] });
}

test('of two attempts that end at the same time one counts, and what the other wrote is gone', async () => {
  const hdfs = storage();
  const attempts = ['attempt_0', 'attempt_1'].map(
    (name) => new UnitCommit(hdfs, fake.uri('/job/index'), 'map-000000.json', name),
  );
  expect(await attempts[0].isDone()).toBe(false);
  const won = await Promise.all(attempts.map((attempt, number) => attempt.commit({ number })));
  expect([...won].sort()).toEqual([false, true]);
  const winner = won.indexOf(true);
  expect(await readJson(hdfs, fake.uri('/job/index/units/map-000000.json'))).toEqual({ number: winner });
  expect([...fake.files.keys()]).toEqual(['/job/index/units/map-000000.json']);
  expect(await attempts[1 - winner].isDone()).toBe(true);
});

test('a failed attempt leaves its error and nothing else', async () => {
  const hdfs = storage();
  const attempt = new UnitCommit(hdfs, fake.uri('/job/index'), 'map-000000.json', 'attempt_0');
  fake.files.set('/job/index/attempts/attempt_0/half.zip', Buffer.from('half'));
  fake.directories.add('/job/index/attempts/attempt_0');
  await attempt.fail({ message: 'no' });
  expect([...fake.files.keys()]).toEqual(['/job/index/errors/attempt_0.json']);
  expect(await readJson(hdfs, fake.uri('/job/index/errors/attempt_0.json'))).toEqual({ message: 'no' });
});
