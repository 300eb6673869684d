/**
 * HTTP by node:http and not by fetch: DataNodes answer every PUT and POST with `100 Continue`, asked or not, which undici takes for
 * an error. Redirects are not followed: where they lead, and what to do when nobody is there, is WebHDFS's business.
 */

import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** One pool for a thread: agents keep connections apart by host, port and certificates themselves. */
const pools = new Map<'node:http' | 'node:https', Agent>();

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: OutgoingHttpHeaders;
  /** Silence that is taken for the death of the other side, milliseconds. */
  readonly timeoutMs: number;
  /** PEM of certificate authorities to trust in place of Node's own; null for those. */
  readonly ca: string | null;
}

/** Sends a request without a body. Resolves as soon as the head of the answer is there; the body is the caller's to read or destroy. */
export function send(request: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = open(request, true);
    sent.on('error', reject);
    sent.on('response', resolve);
    sent.end();
  });
}

/** A request whose body is to be sent. */
export interface Upload {
  readonly request: ClientRequest;
  /** Rejects with the system's error when the connection breaks. */
  readonly reply: Promise<IncomingMessage>;
  /** The other side has answered already: it wants no body. */
  readonly isAnswered: boolean;
}

/** Servers that know no `100 Continue` begin to read without a word. */
const CONTINUE_WAIT_MS = 2000;

/**
 * Begins a request with a body. Resolves when the other side is ready to read it, or refuses outright. A DataNode asks the name node
 * only then: its refusal comes while we write.
 */
export async function startUpload(request: HttpRequest): Promise<Upload> {
  // A connection of its own: one that was kept open may be dead without anyone knowing.
  const sent = open({ ...request, headers: { ...request.headers, expect: '100-continue' } }, false);
  let isAnswered = false;
  // Listens from the first moment on: the answer may come in the same packet as `100 Continue`.
  const reply = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', (message) => {
      isAnswered = true;
      resolve(message);
    });
    sent.on('error', reject);
    sent.on('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<void>((resolve) => {
    sent.once('continue', resolve);
    sent.once('socket', (socket) => {
      socket.once(request.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        timer = setTimeout(resolve, CONTINUE_WAIT_MS);
      });
    });
  });
  sent.flushHeaders();
  try {
    await Promise.race([ready, reply]);
  } finally {
    clearTimeout(timer);
  }
  // Told to whoever waits for it.
  reply.catch(() => undefined);
  return { request: sent, reply, isAnswered };
}

function open({ method, url, headers, timeoutMs, ca }: HttpRequest, isPooled: boolean): ClientRequest {
  const isHttps = url.protocol === 'https:';
  const name = isHttps ? 'node:https' : 'node:http';
  // Not imported: it takes longer to load than all else in a thread that never needs it.
  const module = process.getBuiltinModule(name);
  let agent: Agent | false = false;
  if (isPooled) {
    agent = pools.get(name) ?? new module.Agent({ keepAlive: true, maxSockets: 64 });
    pools.set(name, agent);
  }
  const options = {
    method,
    headers: headers ?? {},
    agent,
    timeout: timeoutMs,
    ...(isHttps && ca !== null ? { ca } : {}),
  };
  const sent = module.request(url, options);
  sent.on('timeout', () => {
    sent.destroy(Object.assign(new Error(`no answer for ${timeoutMs / 1000} seconds`), { code: 'ETIMEDOUT' }));
  });
  return sent;
}

/** The whole body of an answer as text. */
export async function readText(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
