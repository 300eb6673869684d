/** Calls of the WebHDFS protocol: the right name node, retries, redirects to DataNodes. Files are `WebHdfsStorage`'s business. */

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { asksForTicket, cookieOf, KerberosError, ticketHeader } from '../../hadoop/spnego.ts';
import type { DelegationToken } from '../../hadoop/tokenFile.ts';
import { HdfsError, notLetIn, notWebHdfs, type RemoteException, remoteError, unreachableError } from './HdfsError.ts';
import { HOST_MAP_PROPERTY, type HostMap, mapHost, parseHostMap } from './hostMap.ts';
import { type HttpRequest, readText, send } from './http.ts';
import { GATEWAY_PROPERTY, type NameNodes } from './nameNodes.ts';

export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** See `FailedDataNodes`. */
export interface LiveDataNode {
  /** Host and HTTP port. */
  readonly names: readonly string[];
  /** Host and transfer port. */
  readonly transfer: string;
}

export interface Call {
  readonly method: HttpRequest['method'];
  readonly op: string;
  /** In the file system: absolute, no scheme. */
  readonly path: string;
  readonly parameters?: Parameters;
  /** For errors, URI included: `open hdfs://nn/a.json`. */
  readonly attempt: string;
}

/** What a name node says of itself when another one should be asked, or the same one later. */
const ASK_ELSEWHERE: ReadonlySet<string> = new Set([
  'StandbyException',
  'RetriableException',
  'ObserverRetryOnActiveException',
]);
/** Rounds over all name nodes: of one alone, and of several that may be about to change roles (dfs.client.failover.max.attempts). */
const ROUNDS_ALONE = 3;
const ROUNDS_FAILOVER_DEFAULT = 15;

export class WebHdfsClient {
  readonly #nameNodes: NameNodes;
  readonly #client: HadoopClient;
  readonly #hostMap: HostMap;
  readonly #ca: string | null;
  /** Whose turn it is; stays with the one that answered. */
  #active = 0;
  /** Kerberos: the cookie that a name node gave for a ticket, by its URL. */
  readonly #cookies = new Map<string, string>();

  constructor(nameNodes: NameNodes, client: HadoopClient) {
    this.#nameNodes = nameNodes;
    this.#client = client;
    this.#hostMap = parseHostMap(client.conf[HOST_MAP_PROPERTY]);
    this.#ca = caOf(client.conf['segmill.hdfs.ca-file']);
  }

  /** For errors about permissions: the name by which we ask, or null where a ticket or token says who we are. */
  get user(): string | null {
    if (this.#cookies.size > 0 || this.token !== undefined) return null;
    return this.#client.proxyUser ?? this.#client.user;
  }

  /** Silence of a DataNode or name node that counts as its death, milliseconds. */
  get timeoutMs(): number {
    return this.#number('dfs.client.socket-timeout', 60_000);
  }

  /** The same while we write: DataNodes may take long to close a file. */
  get writeTimeoutMs(): number {
    return this.#number('dfs.datanode.socket.write.timeout', 480_000);
  }

  /** Waits before try number `count` (from 1) of something that failed, longer each time. */
  async backOff(count: number): Promise<void> {
    const base = this.#number('dfs.client.failover.sleep.base.millis', 500);
    const max = this.#number('dfs.client.failover.sleep.max.millis', 15_000);
    await sleep(Math.min(max, base * 2 ** (count - 1)));
  }

  /** Calls and reads the JSON that is answered; `{}` for an empty body. @throws HdfsError */
  async json<Answer>(call: Call): Promise<Answer> {
    return parseAnswer<Answer>(call, await readText(await this.call(call)));
  }

  /** The JSON of a DataNode, or of the gateway's answer itself where the location is null. @throws HdfsError */
  async readJson<Answer>(call: Call, location: URL | null, reply: IncomingMessage): Promise<Answer> {
    return parseAnswer<Answer>(call, await readText(location === null ? reply : await this.ofDataNode(call, location)));
  }

  /**
   * Calls the active name node, or finds it. Redirects are the caller's to follow.
   * @throws HdfsError for every status from 400 on, and when no name node answers
   */
  async call(call: Call): Promise<IncomingMessage> {
    const { urls } = this.#nameNodes;
    const rounds =
      urls.length === 1 ? ROUNDS_ALONE : this.#number('dfs.client.failover.max.attempts', ROUNDS_FAILOVER_DEFAULT);
    let failure: HdfsError | null = null;
    let answerWasLost = false;
    for (let tries = 1; tries <= rounds * urls.length; tries++) {
      const asked = this.#active;
      try {
        const reply = await this.#ask(call, this.#url(call, urls[asked]), urls[asked]);
        if ((reply.statusCode as number) < 400) return reply;
        const remote = await remoteException(reply);
        if (!ASK_ELSEWHERE.has(remote.exception)) throw remoteError(call.attempt, remote, this.user);
        failure = this.#nobodyActive(call.attempt, remote);
      } catch (error) {
        if (error instanceof HdfsError) {
          error.answerWasLost = answerWasLost;
          throw error;
        }
        answerWasLost ||= (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED';
        failure = unreachableError(call.attempt, error, urls.join(' and '), 'name node');
        // Waiting does not make a name or a certificate right.
        if (urls.length === 1 && !isPassing(error)) throw failure;
      }
      // Of several calls that fail at once, the first one turns to the next name node for all.
      if (this.#active === asked) this.#active = (asked + 1) % urls.length;
      if (tries % urls.length === 0 && tries < rounds * urls.length) await this.backOff(tries / urls.length);
    }
    throw failure as HdfsError;
  }

  /** @param base of the URL, one of the name nodes' @throws HdfsError where a ticket is wanted and there is none; what breaks connections */
  async #ask({ method, attempt }: Pick<Call, 'method' | 'attempt'>, url: URL, base: string): Promise<IncomingMessage> {
    const cookie = this.#cookies.get(base);
    const request = { method, timeoutMs: this.timeoutMs, ca: this.#ca };
    const reply = await send({ ...request, url, headers: cookie === undefined ? {} : { cookie } });
    if (!asksForTicket(reply.statusCode, reply.headers['www-authenticate'])) return reply;
    reply.resume();
    const headers = await ticketHeader(url.hostname).catch((error: unknown) => {
      throw error instanceof KerberosError ? new HdfsError(attempt, notLetIn(error.message), null) : error;
    });
    // The ticket says who we are, and another name is refused.
    const unnamed = new URL(url);
    unnamed.searchParams.delete('user.name');
    const second = await send({ ...request, url: unnamed, headers });
    const given = cookieOf(second.headers['set-cookie']);
    if (given !== undefined) this.#cookies.set(base, given);
    return second;
  }

  #url({ op, path, parameters }: Call, base: string): URL {
    const url = new URL(`${base}/webhdfs/v1${path.split('/').map(encodeURIComponent).join('/')}`);
    url.searchParams.set('op', op);
    const { token } = this;
    if (token !== undefined) url.searchParams.set('delegation', token.text);
    else {
      if (!this.#cookies.has(base)) url.searchParams.set('user.name', this.#client.user);
      if (this.#client.proxyUser !== null) url.searchParams.set('doas', this.#client.proxyUser);
    }
    for (const [name, value] of Object.entries(parameters ?? {})) url.searchParams.set(name, String(value));
    return url;
  }

  /** The delegation token for this file system that we were given: the one made out to it, or the only one of HDFS. */
  get token(): DelegationToken | undefined {
    const tokens = this.#client.tokens.filter(({ kind }) => TOKEN_KINDS.has(kind));
    const hosts = this.#nameNodes.urls.map((url) => new URL(url).host);
    const ours = tokens.find(
      ({ service }) =>
        service === this.#nameNodes.authority ||
        service === `ha-hdfs:${this.#nameNodes.authority}` ||
        hosts.includes(service),
    );
    return ours ?? (tokens.length === 1 ? tokens[0] : undefined);
  }

  #nobodyActive(attempt: string, { exception, message }: RemoteException): HdfsError {
    const { urls } = this.#nameNodes;
    const text =
      urls.length === 1
        ? `the name node ${urls[0]} is not the active one (${exception}: ${message}). Name the others too: dfs.ha.namenodes and ` +
          'their dfs.namenode.http-address in hdfs-site.xml.'
        : `none of the name nodes ${urls.join(', ')} is active (${exception}: ${message}). Wait for the failover, or look at ` +
          '"hdfs haadmin -getAllServiceState".';
    return new HdfsError(attempt, { text }, exception);
  }

  /** Where a name node's answer leads, in its own words; null where it is no redirect (HttpFS serves reads itself). */
  locationOf(reply: IncomingMessage, call: Call): URL | null {
    if (reply.statusCode !== 307) return null;
    const { location } = reply.headers;
    reply.resume();
    if (location !== undefined) return new URL(location);
    throw new HdfsError(call.attempt, { text: 'the name node sent a redirect that leads nowhere.' }, null);
  }

  /** DataNodes that the name node believes to be alive: how redirects name them, and how `excludedatanodes` does. */
  async liveDataNodes(): Promise<LiveDataNode[]> {
    const base = this.#nameNodes.urls[this.#active];
    const url = new URL('/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo', base);
    const reply = await this.#ask({ method: 'GET', attempt: 'find the DataNodes that live' }, url, base);
    const { beans } = JSON.parse(await readText(reply)) as { beans: readonly { readonly LiveNodes: string }[] };
    const nodes = JSON.parse(beans[0].LiveNodes) as Record<
      string,
      { infoAddr: string; infoSecureAddr: string; xferaddr: string }
    >;
    return Object.entries(nodes).map(([key, { infoAddr, infoSecureAddr, xferaddr }]) => {
      const names = [infoAddr, infoSecureAddr].flatMap((address) => {
        const [host, port] = address.split(':');
        return [`${host}:${port}`, `${key.split(':')[0]}:${port}`];
      });
      return { names, transfer: xferaddr };
    });
  }

  /** A request without a body to where a redirect leads. @throws HdfsError */
  async ofDataNode(call: Call, location: URL): Promise<IncomingMessage> {
    let reply: IncomingMessage;
    try {
      reply = await send(this.dataRequest(call.method, location));
    } catch (error) {
      throw this.unreachable(call.attempt, error, location);
    }
    if ((reply.statusCode as number) < 400) return reply;
    throw remoteError(call.attempt, await remoteException(reply), this.user);
  }

  /** The error for a DataNode that does not answer or breaks off. */
  unreachable(attempt: string, error: unknown, location: URL): HdfsError {
    return unreachableError(attempt, error, mapHost(location, this.#hostMap).origin, 'DataNode');
  }

  /** The request that a redirect asks for, to where this machine reaches the host. Its URL carries tokens: never print it. */
  dataRequest(method: HttpRequest['method'], location: URL): HttpRequest {
    const isWrite = method === 'PUT' || method === 'POST';
    const url = new URL(mapHost(location, this.#hostMap));
    const { searchParams } = url;
    // HttpFS redirects to itself and wants to know who asks.
    const cookie = this.#client.conf[GATEWAY_PROPERTY] === undefined ? undefined : this.#cookies.get(location.origin);
    if (cookie === undefined && !searchParams.has('delegation') && !searchParams.has('user.name')) {
      searchParams.set('user.name', this.#client.user);
    }
    return {
      method,
      url,
      headers: {
        ...(isWrite ? { 'content-type': 'application/octet-stream' } : {}),
        ...(cookie === undefined ? {} : { cookie }),
      },
      timeoutMs: isWrite ? this.writeTimeoutMs : this.timeoutMs,
      ca: this.#ca,
    };
  }

  #number(property: string, fallback: number): number {
    const value = Number(this.#client.conf[property]?.trim() ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : fallback;
  }
}

function parseAnswer<Answer>(call: Call, text: string): Answer {
  if (text === '') return {} as Answer;
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new HdfsError(call.attempt, notWebHdfs('it is no JSON'), null);
  }
}

const TOKEN_KINDS: ReadonlySet<string> = new Set([
  'WEBHDFS delegation',
  'SWEBHDFS delegation',
  'HDFS_DELEGATION_TOKEN',
]);

/** Failures that time may heal; a name that nobody knows and a wrong certificate are none. */
const PASSING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

function isPassing(error: unknown): boolean {
  return PASSING.has((error as NodeJS.ErrnoException).code ?? '');
}

/** The error of an answer; DataNodes add Java's stack trace to the message. */
export async function remoteException(reply: IncomingMessage): Promise<RemoteException> {
  const text = await readText(reply);
  const status = reply.statusCode as number;
  try {
    const { RemoteException: remote } = JSON.parse(text) as {
      RemoteException: { exception: string; message?: string };
    };
    return { status, exception: remote.exception, message: (remote.message ?? '').split('\n')[0].trim() };
  } catch {
    return { status, exception: '', message: `${reply.statusMessage ?? ''}`.trim() };
  }
}

function caOf(path: string | undefined): string | null {
  if (path === undefined) return null;
  try {
    return readFileSync(path.trim(), 'utf8');
  } catch (error) {
    throw new Error(
      `The certificates ${path}, named by segmill.hdfs.ca-file, cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}
