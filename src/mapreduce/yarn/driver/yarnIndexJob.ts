import type { HadoopClient } from '../../../hadoop/hadoopClient.ts';
import { directoryRules, listInputFiles } from '../../../input/splits/listInputFiles.ts';
import { recover } from '../../../publish/recover.ts';
import type { JobSpec } from '../../../spec/jobSpec.ts';
import { type FileStatus, hdfsFor, isHdfsPath, storageFor } from '../../../storage/storage.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import { checkDropExisting, newVersion, outputPath } from '../../index/indexPublication.ts';
import type { IndexReport } from '../../index/indexReport.ts';
import { jobsFolder } from '../../index/jobDirectory.ts';
import { rangeOptions } from '../../index/partitioning.ts';
import { checkPlan } from '../../index/plan/checkPlan.ts';
import { ResourceManager } from '../client/ResourceManager.ts';
import { yarnAddresses } from '../client/yarnAddresses.ts';
import { directoryOf, type JobState, jobFolder, readState, withoutStore, writeState } from './JobState.ts';
import { asKerberosUser } from './kerberosUser.ts';
import { openPublication } from './openPublication.ts';
import { PassRunner } from './PassRunner.ts';
import { YarnCluster, type YarnOptions } from './YarnCluster.ts';
import { YarnJob } from './YarnJob.ts';
import type { YarnIndexOptions } from './yarnOptions.ts';

/**
 * Runs an indexing job on a Hadoop cluster. A driver that died is taken over from: the same job, started again, goes on where it was.
 *
 * @throws NoDataError, BadRowsError, TaskError and errors in words; the signal's reason when aborted. Then no application runs any more,
 *   and nothing is left on HDFS that was not there before.
 */
export async function runYarnIndexJob(job: JobSpec, options: YarnIndexOptions): Promise<IndexReport> {
  const lost = new AbortController();
  try {
    const signal = AbortSignal.any([options.signal, lost.signal]);
    return await run(job, { ...options, signal }, lost);
  } finally {
    await options.publisher?.close();
  }
}

async function run(job: JobSpec, asked: YarnIndexOptions, lost: AbortController): Promise<IndexReport> {
  const { quirks, plan, store = null, publisher = null } = asked;
  if (asked.hadoop.proxyUser !== null) throw new Error(noProxyUser(asked.hadoop));
  checkIsBuilt(job);
  checkDropExisting(job);
  checkOnHdfs(job);
  if (quirks === 'druid' && rangeOptions({ job, quirks }) !== null) throw new Error(NO_DRUID_RANGES);
  const hadoop = await asKerberosUser(asked.hadoop, job.tuning.workingPath ?? 'hdfs:///');
  const options = { ...asked, hadoop };
  const output = outputPath(job, hadoop);
  const base = job.tuning.workingPath ?? `hdfs:///tmp/segmill-${hadoop.user}`;
  const hdfs = hdfsFor(base, hadoop);
  const root = hdfs.uriOf(base);
  if (!output.startsWith(hdfs.uriOf('/'))) throw new Error(otherHdfs(root, output));
  const manager = new ResourceManager(yarnAddresses(hadoop.conf), hadoop.user);
  const cluster = new YarnCluster(hdfs, manager, options, `${root}/cache`, job.tuning.jobProperties);
  for (const note of cluster.notes) options.onMessage?.(note);
  await store?.check();
  await publisher?.check(job.dataSource, options.signal);
  const files = await listInputFiles(job.input.paths, directoryRules(job.tuning.jobProperties), (path) =>
    storageFor(path, hadoop),
  );
  if (plan !== undefined) checkPlan(plan, { job, quirks, files });
  const folder = jobFolder(job, quirks, plan ?? null);
  const directory = `${root}/${job.dataSource}/${folder}`;
  const state = await takeOver(hdfs, manager, directory, files, async () => ({
    job: withoutStore(job),
    quirks,
    plan: plan ?? null,
    publishesTo: (publisher ?? store)?.name ?? null,
    stage: options.stage ?? false,
    version: job.tuning.version ?? (await newVersion(job, store)),
    submission: submissionOf(options),
    files,
    applications: {},
  }));
  const publication = openPublication(job, folder, state.version, output, { store, publisher, hadoop });
  const passes = new PassRunner({ hdfs, manager, cluster, directory, state, options });
  const { leaveIntermediate, cleanupOnFailure } = job.tuning;
  let finished = false;
  try {
    await recover(jobsFolder(job), { store, hadoop });
    const whole = { ...options, job, cluster, hdfs, passes, publication, output, lost };
    const report = await new YarnJob(state, whole).run();
    finished = true;
    return report;
  } finally {
    const keep = leaveIntermediate || !(finished || cleanupOnFailure);
    await publication.end(keep);
    // A driver that could not reach the cluster leaves the job to the next one.
    if (!passes.mayRun && !keep) await hdfs.remove(directory, { recursive: true });
  }
}

/**
 * Finds the job that an application belongs to, for another driver to take over.
 * @throws Error where there is none, or no longer
 */
export async function findYarnJob(
  applicationId: string,
  hadoop: HadoopClient,
): Promise<Pick<JobState, 'job' | 'quirks' | 'plan' | 'publishesTo' | 'stage' | 'submission'>> {
  if (!/^application_\d+_\d+$/.test(applicationId)) {
    throw new Error(`${applicationId} is no id of an application; it looks like application_1700000000000_0001.`);
  }
  const manager = new ResourceManager(yarnAddresses(hadoop.conf), hadoop.user);
  const application = await manager.application(applicationId);
  if (application === null) throw new Error(`The ResourceManager does not know ${applicationId}.`);
  const directory = directoryOf(application.name);
  if (directory === null) {
    throw new Error(`${applicationId} is "${application.name}" and none of segmill's applications.`);
  }
  const state = await readState(hdfsFor(directory, hadoop), directory);
  if (state !== null) return state;
  throw new Error(`The job of ${applicationId} has ended: its folder ${directory} is gone.`);
}

function submissionOf(options: YarnOptions): JobState['submission'] {
  const { nodeRuntime, streamingJar, queue, priority, tags, nodeLabel } = options;
  return { nodeRuntime, streamingJar, queue, priority, tags, nodeLabel };
}

/** What an earlier driver of the same job left, where that still holds; else a new job. */
async function takeOver(
  hdfs: WebHdfsStorage,
  manager: ResourceManager,
  directory: string,
  files: readonly FileStatus[],
  fresh: () => Promise<JobState>,
): Promise<JobState> {
  const left = await readState(hdfs, directory);
  if (left !== null && JSON.stringify(left.files) === JSON.stringify(files)) return left;
  if (left !== null) {
    // The input is another one now.
    for (const id of Object.values(left.applications)) await manager.kill(id);
    await hdfs.remove(directory, { recursive: true });
  }
  const state = await fresh();
  await hdfs.mkdirs(directory);
  await writeState(hdfs, directory, state);
  return state;
}

/** @throws Error for what only the local engine does */
function checkIsBuilt({ dimensions }: JobSpec): void {
  if (dimensions.discover) throw new Error(NO_DISCOVERY);
}

function checkOnHdfs(job: JobSpec): void {
  const { paths } = job.input;
  const all = [...paths, job.segmentOutputPath ?? 'hdfs:///', job.tuning.workingPath ?? 'hdfs:///'];
  const local = all.filter((path) => !isHdfsPath(path));
  if (local.length === 0) return;
  throw new Error(
    `Tasks on the cluster cannot reach ${local.join(', ')}: with --engine yarn the input, segmentOutputPath and workingPath must be on HDFS. ` +
      'Write hdfs:///path for the file system of fs.defaultFS.',
  );
}

function otherHdfs(root: string, output: string): string {
  return (
    `workingPath is ${root} and segmentOutputPath ${output}: segments are moved from one to the other, so both must be on one file system. ` +
    'Set tuningConfig.workingPath to a folder there.'
  );
}

function noProxyUser({ user, proxyUser }: HadoopClient): string {
  return (
    `HADOOP_PROXY_USER asks ${user} to act for ${proxyUser}: with --engine yarn the user who submits is the one whose files tasks read and ` +
    'write. Unset it, and where the cluster has no Kerberos set HADOOP_USER_NAME to that user.'
  );
}

const NO_DISCOVERY =
  'The spec lists no dimensions, or asks for all by includeAllDimensions: with --engine yarn they are not found in the data. ' +
  'List them in dimensionsSpec.dimensions, or leave out --engine yarn.';

const NO_DRUID_RANGES =
  '--quirks druid with single_dim or range partitioning runs on one machine only: it depends on the order of all group keys. ' +
  'Leave out --quirks druid, or --engine yarn.';
