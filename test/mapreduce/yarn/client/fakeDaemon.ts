/** Daemons that speak JSON over HTTP, in this process. */

import http, { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const servers: Server[] = [];

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A daemon that answers `METHOD path`; all else is unknown to it. */
export async function daemon(
  answers: Readonly<Record<string, Answer | (() => Answer | undefined)>>,
  log: string[] = [],
): Promise<string> {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url as string, 'http://fake');
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      log.push(`${request.method} ${url.pathname} ${url.searchParams.get('user.name')} ${body}`.trim());
      const found = answers[`${request.method} ${url.pathname}`];
      const answer = typeof found === 'function' ? found() : found;
      const text = answer === undefined ? '<html>Not <b>found</b></html>' : JSON.stringify(answer.body);
      response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json', connection: 'close' });
      response.end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function closeDaemons(): Promise<void> {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
}
