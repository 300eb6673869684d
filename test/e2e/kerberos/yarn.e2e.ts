/** YARN with Kerberos: the driver has a ticket, and what runs on the nodes has tokens. */

import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../druid/segmill.ts';
import { expectSame, index, putInput } from './jobs.ts';
import { hadoop, PORT_OFFSET } from './prepare.ts';
import { fetchdt, kinit, newUser } from './realm.ts';

/** A job starts several JVMs one after the other. */
const JOB_MS = 900_000;

beforeAll(async () => {
  await putInput();
  hadoop('up', 'yarn', '--kerberos', '--port-offset', String(PORT_OFFSET));
}, JOB_MS);

it(
  'two passes and the trial of the Node binary, whatever the user of the process is called',
  async () => {
    const alice = newUser();
    kinit(alice);
    const options = ['--engine', 'yarn', '--node-runtime', process.execPath];
    const spec = 'single_dim.json';
    await expectSame(index({ env: alice, output: 'by-yarn', spec, options }), spec);
  },
  JOB_MS,
);

it(
  'a token that the driver was given goes along, and outlives the job',
  async () => {
    const alice = newUser();
    kinit(alice);
    const file = join(scratchFolder(), 'token');
    fetchdt(alice, '--renewer', 'yarn/localhost@SEGMILL.TEST', file);
    const token = { HADOOP_TOKEN_FILE_LOCATION: file };
    await expectSame(index({ env: { ...alice, ...token }, output: 'by-given', options: ['--engine', 'yarn'] }));
    await expectSame(index({ env: { ...newUser(), ...token }, output: 'by-given-later' }));
  },
  JOB_MS,
);

it('without a ticket one sentence says what to do', () => {
  const { status, stderr } = index({ env: newUser(), output: 'never', options: ['--engine', 'yarn'] });
  expect(stderr).toMatch(
    /^segmill: Cannot find the home directory on hdfs:\/\/127\.0\.0\.1:\d+\/: the cluster asks for Kerberos, and there is no ticket\. Run kinit; "klist" shows the tickets that there are \(KRB5CCNAME names their file\)\.\n$/,
  );
  expect(status).toBe(1);
});
