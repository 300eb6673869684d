import { setTimeout as timer } from 'node:timers/promises';
import { CREDENTIALS_HINT, type Credentials } from './credentials.ts';

/** Waits; tests wait by other clocks. Rejects with the signal's reason when aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** The clock of this machine. */
export const sleep: Sleep = async (ms, signal) => {
  try {
    await timer(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw signal?.reason;
  }
};

/** An answer of the Overlord that is no success, or none at all. */
export class OverlordError extends Error {
  override readonly name = 'OverlordError';
  /** HTTP status; null where there was no answer. */
  readonly status: number | null;

  constructor(message: string, status: number | null, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** A task as it is submitted; actions are done in its name. */
export interface NoopTask {
  readonly type: 'noop';
  readonly id: string;
  readonly groupId: string;
  readonly dataSource: string;
  /** Milliseconds that it runs. */
  readonly runTime: number;
  readonly context: { readonly priority: number };
}

/** A lock as the Overlord tells of it. */
export interface LockState {
  readonly version: string;
  readonly revoked: boolean;
}

/** Milliseconds for one request; an insert of thousands of segments is one. */
const REQUEST_MS = 60_000;
/** Waits before the second and later tries, milliseconds. */
const RETRY_MS = [500, 1_000, 2_000, 4_000];
const REDIRECTS_MAX = 4;
/** No leader at the moment, or a gateway without its Overlord. */
const PASSING = new Set([429, 502, 503, 504]);
const REDIRECT = new Set([301, 302, 307, 308]);
const API = '/druid/indexer/v1';

/**
 * The REST calls of a live Overlord (or of a Router in front of one) that publishing needs. All of them may be repeated, and are, when there
 * is no answer.
 */
export class OverlordClient {
  /** The address people gave, without a slash at its end. */
  readonly url: string;
  readonly #credentials: Credentials;
  readonly #sleep: Sleep;
  /** Where requests go: the leader, once another one has sent us there. */
  #base: string;

  /** @throws Error in words when the address is none, or holds a password */
  constructor(address: string, credentials: Credentials, sleepFor: Sleep = sleep) {
    this.url = checkedAddress(address);
    this.#base = this.url;
    this.#credentials = credentials;
    this.#sleep = sleepFor;
  }

  async submit(task: NoopTask, signal?: AbortSignal): Promise<void> {
    const answer = await this.#send('POST', '/task', task, signal);
    // An earlier try has arrived after all.
    if (answer.status === 400 && answer.text.includes(`Task[${task.id}] already exists`)) return;
    this.#check(answer, 'a new task');
  }

  /** Ids of the tasks of a data source that run now. */
  async running(dataSource: string, signal?: AbortSignal): Promise<string[]> {
    const path = `/tasks?state=running&datasource=${encodeURIComponent(dataSource)}`;
    const answer = this.#check(await this.#send('GET', path, undefined, signal), 'the question for running tasks');
    return (JSON.parse(answer) as { id: string }[]).map(({ id }) => id);
  }

  /** @returns what the action results in */
  async action(task: NoopTask, action: { readonly type: string }, signal?: AbortSignal): Promise<unknown> {
    const answer = this.#check(await this.#send('POST', '/action', { task, action }, signal), action.type);
    return (JSON.parse(answer) as { result: unknown }).result;
  }

  /** Ends a task and with it its locks; one that is not there has ended. */
  async shutdown(id: string): Promise<void> {
    const answer = await this.#send('POST', `/task/${encodeURIComponent(id)}/shutdown`);
    if (answer.status !== 404) this.#check(answer, 'the end of a task');
  }

  #check({ status, text }: Answer, what: string): string {
    if (status >= 200 && status < 300) return text;
    if (status === 401 || status === 403) {
      throw new OverlordError(
        `The Overlord at ${this.url} does not let us in (HTTP ${status}). ${CREDENTIALS_HINT}`,
        status,
      );
    }
    throw new OverlordError(
      `The Overlord at ${this.url} answered ${what} with HTTP ${status}: ${ownWords(text)}`,
      status,
    );
  }

  async #send(method: 'GET' | 'POST', path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      let failure: OverlordError;
      try {
        const answer = await this.#sendOnce(method, path, body, signal);
        if (!PASSING.has(answer.status)) return answer;
        failure = new OverlordError(
          `The Overlord at ${this.url} cannot serve now (HTTP ${answer.status}).`,
          answer.status,
        );
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof OverlordError) throw error;
        failure = new OverlordError(
          `The Overlord at ${this.url} does not answer: ${reason(error)}. ${ADDRESS_HINT}`,
          null,
          (error as Error).cause,
        );
      }
      if (tries === RETRY_MS.length) throw failure;
      await this.#sleep(RETRY_MS[tries], signal);
    }
  }

  async #sendOnce(method: 'GET' | 'POST', path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
    const timeout = AbortSignal.timeout(REQUEST_MS);
    const authorization = await this.#authorization();
    for (let hops = 0; ; hops++) {
      const response = await fetch(`${this.#base}${API}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(authorization === null ? {} : { Authorization: authorization }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // By hand: fetch takes the credentials away when the leader is another host.
        redirect: 'manual',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      const text = await response.text();
      if (!REDIRECT.has(response.status)) return { status: response.status, text };
      if (hops === REDIRECTS_MAX)
        throw new OverlordError(`The Overlord at ${this.url} sends us from one address to the next.`, response.status);
      this.#base = this.#leader(response.headers.get('location'), path);
    }
  }

  /** @throws OverlordError, which is not tried again: that a file of secrets can't be read is nothing that passes */
  async #authorization(): Promise<string | null> {
    try {
      return await this.#credentials();
    } catch (error) {
      throw new OverlordError((error as Error).message, null);
    }
  }

  /** The base of the address that an Overlord which is not the leader sends us to. Credentials go nowhere that is less safe. */
  #leader(location: string | null, path: string): string {
    const end = `${API}${path}`;
    const target = location === null ? null : new URL(location, this.#base);
    if (target === null || !target.href.endsWith(end) || target.href.slice(0, -end.length).includes('?')) {
      throw new OverlordError(
        `The address ${this.url} is not an Overlord's: it sends us to ${location ?? 'nowhere'}. ${ADDRESS_HINT}`,
        null,
      );
    }
    if (this.#base.startsWith('https:') && target.protocol !== 'https:') {
      throw new OverlordError(
        `The Overlord at ${this.url} sends us from https to ${target.origin}, where secrets would be read.`,
        null,
      );
    }
    return target.href.slice(0, -end.length);
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const ADDRESS_HINT =
  'It wants the address of an Overlord, of a Coordinator that is one too, or of a Router, such as http://druid:8081.';

function checkedAddress(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new Error(`The Overlord's address ${JSON.stringify(address)} is not an address. ${ADDRESS_HINT}`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(
      `The Overlord's address ${JSON.stringify(address)} does not start with http:// or https://. ${ADDRESS_HINT}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(`The Overlord's address holds a user or a password, which others would see. ${CREDENTIALS_HINT}`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new Error(`The Overlord's address ${JSON.stringify(address)} has something after its path. ${ADDRESS_HINT}`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** `{"error": "<class>: <text>"}` of tasks and actions, `errorMessage` of newer errors, or the text as it is. */
function ownWords(text: string): string {
  try {
    const { error, errorMessage } = JSON.parse(text) as { error?: unknown; errorMessage?: unknown };
    if (typeof errorMessage === 'string') return errorMessage;
    if (typeof error === 'string') return error.replace(/^[\w.$]+(Exception|Error|ISE|IAE|RE): /, '');
  } catch {
    // no JSON
  }
  return text === '' ? 'nothing more' : text.slice(0, 500);
}

/** fetch hides what went wrong in a cause. */
function reason(error: unknown): string {
  if ((error as Error | null)?.name === 'TimeoutError') return `no answer within ${REQUEST_MS / 1000} s`;
  const { cause } = error as Error;
  if (cause instanceof AggregateError) return (cause.errors.at(-1) as Error).message;
  return cause instanceof Error ? cause.message : (error as Error).message;
}
