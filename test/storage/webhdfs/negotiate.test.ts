/** Kerberos by HTTP, with a stand-in for the optional package: there is no KDC here. */

import { beforeEach, expect, test, vi } from 'vitest';
import { clientOf, fakeHdfs, messageOf, storageOf } from './clients.ts';

const initializeClient = vi.fn();
vi.mock('kerberos', () => ({ default: { GSS_MECH_OID_SPNEGO: 6, initializeClient } }));

beforeEach(() => {
  initializeClient.mockReset();
});

async function kerberized() {
  const fake = await fakeHdfs();
  const seen: (string | undefined)[] = [];
  fake.nameNodeFault = ({ request }, response) => {
    const { authorization, cookie } = request.headers;
    seen.push(authorization ?? cookie);
    if (authorization === 'Negotiate TICKET') {
      response.setHeader('set-cookie', 'hadoop.auth="u=alice&t=kerberos"; Path=/; HttpOnly');
      return false;
    }
    if (cookie === 'hadoop.auth="u=alice&t=kerberos"') return false;
    response.writeHead(401, { 'www-authenticate': 'Negotiate', 'content-length': 0 }).end();
    return true;
  };
  return { fake, seen };
}

test('a ticket answers the first 401, its cookie all that follow', async () => {
  const { fake, seen } = await kerberized();
  fake.files.set('/a', Buffer.from('a'));
  initializeClient.mockResolvedValue({ step: async () => 'TICKET' });
  const storage = storageOf(fake, clientOf());
  expect((await storage.status('/a'))?.length).toBe(1);
  expect((await storage.status('/a'))?.length).toBe(1);
  expect(initializeClient.mock.calls).toEqual([['HTTP@127.0.0.1', { mechOID: 6 }]]);
  expect(seen).toEqual([undefined, 'Negotiate TICKET', 'hadoop.auth="u=alice&t=kerberos"']);
});

test.each([
  [
    'No Kerberos credentials available',
    'Kerberos gives no ticket for HTTP@127.0.0.1 (No Kerberos credentials available). Run kinit, and look with klist whether the ' +
      'ticket is still good.',
  ],
  [
    'GSS failure: Clock skew too great',
    'the clocks of this machine and of the cluster differ too much for Kerberos. Set them by NTP. GSS failure: Clock skew too great.',
  ],
])('no ticket: %s', async (problem, reason) => {
  const { fake } = await kerberized();
  initializeClient.mockRejectedValue(new Error(problem));
  expect(await messageOf(storageOf(fake).status('/a'))).toBe(`Cannot look at ${fake.uri('/a')}: ${reason}`);
});
