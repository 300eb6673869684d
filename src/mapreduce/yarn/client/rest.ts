/** JSON over HTTP, as the daemons of YARN and MapReduce speak it. */

import { KerberosError } from '../../../hadoop/spnego.ts';
import { ticketFetch } from './ticketFetch.ts';

export class RestError extends Error {
  override readonly name = 'RestError';
  /** HTTP status; null where nobody answered. */
  readonly status: number | null;
  /** Java class of the exception behind it, without its package, or null. */
  readonly exception: string | null;

  constructor(message: string, status: number | null, exception: string | null, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.exception = exception;
  }
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly user: string;
  readonly body?: unknown;
}

/** Daemons answer in moments or are in trouble. */
const TIMEOUT_MS = 30_000;

/**
 * Sends a request and reads the answer.
 *
 * @param what the daemon's name for people: `the ResourceManager`
 * @returns the document; undefined for an empty answer
 * @throws RestError in words
 */
export async function rest({ method, url, user, body }: RestRequest, what: string): Promise<unknown> {
  const target = new URL(url);
  // Without it YARN takes us for its static user, dr.who, without a word.
  target.searchParams.set('user.name', user);
  let reply: Response;
  let text: string;
  try {
    reply = await ticketFetch(target, {
      method,
      timeoutMs: TIMEOUT_MS,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await reply.text();
  } catch (error) {
    if (error instanceof KerberosError)
      throw new RestError(`${what} at ${target.origin} cannot be asked: ${error.message}`, 401, null, error);
    // What fetch says of it, "fetch failed", helps nobody.
    throw new RestError(`${what} does not answer at ${target.origin}: ${causeOf(error)}.`, null, null);
  }
  const document = parsed(text);
  if (reply.ok && document !== NO_JSON) return document;
  const remote = remoteException(document);
  const said =
    remote?.message ??
    (document === NO_JSON
      ? `no JSON but "${text
          .replaceAll(/<[^>]*>/g, '')
          .replaceAll(/\s+/g, ' ')
          .trim()
          .slice(0, 120)}"`
      : (messageOf(document) ?? text.slice(0, 300)));
  throw new RestError(
    `${what} at ${target.origin} answered ${method} ${target.pathname} with HTTP ${reply.status}: ${said}`,
    reply.status,
    remote?.exception ?? null,
  );
}

const NO_JSON = Symbol('no JSON');

function parsed(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return NO_JSON;
  }
}

/** What a server says in JSON of a path that it does not know. */
function messageOf(document: unknown): string | null {
  if (typeof document !== 'object' || document === null || !('message' in document)) return null;
  return typeof document.message === 'string' ? document.message : null;
}

function remoteException(document: unknown): { exception: string; message: string } | null {
  if (typeof document !== 'object' || document === null || !('RemoteException' in document)) return null;
  const { exception, message } = document.RemoteException as { exception?: unknown; message?: unknown };
  return { exception: String(exception), message: String(message).split('\n')[0] };
}

function causeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `nothing for ${TIMEOUT_MS / 1000} seconds`;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError) return causeOf({ cause: cause.errors[0] });
  if (cause instanceof Error) return (cause as NodeJS.ErrnoException).code ?? cause.message;
  return error instanceof Error
    ? error.message
    : String((error as { cause?: { code?: unknown } }).cause?.code ?? error);
}
