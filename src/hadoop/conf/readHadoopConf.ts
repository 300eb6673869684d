/** The configuration of a Hadoop client: the site files of a directory, as plain data. */

import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expandVariables } from './expandVariables.ts';
import { readSiteXml } from './siteXml.ts';

/** Properties by name, variables expanded. Plain data: it travels to worker threads and to other machines. */
export type HadoopConf = Readonly<Record<string, string>>;

/** In the order in which Hadoop's clients load them. */
const SITE_FILES = ['core-site.xml', 'hdfs-site.xml', 'mapred-site.xml', 'yarn-site.xml'];

/** Old names that site files still have (org.apache.hadoop.conf.Configuration.addDeprecations). */
const RENAMED: Readonly<Record<string, string>> = {
  'fs.default.name': 'fs.defaultFS',
  'dfs.http.address': 'dfs.namenode.http-address',
  'dfs.https.address': 'dfs.namenode.https-address',
  'dfs.federation.nameservices': 'dfs.nameservices',
  'dfs.socket.timeout': 'dfs.client.socket-timeout',
};

export interface ConfSources {
  /** Folder of the site files, or null for none. */
  readonly directory: string | null;
  /** Override all files, final ones too: what a job sets itself (`jobProperties`). */
  readonly jobProperties?: HadoopConf;
  /** For `${env.NAME}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the site files of a directory; those that are missing count as empty.
 * @throws Error when the directory holds none of them, or for one that cannot be read
 */
export async function readHadoopConf({ directory, jobProperties = {}, env }: ConfSources): Promise<HadoopConf> {
  const raw = new Map<string, string>();
  if (directory !== null) await readSiteFiles(directory, raw);
  for (const [name, value] of Object.entries(jobProperties)) raw.set(RENAMED[name] ?? name, value);
  const sources = { properties: raw, env, system: systemProperties() };
  return Object.fromEntries([...raw].map(([name, value]) => [name, expandVariables(name, value, sources)]));
}

async function readSiteFiles(directory: string, raw: Map<string, string>): Promise<void> {
  const finals = new Set<string>();
  let found = 0;
  for (const file of SITE_FILES) {
    try {
      for (const property of await readSiteXml(join(directory, file))) {
        const name = RENAMED[property.name] ?? property.name;
        if (finals.has(name)) continue;
        raw.set(name, property.value);
        if (property.isFinal) finals.add(name);
      }
      found++;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  if (found > 0) return;
  throw new Error(
    `The Hadoop configuration directory ${directory} holds none of ${SITE_FILES.join(', ')}. ` +
      'Name the right one by --hadoop-conf or HADOOP_CONF_DIR: often it is /etc/hadoop/conf.',
  );
}

/** What Java would know under these names. */
function systemProperties(): Record<string, string> {
  const { username, homedir } = userInfo();
  return { 'user.name': username, 'user.home': homedir, 'java.io.tmpdir': tmpdir() };
}
