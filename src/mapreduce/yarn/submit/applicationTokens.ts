/** Delegation tokens that an application needs on a cluster with Kerberos, where nothing on a node has a ticket. */

import type { HadoopClient } from '../../../hadoop/hadoopClient.ts';
import { type DelegationToken, parseToken } from '../../../hadoop/tokenFile.ts';
import { hdfsFor } from '../../../storage/storage.ts';
import { parseHdfsUri } from '../../../storage/webhdfs/nameNodes.ts';
import { textString } from './writable.ts';

export interface ApplicationTokens {
  /** By the name that Hadoop's HDFS client looks for. Secrets. */
  readonly tokens: Readonly<Record<string, string>>;
  /** The ResourceManager may end them with the application: they were fetched for it. */
  readonly cancelAtEnd: boolean;
}

/** What Hadoop's own HDFS client, the application master's, wants the token to be of; WebHDFS calls the very same one otherwise. */
const HDFS_KIND = 'HDFS_DELEGATION_TOKEN';

/**
 * Gets a token for each file system. Those that we were given ourselves are passed on.
 *
 * @param paths of HDFS that the application reads and writes
 * @param renewer principal of the ResourceManager, which keeps tokens from expiring
 * @throws Error for file systems that are named by their HTTP address; HdfsError when no token is given
 */
export async function applicationTokens(
  paths: readonly string[],
  hadoop: HadoopClient,
  renewer: string,
): Promise<ApplicationTokens> {
  const systems = new Set(paths.map((path) => hdfsFor(path, hadoop).uriOf('/')));
  const tokens: Record<string, string> = {};
  let cancelAtEnd = true;
  for (const root of systems) {
    const { scheme, authority } = parseHdfsUri(root);
    if (scheme !== 'hdfs') throw new Error(onlyRpc(root));
    const hdfs = hdfsFor(root, hadoop);
    const given = hdfs.token;
    if (given !== undefined) cancelAtEnd = false;
    const token = given ?? parseToken(await hdfs.fetchToken(renewer));
    const isNameService = hadoop.conf[`dfs.ha.namenodes.${authority}`] !== undefined;
    const service = isNameService ? `ha-hdfs:${authority}` : token.service;
    tokens[service] = madeOutTo(token, service);
  }
  return { tokens, cancelAtEnd };
}

/** The same token for Hadoop's HDFS client. Its kind and service stand behind what is secret. */
function madeOutTo({ text, kind, service }: DelegationToken, newService: string): string {
  const bytes = Buffer.from(text, 'base64url');
  const secret = bytes.subarray(0, bytes.length - textString(kind).length - textString(service).length);
  return Buffer.concat([secret, textString(HDFS_KIND), textString(newService)]).toString('base64url');
}

function onlyRpc(root: string): string {
  return (
    `${root} names HDFS by its HTTP address: with --engine yarn and Kerberos the application master wants it as hdfs://. ` +
    'Write hdfs:///path for the file system of fs.defaultFS.'
  );
}
