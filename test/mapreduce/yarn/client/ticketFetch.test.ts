/** REST with Kerberos, with a stand-in for the optional package. */

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, test, vi } from 'vitest';
import { rest } from '../../../../src/mapreduce/yarn/client/rest.ts';

const step = vi.fn();
vi.mock('kerberos', () => ({ default: { GSS_MECH_OID_SPNEGO: 6, initializeClient: async () => ({ step }) } }));

beforeEach(() => {
  step.mockReset();
});

/** A daemon that wants tickets. */
async function kerberized(seen: string[] = []) {
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { authorization, cookie } = request.headers;
    response.setHeader('connection', 'close');
    seen.push(`${request.method} ${authorization ?? cookie} ${body}`);
    if (cookie === 'hadoop.auth=A') response.end('{"by": "cookie"}');
    else if (authorization === 'Negotiate TICKET') {
      response.writeHead(200, { 'set-cookie': 'hadoop.auth=A; Path=/; HttpOnly' }).end('{"by": "ticket"}');
    } else {
      response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end('<html>Authentication required</html>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a ticket answers the first 401, with the body again; its cookie all that follow', async () => {
  const seen: string[] = [];
  const { server, origin } = await kerberized(seen);
  step.mockResolvedValue('TICKET');
  try {
    const request = { method: 'POST', url: `${origin}/apps`, user: 'ann', body: { a: 1 } } as const;
    expect(await rest(request, 'The ResourceManager')).toEqual({ by: 'ticket' });
    expect(await rest(request, 'The ResourceManager')).toEqual({ by: 'cookie' });
    expect(seen).toEqual(['POST undefined {"a":1}', 'POST Negotiate TICKET {"a":1}', 'POST hadoop.auth=A {"a":1}']);
  } finally {
    server.close();
  }
});

test('without a ticket it is said what to do', async () => {
  const { server, origin } = await kerberized();
  step.mockRejectedValue(new Error('Ticket expired'));
  try {
    await expect(rest({ method: 'GET', url: `${origin}/conf`, user: 'ann' }, 'The ResourceManager')).rejects.toThrow(
      `The ResourceManager at ${origin} cannot be asked: the Kerberos ticket has expired. Run kinit again.`,
    );
  } finally {
    server.close();
  }
});
