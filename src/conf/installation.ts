import { join } from 'node:path';
import type { MetadataUpdateSpec } from '../spec/jobSpec.ts';
import { readDruidConf } from './druidConf.ts';
import type { Properties } from './properties.ts';
import { readSegmillYaml } from './segmillYaml.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What belongs to an installation of Druid and not to a spec. An Overlord knows it when it is handed a task. */
export interface Installation {
  /** @returns the base of deep storage @throws Error in words when it is of a kind that is not built yet, or is not told */
  deepStorage(): string;
  /** The metadata store, or null where none is told. @throws Error in words when what is told is not complete */
  metadata(): MetadataUpdateSpec | null;
  /** Address of the Overlord, or null. */
  overlord(): string | null;
}

/** Druid's own default (LocalDataSegmentPusherConfig). */
const STORAGE_DIRECTORY = '/tmp/druid/localStorage';
/** Names of deep storages that are not built yet, in Druid's configuration. */
const NOT_BUILT: Readonly<Record<string, string>> = {
  s3: 'S3',
  google: 'Google Cloud Storage',
  azure: 'Azure',
};

/**
 * Finds what is known of the installation: from a folder of Druid's configuration where one is given, else from `conf/segmill.yaml`
 * below the current directory.
 *
 * @returns null when there is neither
 * @throws Error in words when a file can't be read or understood
 */
export async function readInstallation(
  druidConf: string | null,
  directory: string,
  env: Environment,
): Promise<Installation | null> {
  if (druidConf !== null) {
    const { common, overlord } = await readDruidConf(druidConf, env);
    return installation(common, () => overlord, env);
  }
  const properties = await readSegmillYaml(join(directory, 'conf', 'segmill.yaml'), env);
  return properties === null ? null : installation(properties, () => properties.get('overlord'), env);
}

function installation(properties: Properties, overlord: () => string | null, env: Environment): Installation {
  return {
    deepStorage: () => deepStorage(properties),
    metadata: () => metadata(properties, env),
    overlord,
  };
}

function deepStorage(properties: Properties): string {
  const type = properties.get('druid.storage.type') ?? 'local';
  const directory = properties.get('druid.storage.storageDirectory');
  if (type === 'local') return directory ?? STORAGE_DIRECTORY;
  if (type === 'hdfs') return hdfsDirectory(directory, properties.file);
  const name = NOT_BUILT[type];
  throw new Error(
    name === undefined
      ? `druid.storage.type in ${properties.file} is "${type}", which is not known here. There are "local" and "hdfs"; ` +
          'ioConfig.segmentOutputPath in the spec says where to instead.'
      : `Deep storage on ${name} (druid.storage.type "${type}" in ${properties.file}) is not built yet. ` +
          'Give a directory in ioConfig.segmentOutputPath of the spec, and move the segments from there.',
  );
}

/** Without scheme and host it lies in Hadoop's default file system. */
function hdfsDirectory(directory: string | null, file: string): string {
  if (directory === null)
    throw new Error(`${file} has druid.storage.type "hdfs", but no druid.storage.storageDirectory.`);
  return directory.startsWith('/') ? `hdfs://${directory}` : directory;
}

function metadata(properties: Properties, env: Environment): MetadataUpdateSpec | null {
  const prefix = 'druid.metadata.storage';
  const type = properties.get(`${prefix}.type`);
  const connectURI = properties.get(`${prefix}.connector.connectURI`);
  if (connectURI === null) {
    if (type === null || type === 'derby') return null;
    throw new Error(`${properties.file} has ${prefix}.type, but no ${prefix}.connector.connectURI.`);
  }
  const password = properties.get(`${prefix}.connector.password`);
  const base = properties.get(`${prefix}.tables.base`) ?? 'druid';
  return {
    type: type ?? 'derby',
    connectURI,
    user: properties.get(`${prefix}.connector.user`),
    password: password === null ? null : provided(password, properties.file, env),
    segmentTable: properties.get(`${prefix}.tables.segments`) ?? `${base}_segments`,
  };
}

/** A password as it stands there, or what one of Druid's password providers gives. The password is in no message. */
function provided(password: string, file: string, env: Environment): string {
  if (!password.startsWith('{')) return password;
  let provider: { type?: unknown; password?: unknown; variable?: unknown };
  try {
    provider = JSON.parse(password);
  } catch {
    return password;
  }
  if (provider.type === 'environment' && typeof provider.variable === 'string') {
    const value = env[provider.variable];
    if (value !== undefined) return value;
    throw new Error(
      `The password in ${file} comes from the environment variable ${provider.variable}, which is not set.`,
    );
  }
  if (typeof provider.password === 'string') return provider.password;
  throw new Error(
    `The password in ${file} is given by a provider that is not known here; there are default and environment.`,
  );
}
