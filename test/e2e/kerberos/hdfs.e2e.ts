/** HDFS with Kerberos: tickets and tokens that are good, and those that are not. */

import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../druid/segmill.ts';
import { expectSame, index, putInput } from './jobs.ts';
import { type Environment, expired, fetchdt, kinit, newUser } from './realm.ts';

const LISTING = /^segmill: Cannot look at hdfs:\/\/127\.0\.0\.1:\d+\/in\/w\.json\.gz: (.*)\n$/;

beforeAll(putInput);

it('with a ticket, whatever the user of the process is called', async () => {
  const alice = newUser();
  kinit(alice);
  await expectSame(index({ env: alice, output: 'by-ticket' }));
});

it('with a token of "hdfs fetchdt", and no ticket; not any more when it has been cancelled', async () => {
  const alice = newUser();
  kinit(alice);
  const file = join(scratchFolder(), 'token');
  fetchdt(alice, '--renewer', 'alice', file);
  const tokenOnly = { ...newUser(), HADOOP_TOKEN_FILE_LOCATION: file };
  await expectSame(index({ env: tokenOnly, output: 'by-token' }));
  fetchdt(alice, '--cancel', file);
  const { status, stderr } = index({ env: tokenOnly, output: 'by-cancelled-token' });
  expect(LISTING.exec(stderr)?.[1], stderr).toMatch(
    /^the delegation token is no longer taken: .*InvalidToken: .* can't be found in cache\. Fetch a new one by "hdfs fetchdt FILE" and name the file in HADOOP_TOKEN_FILE_LOCATION\.$/,
  );
  expect(status).toBe(1);
});

it.each([
  [
    'without a ticket',
    async () => undefined,
    'the cluster asks for Kerberos, and there is no ticket. Run kinit; "klist" shows the tickets that there are (KRB5CCNAME names their file).',
  ],
  [
    'with a ticket that has expired',
    async (env: Environment) => {
      kinit(env, '-l', '1s');
      await expired(env);
    },
    'the Kerberos ticket has expired. Run kinit again.',
  ],
])('%s one sentence says what to do', async (_, prepare, reason) => {
  const alice = newUser();
  await prepare(alice);
  const { status, stderr } = index({ env: alice, output: 'never' });
  expect(LISTING.exec(stderr)?.[1], stderr).toBe(reason);
  expect(status).toBe(1);
});

it('without the package "kerberos" one sentence says what to do', () => {
  const alice = newUser();
  kinit(alice);
  const { status, stderr } = index({ env: alice, output: 'never', program: 'dist/cli/main.js' });
  expect(LISTING.exec(stderr)?.[1], stderr).toBe(
    'the cluster asks for Kerberos, and there is neither a ticket nor a token. Run kinit and install the package "kerberos" ' +
      '(npm install kerberos), or fetch a delegation token by "hdfs fetchdt FILE" and name the file in HADOOP_TOKEN_FILE_LOCATION.',
  );
  expect(status).toBe(1);
});
