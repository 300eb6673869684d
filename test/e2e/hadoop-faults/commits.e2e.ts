/** How one attempt of a task becomes the one that counts, on a real HDFS. */

import { expect, it } from 'vitest';
import { UnitCommit } from '../../../src/mapreduce/yarn/task/UnitCommit.ts';
import { clusterHdfs, put } from '../hadoop/cluster.ts';

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
