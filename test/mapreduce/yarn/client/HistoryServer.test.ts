import { afterEach, expect, test } from 'vitest';
import { HistoryServer } from '../../../../src/mapreduce/yarn/client/HistoryServer.ts';
import { historyAddress } from '../../../../src/mapreduce/yarn/client/yarnAddresses.ts';
import { closeDaemons, daemon } from './fakeDaemon.ts';

afterEach(closeDaemons);

const JOB = '/ws/v1/history/mapreduce/jobs/job_1_0007';
const attempt = { id: 'attempt_1_0007_m_000001_0', state: 'FAILED', diagnostics: 'code 132' };
const ANSWERS = {
  [`GET ${JOB}/tasks`]: {
    status: 200,
    body: {
      tasks: {
        task: [
          { id: 'task_1_0007_m_000000', state: 'SUCCEEDED' },
          { id: 'task_1_0007_m_000001', state: 'FAILED' },
        ],
      },
    },
  },
  [`GET ${JOB}/tasks/task_1_0007_m_000001/attempts`]: {
    status: 200,
    body: { taskAttempts: { taskAttempt: [attempt] } },
  },
};

test('gives the attempts of the tasks that a job failed for', async () => {
  const history = new HistoryServer(await daemon(ANSWERS), 'ann');
  expect(await history.attemptsOfFailedTasks('application_1_0007')).toEqual([attempt]);
});

test('is asked again while it does not know the job yet', async () => {
  let asked = 0;
  const later = () => (++asked < 3 ? undefined : ANSWERS[`GET ${JOB}/tasks`]);
  const history = new HistoryServer(await daemon({ ...ANSWERS, [`GET ${JOB}/tasks`]: later }), 'ann', 1);
  expect(await history.attemptsOfFailedTasks('application_1_0007')).toEqual([attempt]);
  expect(asked).toBe(3);
});

test('gives none where it is down, never knows the job, or is not there at all', async () => {
  const none = async (address: string | null) =>
    new HistoryServer(address, 'ann', 1).attemptsOfFailedTasks('application_1_0007');
  expect(await none(await daemon({}))).toEqual([]);
  expect(await none('http://127.0.0.1:1')).toEqual([]);
  expect(await none(null)).toEqual([]);
});

test('is where the configuration says', () => {
  expect(historyAddress({ 'mapreduce.jobhistory.webapp.address': 'history:19888' })).toBe('http://history:19888');
  const https = {
    'mapreduce.jobhistory.http.policy': 'HTTPS_ONLY',
    'mapreduce.jobhistory.webapp.https.address': 'h:1',
  };
  expect(historyAddress(https)).toBe('https://h:1');
  expect(historyAddress({ 'mapreduce.jobhistory.webapp.address': '0.0.0.0:19888' })).toBeNull();
  expect(historyAddress({})).toBeNull();
});
