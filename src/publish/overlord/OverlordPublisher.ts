import type { Interval, JobSpec } from '../../spec/jobSpec.ts';
import { condense } from '../../time/buckets.ts';
import { intervalText, parseInterval } from '../../time/isoText.ts';
import type { OlderSegment } from '../emptyChunks.ts';
import { type Claim, type ClaimedData, type Publisher, UnknownOutcomeError } from '../publisher.ts';
import type { Credentials } from './credentials.ts';
import { type NoopTask, OverlordClient, OverlordError, type Sleep, sleep } from './overlordClient.ts';
import { TaskLock } from './taskLock.ts';

/** `publish`: the lock is held while segments are published; `job`: from before the input is read. */
export type LockSpan = 'publish' | 'job';

export interface OverlordOptions {
  readonly address: string;
  readonly credentials: Credentials;
  readonly lock: LockSpan;
  readonly sleep?: Sleep;
}

/** Druid's default for batch tasks, so for index_hadoop (Tasks.DEFAULT_BATCH_INDEX_TASK_PRIORITY). */
const PRIORITY = 50;
/** Druid's default for `context.taskLockTimeout`, milliseconds (Tasks.DEFAULT_LOCK_TIMEOUT_MILLIS). */
const LOCK_WAIT_MS = 300_000;

/** A segment as `segmentListUsed` tells of it. */
interface UsedSegment {
  readonly identifier: string;
  readonly interval: string;
  readonly version: string;
  readonly shardSpec: { readonly type: string };
}

/** Segments that queries see at least a part of; or all that are not marked as unused. */
type Visibility = 'ONLY_VISIBLE' | 'INCLUDING_OVERSHADOWED';

/**
 * Publishes through a live Overlord by REST alone: under a lock as Druid's own tasks have it, with the lock's version, in one
 * transaction. As index_hadoop does, it locks one interval from the first time chunk to the last, so that there is one version.
 * `priority` and `taskLockTimeout` of the task's context mean what they mean in Druid.
 */
export class OverlordPublisher implements Publisher {
  readonly name: string;
  readonly begins: Publisher['begins'];
  readonly #client: OverlordClient;
  readonly #sleep: Sleep;
  readonly #priority: number;
  readonly #waitMs: number;
  readonly #explicitVersion: string | null;
  #lock: TaskLock | null = null;

  /** @throws Error in words when the address is none */
  constructor(job: JobSpec, { address, credentials, lock, sleep: sleepFor = sleep }: OverlordOptions) {
    this.#client = new OverlordClient(address, credentials, sleepFor);
    this.name = `the Overlord at ${this.#client.url}`;
    this.begins = lock === 'job' ? 'beforeReading' : 'beforeStoring';
    this.#sleep = sleepFor;
    this.#priority = contextNumber(job, 'priority') ?? PRIORITY;
    this.#waitMs = contextNumber(job, 'taskLockTimeout') ?? LOCK_WAIT_MS;
    this.#explicitVersion = job.tuning.useExplicitVersion ? job.tuning.version : null;
  }

  async check(dataSource: string, signal: AbortSignal): Promise<void> {
    // Whoever may ask for tasks is known to the Overlord; what they may do, only doing shows.
    await this.#client.running(dataSource, signal);
  }

  async begin({ dataSource, chunks }: ClaimedData, signal: AbortSignal): Promise<Claim> {
    const interval = { start: chunks[0].start, end: chunks[chunks.length - 1].end };
    this.#lock = new TaskLock({
      client: this.#client,
      dataSource,
      interval,
      priority: this.#priority,
      waitMs: this.#waitMs,
      sleep: this.#sleep,
    });
    const lockVersion = await this.#lock.acquire(signal);
    const version = this.#explicitVersion ?? lockVersion;
    if (version > lockVersion || (this.#explicitVersion !== null && version === lockVersion)) {
      throw new Error(
        `Nothing was published: tuningConfig.version "${version}" is not lower than the lock's version ${lockVersion}, as ` +
          'useExplicitVersion wants it. Leave both out: the lock gives a version that is newer than all others.',
      );
    }
    await this.#checkNewest(this.#lock, version, { dataSource, chunks }, interval, signal);
    return { version, lost: this.#lock.lost };
  }

  /** Segments below a version that is there already would never be seen. Nobody can add one while the lock is held. */
  async #checkNewest(
    { task }: TaskLock,
    version: string,
    { dataSource, chunks }: ClaimedData,
    interval: Interval,
    signal: AbortSignal,
  ): Promise<void> {
    const used = await this.#used(task, [intervalText(interval)], 'ONLY_VISIBLE', signal);
    const newer = used.find((segment) => segment.version >= version && touchesAny(segment.interval, chunks));
    if (newer === undefined) return;
    throw new Error(
      `Nothing was published: ${dataSource} has version ${newer.version} of ${newer.interval} already, which would hide our version ` +
        `${version}. Somebody published it with a version of their own choosing, or a clock is wrong.`,
    );
  }

  async olderSegments(chunks: readonly Interval[]): Promise<OlderSegment[]> {
    const { task } = this.#lock as TaskLock;
    const used = await this.#used(task, condense(chunks).map(intervalText), 'ONLY_VISIBLE');
    return used.map(({ interval, version, shardSpec }) => ({
      interval: parseInterval(interval),
      version,
      isTombstone: shardSpec.type === 'tombstone',
    }));
  }

  async #used(
    task: NoopTask,
    intervals: readonly string[],
    visibility: Visibility,
    signal?: AbortSignal,
  ): Promise<UsedSegment[]> {
    const { dataSource } = task;
    const action = { type: 'segmentListUsed', dataSource, intervals, visibility };
    return (await this.#client.action(task, action, signal)) as UsedSegment[];
  }

  async publish(segments: readonly unknown[]): Promise<void> {
    const lock = this.#lock as TaskLock;
    lock.lost.throwIfAborted();
    let result: { success: boolean; errorMsg: string | null };
    try {
      const action = { type: 'segmentTransactionalInsert', segments };
      result = (await this.#client.action(lock.task, action)) as typeof result;
    } catch (error) {
      if (!(error instanceof OverlordError)) throw error;
      if (error.message.includes('not covered by locks') || error.message.includes('to inactive Task')) {
        // What the Overlord says is as long as the list of all segments, and says no more.
        throw new Error(
          'Nothing was published: the lock was lost before the segments were inserted; run the job again.',
        );
      }
      if (await this.#isPublished(lock, segments as readonly SegmentId[], error)) return;
      throw new Error('Nothing was published: the Overlord did not insert the segments.', { cause: error });
    }
    if (!result.success) {
      throw new Error(
        `Nothing was published: the Overlord did not insert the segments: ${result.errorMsg ?? 'it does not say why'}.`,
      );
    }
  }

  /** Asks after an answer that was lost, or was an error that may have come after the transaction. */
  async #isPublished({ task }: TaskLock, segments: readonly SegmentId[], error: OverlordError): Promise<boolean> {
    const ids = new Set(segments.map(({ identifier }) => identifier));
    const intervals = [...new Set(segments.map(({ interval }) => interval))];
    let used: UsedSegment[];
    try {
      used = await this.#used(task, intervals, 'INCLUDING_OVERSHADOWED');
    } catch {
      throw new UnknownOutcomeError(
        `The Overlord did not say whether the segments of version ${segments[0].version} of ${task.dataSource} are published; ` +
          'their files are left where they are. When it answers again, look for that version before the job is run again.',
        { cause: error },
      );
    }
    return used.filter(({ identifier }) => ids.has(identifier)).length === ids.size;
  }

  async close(): Promise<void> {
    await this.#lock?.release();
  }
}

interface SegmentId {
  readonly identifier: string;
  readonly interval: string;
  readonly version: string;
}

function touchesAny(interval: string, chunks: readonly Interval[]): boolean {
  const [start, end] = interval.split('/').map((time) => Date.parse(time));
  // Written so that times beyond JavaScript's, as of eternity, touch everything.
  return chunks.some((chunk) => !(chunk.start >= end) && !(start >= chunk.end));
}

/** A number of the task's context, which may be written as text. */
function contextNumber({ context }: JobSpec, name: string): number | null {
  const value = context[name];
  if (typeof value === 'number' && value >= 0) return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null;
}
