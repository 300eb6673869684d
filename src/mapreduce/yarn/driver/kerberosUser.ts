import type { HadoopClient } from '../../../hadoop/hadoopClient.ts';
import { hdfsFor } from '../../../storage/storage.ts';

/**
 * With Kerberos, the user that HDFS takes a ticket or token for: the application master looks for its files in a folder of that name.
 * @param path on the HDFS of the job
 * @returns the same client where names are trusted
 * @throws HdfsError without a ticket
 */
export async function asKerberosUser(hadoop: HadoopClient, path: string): Promise<HadoopClient> {
  if (hadoop.conf['hadoop.security.authentication']?.trim() !== 'kerberos') return hadoop;
  const home = await hdfsFor(path, hadoop).homeDirectory();
  return { ...hadoop, user: home.slice(home.lastIndexOf('/') + 1) };
}
