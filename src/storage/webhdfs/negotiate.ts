/** Kerberos by HTTP (SPNEGO), with the optional package "kerberos". */

import { clockSkew, HdfsError, remoteError } from './HdfsError.ts';

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
 * @throws HdfsError when the package is missing, or there is no ticket
 */
export async function negotiate(host: string, attempt: string): Promise<{ readonly authorization: string }> {
  let kerberos: Kerberos;
  try {
    const module = (await import(PACKAGE)) as Kerberos & { readonly default?: Kerberos };
    kerberos = module.default ?? module;
  } catch {
    throw remoteError(attempt, { status: 401, exception: '', message: '' }, '');
  }
  try {
    const client = await kerberos.initializeClient(`HTTP@${host}`, { mechOID: kerberos.GSS_MECH_OID_SPNEGO });
    return { authorization: `Negotiate ${await client.step('')}` };
  } catch (error) {
    const message = (error as Error).message;
    if (/clock skew/i.test(message)) throw new HdfsError(attempt, clockSkew(`${message}.`), null);
    const text = `Kerberos gives no ticket for HTTP@${host} (${message}). Run kinit, and look with klist whether the ticket is still good.`;
    throw new HdfsError(attempt, { code: 'EACCES', retryable: false, text }, null);
  }
}
