import { expect, test } from 'vitest';
import { asKerberosUser } from '../../../../src/mapreduce/yarn/driver/kerberosUser.ts';
import { clientOf, fakeHdfs } from '../../../storage/webhdfs/clients.ts';
import { json } from '../../../storage/webhdfs/fakeHdfs.ts';

test('with Kerberos HDFS says who we are; else our own word is taken', async () => {
  const fake = await fakeHdfs();
  fake.nameNodeFault = ({ op }, response) => {
    if (op !== 'GETHOMEDIRECTORY') return false;
    json(response, { Path: '/user/ann' });
    return true;
  };
  const secure = clientOf({ 'hadoop.security.authentication': 'kerberos' });
  expect(await asKerberosUser(secure, fake.uri('/tmp'))).toEqual({ ...secure, user: 'ann' });
  expect((await asKerberosUser(clientOf(), fake.uri('/tmp'))).user).toBe('alice');
  expect(fake.log).toEqual(['nn0 GETHOMEDIRECTORY /']);
});
