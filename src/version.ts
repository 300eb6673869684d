import { readFileSync } from 'node:fs';

/** The version of this program. */
export function programVersion(): string {
  // One folder up in the sources as in what is built of them.
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
