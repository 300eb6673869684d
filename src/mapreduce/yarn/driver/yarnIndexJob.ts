import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HadoopClient } from '../../../hadoop/hadoopClient.ts';
import { checkUnchanged } from '../../../input/splits/checkUnchanged.ts';
import { directoryRules, listInputFiles } from '../../../input/splits/listInputFiles.ts';
import type { InputSplit } from '../../../input/splits/splits.ts';
import type { JobSpec } from '../../../spec/jobSpec.ts';
import { type FileStatus, hdfsFor, isHdfsPath, storageFor } from '../../../storage/storage.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import { isoText } from '../../../time/isoText.ts';
import { gatherMaps } from '../../index/gatherMaps.ts';
import type { IndexConfig, MapManifest, Quirks } from '../../index/indexPayload.ts';
import { outputPath } from '../../index/indexPublication.ts';
import type { IndexProgress, IndexReport } from '../../index/indexReport.ts';
import { deadLetterPlace } from '../../index/jobDirectory.ts';
import { planMaps } from '../../index/jobInput.ts';
import { rangeOptions } from '../../index/partitioning.ts';
import { planShards } from '../../index/planShards.ts';
import { shardNotes } from '../../index/shardNotes.ts';
import { ResourceManager } from '../client/ResourceManager.ts';
import { yarnAddresses } from '../client/yarnAddresses.ts';
import type { MadeSegment, ReduceUnit } from '../task/plan.ts';
import { findShards } from './findShards.ts';
import { directoryOf, type JobState, jobFolder, readState, writeState } from './JobState.ts';
import { PassRunner } from './PassRunner.ts';
import { storeSegments } from './storeSegments.ts';
import { YarnCluster, type YarnOptions } from './YarnCluster.ts';

export interface YarnIndexOptions extends YarnOptions {
  readonly quirks: Quirks;
  /** A file of this machine for records that could not be indexed, or null. */
  readonly deadLetters?: string | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Sentences for people while the job runs. */
  readonly onMessage?: (message: string) => void;
}

/**
 * Runs an indexing job on a Hadoop cluster. A driver that died is taken over from: the same job, started again, goes on where it was.
 *
 * @throws NoDataError, BadRowsError, TaskError and errors in words; the signal's reason when aborted. Then no application runs any more,
 *   and nothing is left on HDFS that was not there before.
 */
export async function runYarnIndexJob(job: JobSpec, options: YarnIndexOptions): Promise<IndexReport> {
  const { hadoop, quirks } = options;
  checkIsBuilt(job);
  checkOnHdfs(job);
  if (quirks === 'druid' && rangeOptions({ job, quirks }) !== null) throw new Error(NO_DRUID_RANGES);
  const output = outputPath(job, hadoop);
  const base = job.tuning.workingPath ?? `hdfs:///tmp/segmill-${hadoop.user}`;
  const hdfs = hdfsFor(base, hadoop);
  const root = hdfs.uriOf(base);
  if (!output.startsWith(hdfs.uriOf('/'))) throw new Error(otherHdfs(root, output));
  const manager = new ResourceManager(yarnAddresses(hadoop.conf), hadoop.user);
  const cluster = new YarnCluster(hdfs, manager, options, `${root}/cache`, job.tuning.jobProperties);
  for (const note of cluster.notes) options.onMessage?.(note);
  const directory = `${root}/${job.dataSource}/${jobFolder(job, quirks)}`;
  const files = await listInputFiles(job.input.paths, directoryRules(job.tuning.jobProperties), (path) =>
    storageFor(path, hadoop),
  );
  const state = await takeOver(hdfs, manager, directory, files, { job, quirks, submission: submissionOf(options) });
  const passes = new PassRunner({ hdfs, manager, cluster, directory, state, options });
  let finished = false;
  try {
    const report = await runPasses(state, { ...options, cluster, hdfs, passes, output, directory });
    finished = true;
    return report;
  } finally {
    const { leaveIntermediate, cleanupOnFailure } = job.tuning;
    // A driver that could not reach the cluster leaves the job to the next one.
    if (!passes.mayRun && !leaveIntermediate && (finished || cleanupOnFailure)) {
      await hdfs.remove(directory, { recursive: true });
    }
  }
}

/**
 * Finds the job that an application belongs to, for another driver to take over.
 * @throws Error where there is none, or no longer
 */
export async function findYarnJob(
  applicationId: string,
  hadoop: HadoopClient,
): Promise<Pick<JobState, 'job' | 'quirks' | 'submission'>> {
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

interface PassesOptions extends YarnIndexOptions {
  readonly cluster: YarnCluster;
  readonly hdfs: WebHdfsStorage;
  readonly passes: PassRunner;
  readonly output: string;
  readonly directory: string;
}

async function runPasses(state: JobState, options: PassesOptions): Promise<IndexReport> {
  const { job, version, files } = state;
  const { hadoop, quirks, passes, output, cluster } = options;
  const started = performance.now();
  const config: IndexConfig = { job, quirks, hadoop };
  const splits: InputSplit[] = planMaps(files, quirks);
  const place = deadLetterPlace(job, version, options.deadLetters ?? null);
  mkdirSync(dirname(place.path), { recursive: true });
  const shards = await findShards(config, splits, passes, place);
  const determined = performance.now();
  const units = await passes.run('index', {
    config,
    pass: shards.pass,
    splits,
    reducers: shards.reducers,
    chunks: shards.chunks,
  });
  const maps = units.maps as MapManifest[];
  const { counts, samples, deadLetters } = await gatherMaps(maps, config, place);
  await checkUnchanged(files, (path) => storageFor(path, hadoop));
  const planned = planShards(
    maps.flatMap(({ runs }) => runs),
    shards.planOf,
    quirks === 'druid',
  );
  const merged = performance.now();
  const made = (units.reduces as ReduceUnit[]).flatMap(({ segments }): readonly MadeSegment[] => segments);
  options.onProgress?.({ phase: 'store', bytes: 0, bytesTotal: 0, rows: 0, tasksDone: 0, tasksTotal: made.length });
  options.signal.throwIfAborted();
  const segments = await storeSegments({ config, version, output, shards: planned, made });
  const stored = performance.now();
  return {
    dataSource: job.dataSource,
    version,
    inputFiles: files.length,
    inputBytes: files.reduce((sum, file) => sum + file.length, 0),
    counts,
    samples,
    deadLetters,
    rowsStored: segments.reduce((sum, segment) => sum + segment.rows, 0),
    segments,
    segmentOutputPath: output,
    publication: null,
    seconds: {
      read: passes.mapSeconds,
      determine: (determined - started) / 1000,
      merge: (merged - determined) / 1000 - passes.mapSeconds,
      store: (stored - merged) / 1000,
      total: (stored - started) / 1000,
    },
    workers: splits.length,
    notes: [...cluster.notes, ...shardNotes(planned, config)],
  };
}

/** What an earlier driver of the same job left, where that still holds; else a new job. */
async function takeOver(
  hdfs: WebHdfsStorage,
  manager: ResourceManager,
  directory: string,
  files: readonly FileStatus[],
  fresh: Pick<JobState, 'job' | 'quirks' | 'submission'>,
): Promise<JobState> {
  const left = await readState(hdfs, directory);
  if (left !== null && JSON.stringify(left.files) === JSON.stringify(files)) return left;
  if (left !== null) {
    // The input is another one now.
    for (const id of Object.values(left.applications)) await manager.kill(id);
    await hdfs.remove(directory, { recursive: true });
  }
  const version = fresh.job.tuning.version ?? isoText(Date.now());
  const state: JobState = { ...fresh, version, files, applications: {} };
  await hdfs.mkdirs(directory);
  await writeState(hdfs, directory, state);
  return state;
}

/** @throws Error for what only the local engine does */
function checkIsBuilt({ dimensions, metadataUpdate, dropExisting }: JobSpec): void {
  if (dimensions.discover) throw new Error(NO_DISCOVERY);
  if (metadataUpdate !== null || dropExisting) throw new Error(NO_PUBLISHING);
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

const NO_DISCOVERY =
  'The spec lists no dimensions, or asks for all by includeAllDimensions: with --engine yarn they are not found in the data. ' +
  'List them in dimensionsSpec.dimensions, or leave out --engine yarn.';

const NO_PUBLISHING =
  'With --engine yarn segments are stored and told to nobody: neither a metadata store nor dropExisting works with it. ' +
  'Leave out metadataUpdateSpec and dropExisting, or --engine yarn.';

const NO_DRUID_RANGES =
  '--quirks druid with single_dim or range partitioning runs on one machine only: it depends on the order of all group keys. ' +
  'Leave out --quirks druid, or --engine yarn.';
