import { readFile } from 'node:fs/promises';
import { closestName } from '../spec/suggest.ts';
import { Properties } from './properties.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What may stand at the top of the file. */
const TOP = ['druid', 'overlord'];

/**
 * Reads `conf/segmill.yaml`: Druid's properties, nested or with dots (`druid: {storage: {type: local}}` is `druid.storage.type`), and
 * `overlord`, an address.
 *
 * @returns null when there is no such file
 * @throws Error in words when it can't be read or understood
 */
export async function readSegmillYaml(file: string, env: Environment): Promise<Properties | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${file} cannot be read: ${(error as Error).message}.`);
  }
  // Most have no such file: the package is loaded where there is one.
  const { parse } = await import('yaml');
  let tree: unknown;
  try {
    tree = parse(text);
  } catch (error) {
    throw new Error(`${file} is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (tree === null) return new Properties(file, new Map(), env);
  if (!isMapping(tree))
    throw new Error(`${file} holds no names with values; write, for example, overlord: http://druid:8081`);
  for (const name of Object.keys(tree)) {
    const top = name.split('.')[0];
    if (TOP.includes(top)) continue;
    const near = closestName(top, TOP);
    throw new Error(
      `${file} has ${JSON.stringify(top)}, which is not known; ${near === null ? `there are ${TOP.join(' and ')}` : `did you mean ${near}?`}`,
    );
  }
  const values = new Map<string, string>();
  flatten(tree, '', values);
  return new Properties(file, values, env);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists become JSON, as they are written in properties. */
function flatten(tree: Record<string, unknown>, prefix: string, values: Map<string, string>): void {
  for (const [name, value] of Object.entries(tree)) {
    const path = `${prefix}${name}`;
    if (isMapping(value)) flatten(value, `${path}.`, values);
    else if (value !== null) values.set(path, Array.isArray(value) ? JSON.stringify(value) : String(value));
  }
}
