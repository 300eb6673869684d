/** The database that tells Druid which segments there are: the table `druid_segments` (Druid's IndexerSQLMetadataStorageCoordinator). */

import type { Interval } from '../../spec/jobSpec.ts';

/** A segment as it is published: the columns of its row that are not the same for all. */
export interface PublishedSegment {
  readonly id: string;
  readonly interval: Interval;
  /** The DataSegment as JSON. */
  readonly payload: string;
}

/** Segments that become visible together or not at all. */
export interface PublishRequest {
  readonly dataSource: string;
  /** Of all segments. */
  readonly version: string;
  readonly segments: readonly PublishedSegment[];
}

/** A row of the table that Druid serves from. */
export interface UsedSegment {
  readonly id: string;
  readonly interval: Interval;
  readonly version: string;
}

/** A row of the table, used or not. */
export interface StoredSegment extends UsedSegment {
  readonly used: boolean;
  /** ISO 8601: when `used` changed last; null where the table does not tell. */
  readonly statusUpdated: string | null;
  readonly payload: {
    readonly loadSpec?: { readonly type?: string; readonly path?: unknown };
    readonly shardSpec?: { readonly type?: string };
  };
}

/** What is to be done with segments after a look at all of them. */
export interface Sweep {
  /** Ids of segments that nobody is to see any more; they stay. */
  readonly unused: readonly string[];
  /** Ids of segments whose rows go, as far as they are unused then. */
  readonly removed: readonly string[];
  /** Done when the rows are gone, and before that counts. */
  removeFiles(): Promise<void>;
}

/** The table of segments of one Druid, or of none. Errors are sentences; none of them holds a password. */
export interface MetadataStore {
  /** For people and the journal: which store this is, without secrets. */
  readonly name: string;
  /** False for the embedded store: no Druid reads it. */
  readonly isReadByDruid: boolean;
  /** Looks whether the table is there and can be written to; makes it where that was asked for. @throws MetadataStoreError */
  check(): Promise<void>;
  /** Used segments of a datasource that share time with one of the intervals, in the order of their ids. */
  usedSegments(dataSource: string, intervals: readonly Interval[]): Promise<UsedSegment[]>;
  /** The payloads of those of the ids that are in the table, used or not. */
  payloads(ids: readonly string[]): Promise<Map<string, string>>;
  /**
   * Inserts all segments in one transaction. Those that are there already, with the same payload, stay as they are: publishing twice is
   * publishing once.
   *
   * @returns how many were inserted
   * @throws PublishConflictError when the table has a newer version, or other segments of this version, in these intervals
   */
  publish(request: PublishRequest): Promise<number>;
  /** Looks at all segments of a datasource, and does what is decided, in one transaction; it may be done more than once. */
  sweep(dataSource: string, decide: (all: readonly StoredSegment[]) => Sweep): Promise<void>;
}

/** The store can't be reached, or its table is not one that can be written to. */
export class MetadataStoreError extends Error {
  override readonly name = 'MetadataStoreError';
}

/** What is in the table does not go together with what was to be published. Nothing was published. */
export class PublishConflictError extends Error {
  override readonly name = 'PublishConflictError';
}
