import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether this is the source, as in tests, or the built program. */
export const IS_SOURCE = import.meta.url.endsWith('.ts');

/** The folder of this program's package.json. The build moves modules together, so what lies beside code is found from here. */
export const PROGRAM_ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error('The package.json of segmill is missing: the program is not whole. Install it again.');
  return rootAbove(parent);
}
