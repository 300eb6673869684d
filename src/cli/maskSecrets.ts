import { isSecretName } from '../spec/secrets.ts';

/** A member of a JSON object with a plain value. Quotes may be missing at the end of a text that breaks off. */
const MEMBER = /("((?:[^"\\\r\n]|\\.)*)"\s*:\s*)("(?:[^"\\\r\n]|\\.)*"?|[^\s,{}[\]"]+)/g;
const IN_ADDRESS = /((?:password|secret|token)[^=&;"\s]*=)([^&;"\s]*)|(\w:\/\/)([^/@\s"]+)(?=@)/gi;

/**
 * A spec's text with asterisks in place of passwords and keys, one for each character: lines and columns stay, so that problems can be
 * shown in it. Works on texts that are no proper JSON too.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(MEMBER, (all, start: string, name: string, value: string) =>
      isSecretName(name) && value !== 'null' ? start + masked(value) : all,
    )
    .replace(IN_ADDRESS, (_, name?: string, value?: string, scheme?: string, user?: string) =>
      name === undefined ? `${scheme}${stars(user ?? '')}` : `${name}${stars(value ?? '')}`,
    );
}

function masked(value: string): string {
  if (!value.startsWith('"')) return stars(value);
  const isClosed = value.length > 1 && value.endsWith('"');
  return `"${stars(value.slice(1, isClosed ? -1 : undefined))}${isClosed ? '"' : ''}`;
}

function stars(text: string): string {
  return '*'.repeat(text.length);
}
