import { randomBytes } from 'node:crypto';
import type { CachedFile } from '../archives/ArchiveCache.ts';
import type { ApplicationTokens } from './applicationTokens.ts';
import { JVM_OPTIONS } from './mapReduceProperties.ts';

/** What the ResourceManager is told of an application. */
export interface SubmissionOptions {
  readonly applicationId: string;
  readonly name: string;
  readonly queue: string;
  readonly priority: number | null;
  readonly tags: readonly string[];
  /** Node label expression, or null. */
  readonly nodeLabel: string | null;
  readonly jobXml: CachedFile;
  /** Of the application master, MiB. */
  readonly masterMemory: number;
  /** The cluster's `yarn.application.classpath`. */
  readonly classPath: string;
  /** More variables of the application master, `NAME=value,...` (`yarn.app.mapreduce.am.env`). */
  readonly environment: string;
  /** Null on a cluster without Kerberos. */
  readonly tokens: ApplicationTokens | null;
}

const LOGS = '<LOG_DIR>';
/** Java 17 keeps from Hadoop's libraries what they need; Java 8 does not know the variable. */
const ADD_OPENS = '--add-opens=java.base/java.lang=ALL-UNNAMED';
/** Share of the application master's container that its heap gets. */
const HEAP_SHARE = 0.75;

/** The document of `POST /ws/v1/cluster/apps` for a MapReduce application master. */
export function submission(options: SubmissionOptions): unknown {
  const { applicationId, name, queue, priority, tags, nodeLabel, jobXml, masterMemory, classPath, tokens } = options;
  const entries = classPath.split(',').map((path) => path.trim());
  const environment = {
    CLASSPATH: ['{{PWD}}', ...entries].join('<CPS>'),
    SHELL: '/bin/bash',
    JDK_JAVA_OPTIONS: ADD_OPENS,
    ...variables(options.environment),
  };
  return {
    'application-id': applicationId,
    'application-name': name,
    'application-type': 'MAPREDUCE',
    queue,
    ...(priority === null ? {} : { priority }),
    'max-app-attempts': 2,
    'unmanaged-AM': false,
    'keep-containers-across-application-attempts': false,
    ...cancellation(tokens),
    resource: { memory: masterMemory, vCores: 1 },
    // A text with commas is taken, and gives no tags.
    ...(tags.length === 0 ? {} : { 'application-tags': { tag: tags } }),
    ...(nodeLabel === null
      ? {}
      : { 'app-node-label-expression': nodeLabel, 'am-container-node-label-expression': nodeLabel }),
    'am-container-spec': {
      'local-resources': { entry: [{ key: 'job.xml', value: resource(jobXml) }] },
      commands: { command: masterCommand(masterMemory) },
      environment: { entry: Object.entries(environment).map(([key, value]) => ({ key, value })) },
      // Without a secret of its own a restarted application master runs finished maps again.
      credentials: {
        ...credentials(tokens),
        secrets: { entry: [{ key: 'MapReduceShuffleToken', value: randomBytes(16).toString('base64url') }] },
      },
    },
  };
}

/** Tokens as part of `credentials`. */
export function credentials(tokens: ApplicationTokens | null): object {
  if (tokens === null) return {};
  return { tokens: { entry: Object.entries(tokens.tokens).map(([key, value]) => ({ key, value })) } };
}

/** Whether the ResourceManager ends the tokens with the application: a part of its document. */
export function cancellation(tokens: ApplicationTokens | null): object {
  return tokens === null ? {} : { 'cancel-tokens-when-complete': tokens.cancelAtEnd };
}

/** A file that YARN brings to a container; the length and time must be those of the file. */
export function resource(
  { path, length, modificationMs }: CachedFile,
  type: 'FILE' | 'ARCHIVE' = 'FILE',
  visibility: 'APPLICATION' | 'PUBLIC' = 'APPLICATION',
): unknown {
  return { resource: path, type, visibility, size: length, timestamp: modificationMs };
}

/** As org.apache.hadoop.yarn.util.Apps.setEnvFromInputString reads them. */
function variables(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
    }),
  );
}

function masterCommand(memory: number): string {
  return [
    '{{JAVA_HOME}}/bin/java -Djava.io.tmpdir={{PWD}}/tmp -Dlog4j.configuration=container-log4j.properties',
    `-Dyarn.app.container.log.dir=${LOGS} -Dyarn.app.container.log.filesize=0`,
    '-Dhadoop.root.logger=INFO,CLA -Dhadoop.root.logfile=syslog',
    `-Xmx${Math.floor(memory * HEAP_SHARE)}m ${JVM_OPTIONS} org.apache.hadoop.mapreduce.v2.app.MRAppMaster`,
    `1>${LOGS}/stdout 2>${LOGS}/stderr`,
  ].join(' ');
}
