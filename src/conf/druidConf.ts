import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseProperties } from './javaProperties.ts';
import { Properties } from './properties.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a configuration of Druid keeps what all of its services share. */
const COMMON = ['common.runtime.properties', '_common/common.runtime.properties'];
/** And what its Overlord has of its own. */
const OVERLORD = ['overlord', 'coordinator-overlord', 'master/coordinator-overlord'].map(
  (folder) => `${folder}/runtime.properties`,
);

/** A folder of Druid's configuration, as far as it is read. */
export interface DruidConf {
  readonly common: Properties;
  /** Address of the Overlord; null where the folder doesn't tell it. */
  readonly overlord: string | null;
}

/**
 * Reads Druid's own configuration: `common.runtime.properties` in the folder or in its `_common`, and the `runtime.properties` of an
 * Overlord, or of a Coordinator that is one too, beside it.
 *
 * @throws Error in words when there is none, or it is no file of properties
 */
export async function readDruidConf(folder: string, env: Environment): Promise<DruidConf> {
  const common = await readFirst(folder, COMMON, env);
  if (common === null) {
    throw new Error(
      `There is no common.runtime.properties in ${folder} or in its _common. --druid-conf wants the folder of Druid's configuration, ` +
        'such as conf/druid/cluster.',
    );
  }
  const own = await readFirst(folder, OVERLORD, env);
  return { common, overlord: own === null ? null : overlordAddress(own, common) };
}

async function readFirst(folder: string, names: readonly string[], env: Environment): Promise<Properties | null> {
  for (const name of names) {
    const file = join(folder, name);
    const text = await readIfThere(file);
    if (text === null) continue;
    try {
      return new Properties(file, parseProperties(text), env);
    } catch (error) {
      throw new Error(`${file} is no file of properties: ${(error as Error).message}.`);
    }
  }
  return null;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Error(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

/** Without `druid.host` Druid takes the name of the machine it runs on, which may be another one. */
function overlordAddress(own: Properties, common: Properties): string | null {
  const get = (name: string) => own.get(name) ?? common.get(name);
  const host = get('druid.host');
  const isTls = get('druid.enablePlaintextPort') === 'false';
  const port = isTls ? get('druid.tlsPort') : get('druid.plaintextPort');
  return host === null || port === null ? null : `${isTls ? 'https' : 'http'}://${host}:${port}`;
}
