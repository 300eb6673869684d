import type { CachedFile } from '../archives/ArchiveCache.ts';
import { TASK_MAIN } from '../archives/programFiles.ts';
import { urlEncoded } from './jobXml.ts';
import { nodeHeap, SORT_MB_DEFAULT, type TaskMemory } from './taskMemory.ts';

/** A MapReduce job of Hadoop Streaming whose tasks are Node processes. */
export interface StreamingJob {
  readonly name: string;
  readonly user: string;
  readonly queue: string;
  /** With scheme and authority: where the application master finds job.split, and what it deletes in the end. */
  readonly stagingRoot: string;
  readonly jobDirectory: string;
  readonly maps: number;
  /** 0: there is no shuffle. */
  readonly reduces: number;
  readonly memory: { readonly map: TaskMemory; readonly reduce: TaskMemory };
  /** Archives and files that tasks find under a name in their directory. */
  readonly archives: readonly (CachedFile & { readonly link: string; readonly isPublic: boolean })[];
  readonly files: readonly (CachedFile & { readonly link: string })[];
  /** Hadoop Streaming's jar on HDFS; null where nodes have it. */
  readonly streamingJar: CachedFile | null;
  /** What the spec sets; cannot touch the rest. */
  readonly properties: Readonly<Record<string, string>>;
  /** Where the history server looks for finished jobs. */
  readonly historyDirectory: string;
}

const STREAMING = 'org.apache.hadoop.streaming';
const BYTES = 'org.apache.hadoop.io.BytesWritable';
/** Names of archives in the directory of a task. */
export const RUNTIME_LINK = 'rt';
export const PROGRAM_LINK = 'app';
/** Hadoop's JVMs live for seconds and move blocks: to compile their code well takes longer than it saves. */
export const JVM_OPTIONS = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
/** Tells a task where its plan lies; a file in its directory. */
export const PLAN_LINK = 'plan.json';
/** Where Hadoop's own distribution has the jar on every node. */
const TOOLS = '$HADOOP_MAPRED_HOME/share/hadoop/tools/lib/*';
/** mapred-default.xml's value of `mapreduce.application.classpath`. */
export const MAPREDUCE_CLASSPATH =
  '$HADOOP_MAPRED_HOME/share/hadoop/mapreduce/*,$HADOOP_MAPRED_HOME/share/hadoop/mapreduce/lib/*';

/** What a spec may set otherwise. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'mapreduce.task.io.sort.mb': String(SORT_MB_DEFAULT),
  // Reducers that start early hold containers which maps need.
  'mapreduce.job.reduce.slowstart.completedmaps': '1.0',
  // The timeout runs while the JVM starts, too.
  'mapreduce.task.timeout': '600000',
};

/** All properties of job.xml; nodes' own site files give the rest. */
export function mapReduceProperties(job: StreamingJob): Record<string, string> {
  const { memory, archives, files, streamingJar, properties } = job;
  const classPath = properties['mapreduce.application.classpath'] ?? MAPREDUCE_CLASSPATH;
  return {
    ...DEFAULTS,
    ...properties,
    'mapreduce.job.name': job.name,
    'mapreduce.job.user.name': job.user,
    'mapreduce.job.queuename': job.queue,
    'mapreduce.framework.name': 'yarn',
    // The application master's web server is for YARN's proxy. Without it the nodes' own filter stands there, which with Kerberos asks for a
    // keytab that no user's process may read.
    'hadoop.http.filter.initializers': 'org.apache.hadoop.yarn.server.webproxy.amfilter.AmFilterInitializer',
    'mapreduce.job.dir': job.jobDirectory,
    'yarn.app.mapreduce.am.staging-dir': job.stagingRoot,
    'mapreduce.jobhistory.intermediate-done-dir': job.historyDirectory,
    'mapreduce.job.maps': String(job.maps),
    'mapreduce.job.reduces': String(job.reduces),
    'mapred.mapper.new-api': 'false',
    'mapred.reducer.new-api': 'false',
    'mapred.input.format.class': 'org.apache.hadoop.mapred.TextInputFormat',
    // Tasks commit what they make themselves.
    'mapred.output.format.class': 'org.apache.hadoop.mapred.lib.NullOutputFormat',
    'mapred.map.runner.class': `${STREAMING}.PipeMapRunner`,
    'mapred.mapper.class': `${STREAMING}.PipeMapper`,
    'mapred.reducer.class': `${STREAMING}.PipeReducer`,
    'mapreduce.map.output.key.class': BYTES,
    'mapreduce.map.output.value.class': BYTES,
    'mapreduce.job.output.key.class': BYTES,
    'mapreduce.job.output.value.class': BYTES,
    'stream.map.input.writer.class': `${STREAMING}.io.TextInputWriter`,
    'stream.map.output.reader.class': `${STREAMING}.io.RawBytesOutputReader`,
    'stream.reduce.input.writer.class': `${STREAMING}.io.RawBytesInputWriter`,
    'stream.reduce.output.reader.class': `${STREAMING}.io.RawBytesOutputReader`,
    'stream.map.streamprocessor': urlEncoded(command('map', memory.map)),
    'stream.reduce.streamprocessor': urlEncoded(command('reduce', memory.reduce)),
    'mapred.partitioner.class': 'org.apache.hadoop.mapred.lib.BinaryPartitioner',
    'mapreduce.partition.binarypartitioner.left.offset': '0',
    'mapreduce.partition.binarypartitioner.right.offset': '2',
    'mapreduce.map.memory.mb': String(memory.map.container),
    'mapreduce.reduce.memory.mb': String(memory.reduce.container),
    'mapreduce.map.java.opts': `-Xmx${memory.map.java}m ${JVM_OPTIONS}`,
    'mapreduce.reduce.java.opts': `-Xmx${memory.reduce.java}m ${JVM_OPTIONS}`,
    ...cacheProperties(
      'archives',
      archives,
      archives.map(({ isPublic }) => isPublic),
    ),
    ...cacheProperties(
      'files',
      files,
      files.map(() => false),
    ),
    ...(streamingJar === null
      ? { 'mapreduce.application.classpath': `${classPath},${TOOLS}` }
      : { 'mapreduce.job.jar': streamingJar.path }),
  };
}

function command(kind: 'map' | 'reduce', memory: TaskMemory): string {
  return `${RUNTIME_LINK}/node --max-old-space-size=${nodeHeap(memory)} ${PROGRAM_LINK}/${TASK_MAIN} ${kind}`;
}

function cacheProperties(
  kind: 'archives' | 'files',
  cached: readonly (CachedFile & { readonly link: string })[],
  isPublic: readonly boolean[],
): Record<string, string> {
  if (cached.length === 0) return {};
  const name = `mapreduce.job.cache.${kind}`;
  return {
    [name]: cached.map(({ path, link }) => `${path}#${link}`).join(','),
    [`${name}.timestamps`]: cached.map(({ modificationMs }) => modificationMs).join(','),
    [`${name}.filesizes`]: cached.map(({ length }) => length).join(','),
    [`${name}.visibilities`]: isPublic.join(','),
  };
}
