import type { Interval } from '../spec/jobSpec.ts';
import type { OlderSegment } from './emptyChunks.ts';

/** What a job wants to write. */
export interface ClaimedData {
  readonly dataSource: string;
  /** Time chunks that get segments, ascending, at least one. */
  readonly chunks: readonly Interval[];
}

/** What a publisher grants a job. */
export interface Claim {
  /** The version that all segments of the job carry. */
  readonly version: string;
  /** Aborted once the claim is lost, with an error for people as the reason: nothing of the job can be published then. */
  readonly lost: AbortSignal;
}

/** Makes a job's segments visible to Druid, all of them or none. Serves one job. */
export interface Publisher {
  /** For people, after "published to": `the Overlord at http://localhost:8081`. */
  readonly name: string;
  /** When `begin` is due: before the input is read, with the time chunks of the spec, or once segments are made, with theirs. */
  readonly begins: 'beforeReading' | 'beforeStoring';
  /**
   * Looks, before any work is done, whether there is someone to publish by.
   * @throws Error in words when there is not
   */
  check(dataSource: string, signal: AbortSignal): Promise<void>;
  /**
   * Gets the version. Called once, before segments have their final names, which hold it.
   * @param signal gives up waiting
   * @throws Error in words when there is none to be had; the signal's reason when aborted
   */
  begin(data: ClaimedData, signal: AbortSignal): Promise<Claim>;
  /**
   * The segments that share time with one of the chunks, and that Druid shows now. Called between `begin` and `publish`.
   * @param chunks ascending and apart, at least one
   */
  olderSegments(chunks: readonly Interval[]): Promise<OlderSegment[]>;
  /**
   * Publishes segments whose files have their final names, in one transaction.
   * @param segments DataSegments as Druid writes them as JSON
   * @throws UnknownOutcomeError when they may be published all the same; any other error says that none is
   */
  publish(segments: readonly unknown[]): Promise<void>;
  /** Gives back what `begin` got, whatever came of it: before, after or without `publish`. Never throws. */
  close(): Promise<void>;
}

/**
 * Gets the version of a job's segments.
 *
 * @param lost is aborted when the claim is, with the same reason
 * @throws what `begin` throws
 */
export async function claimVersion(
  publisher: Publisher,
  data: ClaimedData,
  signal: AbortSignal,
  lost: AbortController,
): Promise<string> {
  const claim = await publisher.begin(data, signal);
  const onLost = () => lost.abort(claim.lost.reason);
  if (claim.lost.aborted) onLost();
  else claim.lost.addEventListener('abort', onLost, { once: true });
  return claim.version;
}

/** Nobody answered whether the segments are published, so their files have to stay. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}
