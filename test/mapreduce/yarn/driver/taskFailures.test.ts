import { expect, test } from 'vitest';
import type { HistoryServer } from '../../../../src/mapreduce/yarn/client/HistoryServer.ts';
import type { ResourceManager } from '../../../../src/mapreduce/yarn/client/ResourceManager.ts';
import { lastWords, TaskFailures } from '../../../../src/mapreduce/yarn/driver/taskFailures.ts';
import type { WebHdfsStorage } from '../../../../src/storage/webhdfs/WebHdfsStorage.ts';

/** As the NodeManager of Hadoop 3.4.2 answers. */
const framed = (content: string) =>
  'Container: container_1_0017_01_000002 on localhost:13041\nLogAggregationType: LOCAL\n' +
  `${'='.repeat(68)}\nLogType:stderr\nLogLastModifiedTime:Sat Nov 28 20:06:50 +0000 2026\nLogLength:20\nLogContents:\n` +
  `${content}\nEnd of LogType:stderr.\n${'*'.repeat(75)}\n`;

test('the last words of a process are what it wrote, without reports and frame', () => {
  const said = 'reporter:status:map 0\nlog4j:WARN No appenders\nthe disk is on fire\n';
  expect(lastWords(framed(said))).toBe('the disk is on fire');
  expect(lastWords(said)).toBe('the disk is on fire');
  expect(lastWords(framed(''))).toBe('');
});

test('the attempt that a job failed with is known from the history, once', async () => {
  const failed = (number: number) => ({
    id: `attempt_1_0001_m_000000_${number}`,
    state: 'FAILED',
    diagnostics: `${number}`,
  });
  const manager: Pick<ResourceManager, 'tasks' | 'attempts'> = {
    tasks: async () => [{ id: 'task_1_0001_m_000000', type: 'MAP', state: 'RUNNING', progress: 0, elapsedTime: 0 }],
    attempts: async () => [failed(0), { id: 'attempt_1_0001_m_000000_1', state: 'RUNNING' }],
  };
  const history: Pick<HistoryServer, 'attemptsOfFailedTasks'> = {
    attemptsOfFailedTasks: async () => [failed(0), failed(1), { ...failed(2), state: 'KILLED' }],
  };
  const failures = new TaskFailures({} as WebHdfsStorage, manager, '/pass', 'application_1_0001');
  expect((await failures.askMaster()).map(({ id }) => id)).toEqual(['attempt_1_0001_m_000000_0']);
  await failures.askHistory(history);
  expect(failures.all.map(({ id, diagnostics }) => [id, diagnostics])).toEqual([
    ['attempt_1_0001_m_000000_0', '0'],
    ['attempt_1_0001_m_000000_1', '1'],
  ]);
});
