import type { DatabaseHost } from './jdbcUrl.ts';
import { MetadataStoreError } from './MetadataStore.ts';

/** The first of several hosts that answers. @throws what the last one said */
export async function firstHost<Connection>(
  hosts: readonly DatabaseHost[],
  open: (host: DatabaseHost) => Promise<Connection>,
): Promise<Connection> {
  let lastError: unknown;
  for (const host of hosts) {
    try {
      return await open(host);
    } catch (error) {
      if (error instanceof MetadataStoreError) throw error;
      lastError = error;
    }
  }
  throw lastError;
}

/** @param name of the store @param error what the driver said; never with a password in it */
export function connectError(name: string, error: unknown): MetadataStoreError {
  if (error instanceof MetadataStoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new MetadataStoreError(
    `${name} can't be reached: ${REASONS[code ?? ''] ?? (message === '' ? String(code) : message)}.`,
    { cause: error },
  );
}

/** Whether an error says that nobody answers, which may be different a little later. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.has((error as NodeJS.ErrnoException | null)?.code ?? '');
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers on that port',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ETIMEDOUT: 'it does not answer',
};
