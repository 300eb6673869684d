/** Kerberos by HTTP (SPNEGO), with the optional package "kerberos". */

/** Why no server can be told who we are, in words: what is wrong, and what to do. */
export class KerberosError extends Error {
  override readonly name = 'KerberosError';
}

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
 * The header that answers a 401: the ticket of this user for the service `HTTP@host`.
 * @throws KerberosError when the package is missing, or there is no ticket
 */
export async function ticketHeader(host: string): Promise<{ readonly authorization: string }> {
  let kerberos: Kerberos;
  try {
    const module = (await import(PACKAGE)) as Kerberos & { readonly default?: Kerberos };
    kerberos = module.default ?? module;
  } catch {
    throw new KerberosError(NEEDS_KERBEROS);
  }
  try {
    const client = await kerberos.initializeClient(`HTTP@${host}`, { mechOID: kerberos.GSS_MECH_OID_SPNEGO });
    return { authorization: `Negotiate ${await client.step('')}` };
  } catch (error) {
    throw new KerberosError(reasonOf((error as Error).message, host));
  }
}

/** Whether an answer asks for a ticket. */
export function asksForTicket(status: number | undefined, wwwAuthenticate: string | null | undefined): boolean {
  return status === 401 && /negotiate/i.test(wwwAuthenticate ?? '');
}

/** The cookie that a server gave for a ticket, of its `Set-Cookie` headers; undefined where it gave none. */
export function cookieOf(setCookie: readonly string[] | undefined): string | undefined {
  return setCookie?.find((text) => text.startsWith('hadoop.auth='))?.split(';')[0];
}

/** Kerberos takes five minutes. @param said by Kerberos, a sentence */
export function clockSkew(said: string): string {
  return `the clocks of this machine and of the cluster differ too much for Kerberos. Set them by NTP. ${said}`;
}

/** Of MIT Kerberos, as the package tells it. */
function reasonOf(message: string, host: string): string {
  const said = message.replace(/^Unspecified GSS failure\.\s+Minor code may provide more information: /, '');
  if (/clock skew/i.test(said)) return clockSkew(`${said}.`);
  if (/^No credentials were supplied|No Kerberos credentials available/.test(said)) return NO_TICKET;
  if (/^Ticket expired/.test(said)) return EXPIRED;
  return `Kerberos gives no ticket for HTTP@${host} (${said}). Is the KDC of krb5.conf the cluster's, can it be reached, and does it know that host?`;
}

/** Where a server wants Kerberos and we have nothing to show. */
export const NEEDS_KERBEROS =
  'the cluster asks for Kerberos, and there is neither a ticket nor a token. Run kinit and install the package "kerberos" ' +
  '(npm install kerberos), or fetch a delegation token by "hdfs fetchdt FILE" and name the file in HADOOP_TOKEN_FILE_LOCATION.';
const NO_TICKET =
  'the cluster asks for Kerberos, and there is no ticket. Run kinit; "klist" shows the tickets that there are (KRB5CCNAME names their file).';
const EXPIRED = 'the Kerberos ticket has expired. Run kinit again.';
