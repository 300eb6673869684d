/** Kerberos by HTTP, with a stand-in for the optional package: there is no KDC here. The words are those of MIT Kerberos 1.20. */

import { beforeEach, expect, test, vi } from 'vitest';
import { clientOf, fakeHdfs, messageOf, storageOf } from '../storage/webhdfs/clients.ts';

const initializeClient = vi.fn();
vi.mock('kerberos', () => ({ default: { GSS_MECH_OID_SPNEGO: 6, initializeClient } }));

beforeEach(() => {
  initializeClient.mockReset();
});

/** A name node that wants tickets, and refuses whoever gives another name than the ticket's. */
async function kerberized() {
  const fake = await fakeHdfs();
  const seen: (string | undefined)[] = [];
  fake.nameNodeFault = ({ request, query }, response) => {
    const { authorization, cookie } = request.headers;
    seen.push(authorization ?? cookie);
    const isKnown = authorization === 'Negotiate TICKET' || cookie === COOKIE;
    if (isKnown && query.has('user.name')) {
      response.writeHead(403, { 'content-length': 0 }).end();
      return true;
    }
    if (authorization === 'Negotiate TICKET') response.setHeader('set-cookie', `${COOKIE}; Path=/; HttpOnly`);
    if (isKnown) return false;
    response.writeHead(401, { 'www-authenticate': 'Negotiate', 'content-length': 0 }).end();
    return true;
  };
  return { fake, seen };
}

const COOKIE = 'hadoop.auth="u=alice&t=kerberos"';

test('a ticket answers the first 401, its cookie all that follow', async () => {
  const { fake, seen } = await kerberized();
  fake.files.set('/a', Buffer.from('a'));
  initializeClient.mockResolvedValue({ step: async () => 'TICKET' });
  const storage = storageOf(fake, clientOf());
  expect((await storage.status('/a'))?.length).toBe(1);
  expect((await storage.status('/a'))?.length).toBe(1);
  expect(initializeClient.mock.calls).toEqual([['HTTP@127.0.0.1', { mechOID: 6 }]]);
  expect(seen).toEqual([undefined, 'Negotiate TICKET', COOKIE]);
});

test('who may not is told so, without advice for clusters that trust names', async () => {
  const { fake } = await kerberized();
  initializeClient.mockResolvedValue({ step: async () => 'TICKET' });
  const storage = storageOf(fake, clientOf());
  await storage.status('/a');
  const letIn = fake.nameNodeFault;
  fake.nameNodeFault = (call, response) => {
    if (letIn?.(call, response)) return true;
    const body = { RemoteException: { exception: 'AccessControlException', message: 'Permission denied: user=alice' } };
    response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
  expect(await messageOf(storage.mkdirs('/b'))).toBe(
    `Cannot make the directory ${fake.uri('/b')}: Permission denied: user=alice. Ask for the permission.`,
  );
});

const GSS = 'Unspecified GSS failure.  Minor code may provide more information: ';
test.each([
  [
    'No credentials were supplied, or the credentials were unavailable or inaccessible: SPNEGO cannot find mechanisms to negotiate',
    'the cluster asks for Kerberos, and there is no ticket. Run kinit; "klist" shows the tickets that there are (KRB5CCNAME names their file).',
  ],
  [`${GSS}Ticket expired`, 'the Kerberos ticket has expired. Run kinit again.'],
  [
    `${GSS}Cannot contact any KDC for realm 'SEGMILL.TEST'`,
    "Kerberos gives no ticket for HTTP@127.0.0.1 (Cannot contact any KDC for realm 'SEGMILL.TEST'). Is the KDC of krb5.conf the " +
      "cluster's, can it be reached, and does it know that host?",
  ],
  [
    `${GSS}Clock skew too great`,
    'the clocks of this machine and of the cluster differ too much for Kerberos. Set them by NTP. Clock skew too great.',
  ],
])('no ticket: %s', async (problem, reason) => {
  const { fake } = await kerberized();
  initializeClient.mockResolvedValue({ step: () => Promise.reject(new Error(problem)) });
  expect(await messageOf(storageOf(fake).status('/a'))).toBe(`Cannot look at ${fake.uri('/a')}: ${reason}`);
});
