/** Kerberos by HTTP (SPNEGO), with the optional package "kerberos". */

import type { IncomingMessage } from 'node:http';
import { HdfsError, remoteError } from './HdfsError.ts';

/** What we use of the package. */
interface Kerberos {
  readonly GSS_MECH_OID_SPNEGO: number;
  initializeClient(
    service: string,
    options: { readonly mechOID: number },
  ): Promise<{ step(challenge: string): Promise<string> }>;
}

/** The module's name in a variable, so that nothing resolves it before it is needed. */
const PACKAGE: string = 'kerberos';

/**
 * Headers that answer a 401: the ticket of this user for the service `HTTP@host`.
 * @throws HdfsError when the other side wants something else, the package is missing, or there is no ticket
 */
export async function negotiate(
  reply: IncomingMessage,
  host: string,
  attempt: string,
): Promise<{ readonly authorization: string }> {
  const wanted = reply.headers['www-authenticate'] ?? '';
  const none = remoteError(attempt, { status: 401, exception: '', message: reply.statusMessage ?? '' }, '');
  if (!/negotiate/i.test(wanted)) throw none;
  let kerberos: Kerberos;
  try {
    const module = (await import(PACKAGE)) as Kerberos & { readonly default?: Kerberos };
    kerberos = module.default ?? module;
  } catch {
    throw none;
  }
  try {
    const client = await kerberos.initializeClient(`HTTP@${host}`, { mechOID: kerberos.GSS_MECH_OID_SPNEGO });
    return { authorization: `Negotiate ${await client.step('')}` };
  } catch (error) {
    const message = (error as Error).message;
    const skew = /clock skew/i.test(message);
    const text = skew
      ? `the clocks of this machine and of the cluster differ too much for Kerberos. Set them by NTP. ${message}`
      : `Kerberos gives no ticket for HTTP@${host} (${message}). Run kinit, and look with klist whether the ticket is still good.`;
    throw new HdfsError(attempt, { code: 'EACCES', retryable: false, text }, null);
  }
}
