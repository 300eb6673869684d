/** Who we are to Hadoop, and what its configuration says. */

import { userInfo } from 'node:os';
import type { HadoopConf } from './conf/readHadoopConf.ts';
import { type DelegationToken, readTokenFile } from './tokenFile.ts';

/** All that storages and engines need to know of Hadoop. Plain data: it travels to worker threads within payloads. */
export interface HadoopClient {
  readonly conf: HadoopConf;
  /** Whose files we read and write, where Hadoop trusts names (no Kerberos). */
  readonly user: string;
  /** Whom that user acts for (`doas`), or null. */
  readonly proxyUser: string | null;
  /** Secrets: nothing prints them. */
  readonly tokens: readonly DelegationToken[];
}

/**
 * As Hadoop's own clients find it out: HADOOP_USER_NAME or the user of this process, HADOOP_PROXY_USER, and the delegation tokens of the
 * file that HADOOP_TOKEN_FILE_LOCATION names.
 *
 * @throws Error when that file cannot be read
 */
export async function hadoopClient(
  conf: HadoopConf,
  env: Readonly<Record<string, string | undefined>>,
): Promise<HadoopClient> {
  const tokenFile = env.HADOOP_TOKEN_FILE_LOCATION;
  return {
    conf,
    user: env.HADOOP_USER_NAME || userInfo().username,
    proxyUser: env.HADOOP_PROXY_USER || null,
    tokens: tokenFile === undefined || tokenFile === '' ? [] : await readTokenFile(tokenFile),
  };
}
