/** Where an indexing job meets deep storage and the metadata store. */

import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { chunksWithOlderData, olderSegments, tombstone } from '../../publish/emptyChunks.ts';
import { deepStorageBase } from '../../publish/layout/segmentPlace.ts';
import type { MetadataStore, PublishedSegment } from '../../publish/metadata/MetadataStore.ts';
import { Publication, type PublicationMeans } from '../../publish/publication.ts';
import { type Publisher, UnknownOutcomeError } from '../../publish/publisher.ts';
import type { Interval, JobSpec } from '../../spec/jobSpec.ts';
import { StorageError, systemErrorText } from '../../storage/local/StorageError.ts';
import { segmentBuckets } from '../../time/buckets.ts';
import { intervalText, isoText, parseInstant } from '../../time/isoText.ts';
import type { IndexOptions } from './indexJob.ts';
import type { PublicationReport, SegmentReport } from './indexReport.ts';
import { newJobDirectory } from './jobDirectory.ts';

/** Base of deep storage. @throws Error where the spec names none */
export function outputPath(job: JobSpec, hadoop?: HadoopClient): string {
  if (job.segmentOutputPath === null) {
    throw new Error(
      "The spec does not say where segments go: an index_hadoop task got that from its Overlord. Name the folder of Druid's " +
        'configuration (--druid-conf DIR), write conf/segmill.yaml, or add ioConfig.segmentOutputPath, for example "/druid/segments".',
    );
  }
  return deepStorageBase(job.segmentOutputPath, hadoop);
}

/** @throws Error where nothing says which time chunks are to be emptied */
export function checkDropExisting({ dropExisting, granularity }: JobSpec): void {
  if (!dropExisting || granularity.intervals !== null) return;
  throw new Error(
    'dropExisting empties the time chunks of granularitySpec.intervals that get no rows, and the spec has no intervals. ' +
      'Give the intervals that the new data replaces.',
  );
}

/** A version for the segments: the time, or, where a clock ran ahead of ours, just after the newest version there is. */
export async function newVersion(job: JobSpec, store: MetadataStore | null): Promise<string> {
  const now = isoText(Date.now());
  const { intervals } = job.granularity;
  if (store === null || intervals === null) return now;
  let newest = '';
  for (const { version } of await store.usedSegments(job.dataSource, intervals)) if (version > newest) newest = version;
  if (newest < now || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(newest)) return now;
  return isoText(parseInstant(newest) + 1);
}

/** @throws Error in words when the working directory can't be made */
export function beginPublication(
  job: JobSpec,
  version: string,
  output: string,
  means: PublicationMeans,
  directory: string = newJobDirectory(job, version),
): Publication {
  try {
    return Publication.begin(directory, { dataSource: job.dataSource, version }, output, means);
  } catch (error) {
    const failure = error instanceof StorageError ? error.cause : error;
    throw new Error(
      `The working directory ${directory} can't be made: ${systemErrorText(failure)} tuningConfig.workingPath says where.`,
    );
  }
}

/** What came of publishing. */
export interface Published {
  readonly report: PublicationReport | null;
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/** A segment whose zip has a temporary name. */
interface MadeZip {
  readonly segment: SegmentReport;
  readonly interval: Interval;
  readonly temporary: string;
}

/** Stores the segments of a job, and publishes them with the tombstones that it wants; or leaves both to `segmill publish`. */
export async function publish(
  publication: Publication,
  job: JobSpec,
  version: string,
  options: Pick<IndexOptions, 'store' | 'publisher' | 'stage'>,
  made: readonly MadeZip[],
): Promise<Published> {
  const { store = null, publisher = null } = options;
  const older = await olderChunks(job, made, store, publisher);
  const tombstones = job.dropExisting ? older.map((chunk) => tombstone(job.dataSource, chunk, version)) : [];
  const kept = job.dropExisting ? [] : older.map(intervalText);
  const request = {
    dataSource: job.dataSource,
    version,
    segments: [...made.map(publishedSegment), ...tombstones],
  };
  const zips = made.map(({ segment: { id, path, zipSha256 }, temporary }) => ({
    segmentId: id,
    temporary,
    final: path,
    sha256: zipSha256,
  }));
  await publication.complete(request, zips);
  if (options.stage) publication.leaveStaged();
  else await publication.publish(request, zips);
  const told = publisher === null ? store : { name: publisher.name, isReadByDruid: true };
  const report: PublicationReport | null =
    told === null
      ? null
      : {
          store: told.name,
          isReadByDruid: told.isReadByDruid,
          status: options.stage ? 'staged' : 'published',
          directory: options.stage ? publication.directory : null,
          tombstones: tombstones.map(({ interval }) => intervalText(interval)),
          keptChunks: kept,
        };
  return { report, notes: notesOf(kept, tombstones.length) };
}

/** The chunks of the spec's intervals that got no rows and show older ones. */
async function olderChunks(
  job: JobSpec,
  made: readonly MadeZip[],
  store: MetadataStore | null,
  publisher: Publisher | null,
): Promise<Interval[]> {
  if (job.granularity.intervals === null) return [];
  const filled = new Set(made.map(({ interval }) => interval.start));
  const empty = segmentBuckets(job.granularity).filter(({ start }) => !filled.has(start));
  if (empty.length === 0) return [];
  if (publisher !== null) return chunksWithOlderData(await publisher.olderSegments(empty), empty);
  return store === null ? [] : chunksWithOlderData(await olderSegments(store, job.dataSource, empty), empty);
}

function publishedSegment({ segment: { id, descriptor }, interval }: MadeZip): PublishedSegment {
  return { id, interval, payload: JSON.stringify(descriptor) };
}

/** Named in a note. */
const CHUNKS_NAMED = 3;

function notesOf(kept: readonly string[], tombstones: number): string[] {
  const notes: string[] = [];
  if (kept.length > 0) {
    const more = kept.length > CHUNKS_NAMED ? `, and ${kept.length - CHUNKS_NAMED} more like it` : '';
    notes.push(
      `No rows for ${kept.slice(0, CHUNKS_NAMED).join(', ')}${more}: the segments that were there before stay visible. ` +
        '--drop-existing would hide them.',
    );
  }
  if (tombstones > 0) {
    notes.push(
      `${tombstones} time ${tombstones === 1 ? 'chunk' : 'chunks'} without rows now ${tombstones === 1 ? 'hides' : 'hide'} older segments.`,
    );
  }
  return notes;
}

/**
 * Takes back what a failed job did to deep storage.
 *
 * @returns what to throw: the error, with what could not be taken back
 */
export async function takeBack(
  publication: Publication,
  store: MetadataStore | null,
  error: unknown,
): Promise<unknown> {
  if (error instanceof UnknownOutcomeError) {
    publication.leaveStored();
    return error;
  }
  try {
    if (await publication.discard()) return error;
    publication.leaveStaged();
  } catch (failure) {
    publication.leaveStored();
    return new AggregateError(
      [error, failure],
      'The job failed, and what it wrote to deep storage could not be taken back, either. Nothing is published. ' +
        'The next run of the job, or segmill clean, removes it.',
    );
  }
  return new Error(
    "Whether the segments are published can't be told, because the metadata store does not answer; they stay where they are. " +
      `When it answers again, run: segmill publish ${publication.directory}${store?.isReadByDruid ? ' --metadata ADDRESS' : ''}`,
    { cause: error },
  );
}
