import { asksForTicket, cookieOf, ticketHeader } from '../../../hadoop/spnego.ts';

/** Kerberos: the cookie that a daemon gave for a ticket, by its origin. */
const cookies = new Map<string, string>();

export interface TicketRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of each answer. */
  readonly timeoutMs: number;
}

/**
 * `fetch` that shows a ticket to daemons that ask for Kerberos.
 * @throws KerberosError where there is no ticket; what `fetch` throws
 */
export async function ticketFetch(url: URL, { timeoutMs, ...request }: TicketRequest): Promise<Response> {
  const send = (target: URL, more: Readonly<Record<string, string>>) =>
    fetch(target, { ...request, headers: { ...request.headers, ...more }, signal: AbortSignal.timeout(timeoutMs) });
  const cookie = cookies.get(url.origin);
  const reply = await send(url, cookie === undefined ? {} : { cookie });
  if (!asksForTicket(reply.status, reply.headers.get('www-authenticate'))) return reply;
  await reply.arrayBuffer();
  // Where a redirect led.
  const asking = new URL(reply.url);
  const second = await send(asking, await ticketHeader(asking.hostname));
  const given = cookieOf(second.headers.getSetCookie());
  if (given !== undefined) cookies.set(asking.origin, given);
  return second;
}
