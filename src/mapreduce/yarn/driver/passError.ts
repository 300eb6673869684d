import type { Task } from '../../job.ts';
import { TaskError } from '../../local/TaskError.ts';
import type { Application } from '../client/ResourceManager.ts';
import type { FailedAttempt } from './taskFailures.ts';

/** What a pass failed of, in words; tasks are named as `labelOf` names them. */
export function passError(
  application: Pick<Application, 'id' | 'state' | 'diagnostics'> | null,
  failures: readonly FailedAttempt[],
  labelOf: (kind: 'map' | 'reduce', number: number) => string,
): Error {
  const task = failedTask(application);
  const itsOwn = failures.filter(({ id }) => task !== null && taskOf(id) === task);
  const asked = itsOwn.length > 0 ? itsOwn : failures;
  const last = asked.findLast(({ error }) => error !== null) ?? asked.at(-1);
  if (last !== undefined) return attemptError(last, failures, labelOf);
  const id = application?.id ?? 'unknown';
  if (application === null) {
    return new Error('The ResourceManager no longer knows the application, and tasks are missing. Run the job again.');
  }
  const said = application.diagnostics.trim().split('\n').slice(0, 12).join('\n');
  const hint = hintOf(said);
  if (application.state === 'KILLED') {
    return new Error(
      `The application ${id} was killed on the cluster${said === '' ? '' : `: ${said}`}. Nothing was published.`,
    );
  }
  return new Error(`The application ${id} failed${said === '' ? ' and does not say why' : `: ${said}`}${hint}`);
}

/** The task that a job failed for, without its kind of id: `1700000000000_0001_m_000003`; null where it is not told. */
export function failedTask(application: Pick<Application, 'diagnostics'> | null): string | null {
  return /Task failed task_(\d+_\d+_[mr]_\d+)/.exec(application?.diagnostics ?? '')?.[1] ?? null;
}

function taskOf(attempt: string): string {
  return attempt.replace(/^attempt_|_\d+$/g, '');
}

function attemptError(
  failed: FailedAttempt,
  failures: readonly FailedAttempt[],
  labelOf: (kind: 'map' | 'reduce', number: number) => string,
): Error {
  const [, kind, number] = /_([mr])_(\d+)_\d+$/.exec(failed.id) ?? [null, 'm', '0'];
  const label = labelOf(kind === 'r' ? 'reduce' : 'map', Number(number));
  const task: Task = { kind: 'mapIndex', id: failed.id, label, payload: null };
  const attempts = Math.max(1, failures.filter(({ id }) => taskOf(id) === taskOf(failed.id)).length);
  if (failed.error !== null) return new TaskError(task, failed.error, attempts);
  const stderr = failed.stderr === '' ? '' : `\nIts last words:\n${failed.stderr}`;
  const said = failed.diagnostics
    .split('\n')
    // Where in Hadoop it was noticed says nothing.
    .filter((line) => !/^\s+at |^\s*\.\.\. \d+ more/.test(line))
    .slice(0, 4)
    .join('\n');
  return new Error(
    `Task ${label} failed ${attempts === 1 ? 'once' : `${attempts} times`} (${failed.id}): ${said}${hintOf(failed.diagnostics + failed.stderr)}${stderr}`,
  );
}

/** What can be done about what Hadoop says. */
export function hintOf(text: string): string {
  for (const [pattern, hint] of HINTS) if (pattern.test(text)) return `\n${hint}`;
  return '';
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /GLIBC_|GLIBCXX_|libstdc\+\+\.so/,
    "The nodes' system is older than this Node binary wants. Name one that runs there by --node-runtime: builds for glibc 2.17 exist.",
  ],
  [
    /running beyond virtual memory|beyond the 'VIRTUAL' memory/i,
    'Node reserves much more memory than it uses. Have yarn.nodemanager.vmem-check-enabled set to false on the nodes.',
  ],
  [
    /running beyond physical memory|beyond the 'PHYSICAL' memory|code 137/i,
    'The container may be too small: raise mapreduce.map.memory.mb or mapreduce.reduce.memory.mb in tuningConfig.jobProperties.',
  ],
  [
    /ClassNotFoundException: \S*\.streaming\.|Class \S*\.streaming\.\S+ not found/,
    "The nodes do not have Hadoop Streaming's jar. Name it by --streaming-jar: it is share/hadoop/tools/lib/hadoop-streaming-*.jar of a Hadoop distribution.",
  ],
  [
    /MRAppMaster/,
    'The application master did not find its classes. Add mapreduce.application.classpath and yarn.app.mapreduce.am.env ' +
      '(HADOOP_MAPRED_HOME=...) to mapred-site.xml of the client.',
  ],
  [
    /time(?:d|s)? ?stamps? .*(changed|expected)|changed on src filesystem/i,
    'A file changed on HDFS after the job was submitted. Run it again.',
  ],
  [
    /is not allowed to impersonate|User: .* is not allowed/,
    'The cluster refuses the proxy user: hadoop.proxyuser.* in core-site.xml of the ResourceManager decides.',
  ],
  [
    /cannot submit applications to queue|unknown queue|AccessControlException/i,
    'Choose another queue by --queue, or ask for the right to submit to it.',
  ],
];
