import { readFileSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';

type Environment = Readonly<Record<string, string | undefined>>;

/** Java's system properties that say something about this machine too. */
const SYSTEM: Readonly<Record<string, () => string>> = {
  'java.io.tmpdir': tmpdir,
  'user.dir': () => process.cwd(),
  'user.home': homedir,
  'user.name': () => userInfo().username,
};

/** Values in values; more of them is a circle. */
const DEPTH_MAX = 16;

/**
 * A value of Druid's configuration with its variables replaced: `${env:NAME}`, `${sys:name}`, `${file:UTF-8:/path}`; `${env:NAME:-default}`
 * where it may be missing; one inside another; `$${...}` stands for itself (org.apache.druid.guice.PropertiesModule and commons-text).
 *
 * @throws Error in words for what is not set, not readable or not known
 */
export function interpolate(value: string, env: Environment, depth = 0): string {
  if (depth > DEPTH_MAX) throw new Error('its variables refer to each other in a circle');
  let result = '';
  for (let at = 0; at < value.length; ) {
    if (value.startsWith('$${', at)) {
      const end = endOfVariable(value, at + 1);
      if (end < 0) return result + value.slice(at);
      result += value.slice(at + 1, end);
      at = end;
    } else if (value.startsWith('${', at)) {
      const end = endOfVariable(value, at);
      if (end < 0) return result + value.slice(at);
      result += lookUp(interpolate(value.slice(at + 2, end - 1), env, depth + 1), env, depth);
      at = end;
    } else {
      result += value[at++];
    }
  }
  return result;
}

/** Behind the brace that closes the variable beginning at `start`; -1 where none does. */
function endOfVariable(value: string, start: number): number {
  let open = 0;
  for (let at = start; at < value.length; at++) {
    if (value.startsWith('${', at)) {
      open++;
      at++;
    } else if (value[at] === '}' && --open === 0) return at + 1;
  }
  return -1;
}

function lookUp(expression: string, env: Environment, depth: number): string {
  const colon = expression.indexOf(':');
  const kind = expression.slice(0, Math.max(colon, 0));
  const [name, byDefault] = splitDefault(expression.slice(colon + 1));
  const found = variable(kind, name, env);
  if (found !== null) return interpolate(found, env, depth + 1);
  if (byDefault !== null) return byDefault;
  const what = kind === 'env' ? 'the environment variable' : 'the system property';
  const hint = kind === 'env' ? '' : `, as outside Java only ${Object.keys(SYSTEM).join(', ')} are`;
  throw new Error(`${what} ${name} is not set${hint}`);
}

function splitDefault(text: string): [string, string | null] {
  const at = text.indexOf(':-');
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 2)];
}

function variable(kind: string, name: string, env: Environment): string | null {
  switch (kind) {
    case 'env':
      return env[name] ?? null;
    case 'sys':
      return SYSTEM[name]?.() ?? null;
    case 'file':
      return fileText(name);
    default:
      throw new Error(`the variable \${${kind}:${name}} is of none of the kinds env, sys and file`);
  }
}

/** `UTF-8:/path` */
function fileText(charsetAndPath: string): string {
  const [charset, ...rest] = charsetAndPath.split(':');
  const path = rest.join(':');
  try {
    return new TextDecoder(charset).decode(readFileSync(path));
  } catch (error) {
    throw new Error(`the file of \${file:${charsetAndPath}} cannot be read: ${(error as Error).message}`);
  }
}
