import { type HadoopConf, readHadoopConf } from '../hadoop/conf/readHadoopConf.ts';
import { type HadoopClient, hadoopClient } from '../hadoop/hadoopClient.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import { isHdfsPath } from '../storage/storage.ts';
import type { Io } from './io.ts';
import { UsageError } from './usageError.ts';

/**
 * How a job reaches HDFS: by `--hadoop-conf`, else by HADOOP_CONF_DIR, and by its own jobProperties.
 *
 * @param directory of `--hadoop-conf`, or null
 * @returns undefined for a job that has nothing to do with HDFS: its HADOOP_CONF_DIR is not even looked at
 * @throws UsageError when the configuration cannot be read
 */
export async function hadoopOf(
  job: JobSpec,
  directory: string | null,
  env: Io['env'],
): Promise<HadoopClient | undefined> {
  const paths = [...job.input.paths, job.segmentOutputPath ?? ''];
  if (directory === null && !paths.some(isHdfsPath)) return undefined;
  return read(directory ?? (env.HADOOP_CONF_DIR || null), job.tuning.jobProperties, env);
}

/**
 * How segments of a deep storage are reached.
 * @param base of deep storage
 * @returns undefined where it is not in HDFS
 * @throws UsageError when the configuration cannot be read
 */
export async function hadoopAt(
  base: string,
  directory: string | undefined,
  env: Io['env'],
): Promise<HadoopClient | undefined> {
  return isHdfsPath(base) ? read(directory ?? (env.HADOOP_CONF_DIR || null), {}, env) : undefined;
}

/**
 * How a job reaches the cluster that it runs on.
 * @param job whose jobProperties count, or null
 * @throws UsageError when the configuration cannot be read, or there is none
 */
export async function clusterOf(
  directory: string | null,
  env: Io['env'],
  job: JobSpec | null = null,
): Promise<HadoopClient> {
  const folder = directory ?? (env.HADOOP_CONF_DIR || null);
  if (folder === null) {
    throw new UsageError(
      "the cluster is unknown: name the folder of Hadoop's site files by --hadoop-conf or HADOOP_CONF_DIR",
    );
  }
  return read(folder, job?.tuning.jobProperties ?? {}, env);
}

async function read(directory: string | null, jobProperties: HadoopConf, env: Io['env']): Promise<HadoopClient> {
  try {
    return await hadoopClient(await readHadoopConf({ directory, jobProperties, env }), env);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
