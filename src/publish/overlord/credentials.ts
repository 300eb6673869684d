import { readFile } from 'node:fs/promises';

type Environment = Readonly<Record<string, string | undefined>>;

/** Gives the value of the `Authorization` header, or null where none is wanted. Asked for every request: tokens are renewed in files. */
export type Credentials = () => Promise<string | null>;

const PREFIX = 'SEGMILL_OVERLORD_';

/** How people give credentials, for messages. */
export const CREDENTIALS_HINT =
  `Set ${PREFIX}USER and ${PREFIX}PASSWORD for basic authentication, or ${PREFIX}TOKEN for a bearer token; ` +
  `${PREFIX}PASSWORD_FILE and ${PREFIX}TOKEN_FILE name files that hold them.`;

/**
 * Credentials for an Overlord from the environment: SEGMILL_OVERLORD_USER with _PASSWORD or _PASSWORD_FILE (basic authentication), or
 * SEGMILL_OVERLORD_TOKEN or _TOKEN_FILE (bearer token).
 *
 * @throws Error in words when they contradict each other or are not complete; secrets are in no message
 */
export function overlordCredentials(env: Environment): Credentials {
  const token = secret(env, 'TOKEN');
  const password = secret(env, 'PASSWORD');
  const user = env[`${PREFIX}USER`] || null;
  if (token !== null) {
    if (user !== null || password !== null) {
      throw new Error(
        `There is a token and a user or password for the Overlord: only one way to log in can be used. ${CREDENTIALS_HINT}`,
      );
    }
    return async () => `Bearer ${await token()}`;
  }
  if (user === null && password === null) return async () => null;
  if (user === null || password === null) {
    const missing = user === null ? `${PREFIX}USER` : `${PREFIX}PASSWORD or ${PREFIX}PASSWORD_FILE`;
    throw new Error(
      `${missing} is not set, but the other half of the Overlord's user and password is. ${CREDENTIALS_HINT}`,
    );
  }
  return async () => `Basic ${Buffer.from(`${user}:${await password()}`).toString('base64')}`;
}

/** A secret from a variable or from the file that `<variable>_FILE` names; null where neither is set. */
function secret(env: Environment, name: string): (() => Promise<string>) | null {
  const variable = `${PREFIX}${name}`;
  const value = env[variable] || null;
  const file = env[`${variable}_FILE`] || null;
  if (value !== null && file !== null)
    throw new Error(`${variable} and ${variable}_FILE are both set; set one of them.`);
  if (value !== null) return async () => value;
  if (file === null) return null;
  return async () => {
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (error) {
      throw new Error(`The file of ${variable}_FILE cannot be read: ${(error as Error).message}.`);
    }
  };
}
