import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HadoopClient } from '../../../hadoop/hadoopClient.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import type { CachedFile } from '../archives/ArchiveCache.ts';
import { ArchiveCache } from '../archives/ArchiveCache.ts';
import { programFiles } from '../archives/programFiles.ts';
import type { ArchiveEntry } from '../archives/tarGz.ts';
import { jobIdOf, type ResourceManager } from '../client/ResourceManager.ts';
import { type ApplicationTokens, applicationTokens } from '../submit/applicationTokens.ts';
import { specProperties } from '../submit/jobProperties.ts';
import { jobXml } from '../submit/jobXml.ts';
import {
  MAPREDUCE_CLASSPATH,
  mapReduceProperties,
  PLAN_LINK,
  PROGRAM_LINK,
  RUNTIME_LINK,
} from '../submit/mapReduceProperties.ts';
import { type HadoopSplit, splitFiles } from '../submit/splitFiles.ts';
import { submission } from '../submit/submission.ts';
import { type TaskMemory, taskMemory } from '../submit/taskMemory.ts';
import type { YarnPlan } from '../task/plan.ts';
import { bytesOf } from './mapSplits.ts';
import { preflight } from './preflight.ts';

/** What the command line says of the cluster. */
export interface YarnOptions {
  readonly hadoop: HadoopClient;
  /** A Node binary for the nodes; by default the one that runs this. */
  readonly nodeRuntime: string | null;
  /** Hadoop Streaming's jar, a local file; null where the nodes have it. */
  readonly streamingJar: string | null;
  readonly queue: string | null;
  readonly priority: number | null;
  readonly tags: readonly string[];
  readonly nodeLabel: string | null;
}

/** A pass to submit. */
export interface PassSubmission {
  readonly applicationId: string;
  readonly name: string;
  readonly plan: YarnPlan;
}

const MASTER_MEMORY_DEFAULT = 1024;
const LINE = 'segmill\n';

/** What tasks get from the cache. */
interface Archives {
  readonly runtime: CachedFile;
  readonly program: CachedFile;
  readonly streamingJar: CachedFile | null;
  readonly isPublic: boolean;
}

/** Brings passes to the cluster: what tasks need as files on HDFS, the job's own files, the submission. */
export class YarnCluster {
  readonly notes: readonly string[];
  readonly memory: { readonly map: TaskMemory; readonly reduce: TaskMemory };
  readonly #hdfs: WebHdfsStorage;
  readonly #manager: ResourceManager;
  readonly #options: YarnOptions;
  readonly #cacheDirectory: string;
  readonly #properties: Readonly<Record<string, string>>;

  /**
   * @param cacheDirectory folder on HDFS for what all jobs share
   * @throws Error for jobProperties that cannot be
   */
  constructor(
    hdfs: WebHdfsStorage,
    manager: ResourceManager,
    options: YarnOptions,
    cacheDirectory: string,
    jobProperties: Readonly<Record<string, string>>,
  ) {
    this.memory = { map: taskMemory('map', jobProperties), reduce: taskMemory('reduce', jobProperties) };
    const { properties, notes } = specProperties(jobProperties, this.memory);
    this.notes = notes;
    this.#properties = properties;
    this.#hdfs = hdfs;
    this.#manager = manager;
    this.#options = options;
    this.#cacheDirectory = cacheDirectory;
  }

  /** Whether nodes can run the Node binary that was named for them; one of this machine's kind is taken to run. */
  async preflight(signal: AbortSignal): Promise<void> {
    const { nodeRuntime, nodeLabel } = this.#options;
    if (nodeRuntime === null) return;
    const cache = new ArchiveCache(this.#hdfs, this.#cacheDirectory);
    const runtime = await cache.archive('node', nodeArchive(nodeRuntime));
    const tokens = await this.#tokens([], await this.#manager.configuration());
    const options = { queue: this.#queue, nodeLabel, runtime, isPublic: await cache.isPublic(), tokens, signal };
    await preflight(this.#manager, options);
  }

  get #queue(): string {
    return this.#options.queue ?? this.#properties['mapreduce.job.queuename'] ?? 'default';
  }

  async submit({ applicationId, name, plan }: PassSubmission): Promise<void> {
    const { hadoop, priority, tags, nodeLabel } = this.#options;
    const { runtime, program, streamingJar, isPublic } = await this.#archives();
    const input = await this.#put(`${plan.directory}/line`, LINE);
    const planFile = await this.#put(`${plan.directory}/${PLAN_LINK}`, JSON.stringify(plan), '600');
    const queue = this.#queue;
    const stagingRoot = `${plan.directory}/staging`;
    const jobDirectory = `${stagingRoot}/${hadoop.user}/.staging/${jobIdOf(applicationId)}`;
    const cluster = await this.#manager.configuration();
    const properties = mapReduceProperties({
      name,
      user: hadoop.user,
      queue,
      stagingRoot,
      jobDirectory,
      maps: plan.mapSplits.length,
      reduces: plan.reducers,
      memory: this.memory,
      archives: [
        { ...runtime, link: RUNTIME_LINK, isPublic },
        { ...program, link: PROGRAM_LINK, isPublic },
      ],
      files: [{ ...planFile, link: PLAN_LINK }],
      streamingJar,
      properties: this.#withConf(nodeLabel),
      historyDirectory: this.#historyDirectory(),
    });
    const { split, meta } = splitFiles(await this.#splits(plan, input.path));
    await this.#put(`${jobDirectory}/job.split`, split);
    await this.#put(`${jobDirectory}/job.splitmetainfo`, meta);
    const jobXmlFile = await this.#put(`${jobDirectory}/job.xml`, jobXml(properties));
    const masterMemory = Number(
      this.#properties['yarn.app.mapreduce.am.resource.mb'] ??
        hadoop.conf['yarn.app.mapreduce.am.resource.mb'] ??
        MASTER_MEMORY_DEFAULT,
    );
    const document = submission({
      applicationId,
      name,
      queue,
      priority,
      tags: ['segmill', ...tags],
      nodeLabel,
      jobXml: jobXmlFile,
      masterMemory,
      classPath: [cluster['yarn.application.classpath'] ?? '$HADOOP_CONF_DIR', mapReduceClassPath(hadoop)].join(','),
      environment: hadoop.conf['yarn.app.mapreduce.am.env'] ?? '',
      tokens: await this.#tokens(
        plan.mapSplits.flat().flatMap(({ inputs }) => inputs.map(({ path }) => path)),
        cluster,
      ),
    });
    await this.#manager.submit(document);
  }

  /** @param inputs paths @param cluster what the ResourceManager runs with @returns null on a cluster without Kerberos */
  async #tokens(
    inputs: readonly string[],
    cluster: Readonly<Record<string, string>>,
  ): Promise<ApplicationTokens | null> {
    if (cluster['hadoop.security.authentication'] !== 'kerberos') return null;
    const principal = cluster['yarn.resourcemanager.principal'].replace('_HOST', this.#manager.host);
    return applicationTokens([this.#hdfs.uriOf('/'), ...inputs], this.#options.hadoop, principal);
  }

  /** Properties of the client's site files that nodes need and may not have, then the spec's. */
  #withConf(nodeLabel: string | null): Record<string, string> {
    const { conf } = this.#options.hadoop;
    const carried = ['mapreduce.map.env', 'mapreduce.reduce.env', 'mapreduce.application.classpath'];
    return {
      ...Object.fromEntries(carried.flatMap((name) => (conf[name] === undefined ? [] : [[name, conf[name]]]))),
      ...(nodeLabel === null ? {} : { 'mapreduce.job.node-label-expression': nodeLabel }),
      ...this.#properties,
    };
  }

  #historyDirectory(): string {
    const { conf } = this.#options.hadoop;
    const staging = conf['yarn.app.mapreduce.am.staging-dir'] ?? '/tmp/hadoop-yarn/staging';
    return conf['mapreduce.jobhistory.intermediate-done-dir'] ?? `${staging}/history/done_intermediate`;
  }

  async #archives(): Promise<Archives> {
    const { nodeRuntime, streamingJar } = this.#options;
    const cache = new ArchiveCache(this.#hdfs, this.#cacheDirectory);
    const runtime = await cache.archive('node', nodeArchive(nodeRuntime ?? process.execPath));
    const program = await cache.archive('segmill', await programFiles());
    const jar = streamingJar === null ? null : await cache.file(streamingJar);
    return { runtime, program, streamingJar: jar, isPublic: await cache.isPublic() };
  }

  /** A task reads its input itself, so Hadoop gets a line of one word for each, and the hosts of the true input. */
  async #splits({ mapSplits }: YarnPlan, line: string): Promise<HadoopSplit[]> {
    const locations = new Map<string, Awaited<ReturnType<WebHdfsStorage['blockLocations']>>>();
    for (const { path } of mapSplits.flat().flatMap(({ inputs }) => inputs)) {
      if (!locations.has(path)) locations.set(path, await this.#hdfs.blockLocations(path));
    }
    return mapSplits.map((splits) => {
      const byHost = new Map<string, number>();
      for (const { path, start, end } of splits.flatMap(({ inputs }) => inputs)) {
        for (const { offset, length, hosts } of locations.get(path) ?? []) {
          const shared = Math.min(end, offset + length) - Math.max(start, offset);
          if (shared > 0) for (const host of hosts) byHost.set(host, (byHost.get(host) ?? 0) + shared);
        }
      }
      const hosts = [...byHost].sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1)).map(([host]) => host);
      return { path: line, start: 0, length: LINE.length, hosts, inputBytes: bytesOf(splits) };
    });
  }

  async #put(path: string, content: string | Buffer, permission = '644'): Promise<CachedFile> {
    await this.#hdfs.mkdirs(path.slice(0, path.lastIndexOf('/')));
    await pipeline(Readable.from([Buffer.from(content)]), await this.#hdfs.createWrite(path));
    await this.#hdfs.setPermission(path, permission);
    return (await this.#hdfs.status(path)) as CachedFile;
  }
}

function nodeArchive(path: string): ArchiveEntry[] {
  return [{ name: 'node', source: { path }, isExecutable: true }];
}

function mapReduceClassPath({ conf }: HadoopClient): string {
  return conf['mapreduce.application.classpath'] ?? MAPREDUCE_CLASSPATH;
}
