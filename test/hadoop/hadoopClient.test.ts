import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hadoopClient } from '../../src/hadoop/hadoopClient.ts';

/** For a user of a cluster that is long gone. */
const FETCHED =
  'SERUUwABDzEyNy4wLjAuMToxOTg3MBwABHJvb3QEcm9vdACKAaIjD+YXigGiRxxqFwECFHyLCwUeg0sMoQBZgXTjfeZ0ofB6EldFQkhERlMgZGVsZWdhdGlvbg8xMjcuMC4wLjE6MTk4NzAA';
const FETCHED_TEXT =
  'HAAEcm9vdARyb290AIoBoiMP5heKAaJHHGoXAQIUfIsLBR6DSwyhAFmBdON95nSh8HoSV0VCSERGUyBkZWxlZ2F0aW9uDzEyNy4wLjAuMToxOTg3MA';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-tokens-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('the user of this process, or who HADOOP_USER_NAME says', async () => {
  const none = { conf: {}, proxyUser: null, tokens: [] };
  expect(await hadoopClient({}, {})).toEqual({ ...none, user: userInfo().username });
  expect(await hadoopClient({}, { HADOOP_USER_NAME: 'alice', HADOOP_PROXY_USER: 'bob' })).toEqual({
    ...none,
    user: 'alice',
    proxyUser: 'bob',
  });
});

test('tokens, as hdfs fetchdt writes them', async () => {
  const path = join(directory, 'tokens');
  // Written by "hdfs fetchdt --webservice http://127.0.0.1:9870" of Hadoop 3.4.2.
  writeFileSync(path, Buffer.from(FETCHED, 'base64'));
  const { tokens } = await hadoopClient({}, { HADOOP_TOKEN_FILE_LOCATION: path });
  expect(tokens).toEqual([{ kind: 'WEBHDFS delegation', service: '127.0.0.1:19870', text: FETCHED_TEXT }]);
});

test.each([
  ['a text', Buffer.from('HDFS_DELEGATION_TOKEN')],
  ['another form', Buffer.from('HDTS\u0001...')],
  ['a file that is cut off', Buffer.from('HDTS\0\u0001\u0005ab')],
])('%s is no file of tokens', async (_, bytes) => {
  const path = join(directory, 'tokens');
  writeFileSync(path, bytes);
  await expect(hadoopClient({}, { HADOOP_TOKEN_FILE_LOCATION: path })).rejects.toThrow(
    new Error(
      `${path}, which HADOOP_TOKEN_FILE_LOCATION names, is no file of Hadoop delegation tokens. Make one with "hdfs fetchdt" ` +
        '(without --print; dtutil with -format java).',
    ),
  );
});

test('a missing file of tokens', async () => {
  const path = join(directory, 'no');
  await expect(hadoopClient({}, { HADOOP_TOKEN_FILE_LOCATION: path })).rejects.toThrow(
    new Error(
      `The token file ${path} cannot be read (ENOENT). Set HADOOP_TOKEN_FILE_LOCATION to a file made by "hdfs fetchdt", or unset it.`,
    ),
  );
});
