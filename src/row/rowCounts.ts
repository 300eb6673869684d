/** Why a record did not become a row, or became one with nulls; Druid's counters, told apart by reason. */
export type RowReason = 'malformed' | 'timestamp' | 'outsideIntervals' | 'filtered' | 'badValue';

/** Counters of IndexJobCounters, with thrown-away and unparseable rows by reason. */
export interface RowCounts {
  /** Rows indexed without any problem. */
  processed: number;
  /** Rows indexed, though some value was no value of its column's type. */
  processedWithErrors: number;
  /** Records that are no rows at all: malformed, or without a readable time. */
  unparseable: { malformed: number; timestamp: number };
  /** Good rows that the spec does not want. */
  thrownAway: { outsideIntervals: number; filtered: number };
}

/** A record to show for a reason. */
export interface RowSample {
  readonly reason: RowReason;
  readonly path: string;
  /** Number of its line in the file, from 1. */
  readonly line: number;
  /** Byte offset of the record in the file, unpacked for gzip. */
  readonly offset: number;
  readonly message: string;
  /** The record's text, cut to a readable length. */
  readonly text: string;
}

/** Where a record stands, for people: `a.json line 3 (byte 40)`. */
export function samplePlace({ path, line, offset }: Pick<RowSample, 'path' | 'line' | 'offset'>): string {
  return `${path} line ${line} (byte ${offset})`;
}

/** Which of Druid's counters counts a reason. */
export function rowKind(reason: RowReason): 'unparseable' | 'processedWithErrors' | 'thrownAway' {
  switch (reason) {
    case 'malformed':
    case 'timestamp':
      return 'unparseable';
    case 'badValue':
      return 'processedWithErrors';
    case 'outsideIntervals':
    case 'filtered':
      return 'thrownAway';
  }
}

/** Samples shown per reason. */
export const SAMPLES_PER_REASON = 5;

export function newRowCounts(): RowCounts {
  return {
    processed: 0,
    processedWithErrors: 0,
    unparseable: { malformed: 0, timestamp: 0 },
    thrownAway: { outsideIntervals: 0, filtered: 0 },
  };
}

export function addRowCounts(sum: RowCounts, more: RowCounts): void {
  sum.processed += more.processed;
  sum.processedWithErrors += more.processedWithErrors;
  sum.unparseable.malformed += more.unparseable.malformed;
  sum.unparseable.timestamp += more.unparseable.timestamp;
  sum.thrownAway.outsideIntervals += more.thrownAway.outsideIntervals;
  sum.thrownAway.filtered += more.thrownAway.filtered;
}

export function unparseableRows(counts: RowCounts): number {
  return counts.unparseable.malformed + counts.unparseable.timestamp;
}

export function thrownAwayRows(counts: RowCounts): number {
  return counts.thrownAway.outsideIntervals + counts.thrownAway.filtered;
}

/** Rows that count against maxParseExceptions. */
export function badRows(counts: RowCounts): number {
  return unparseableRows(counts) + counts.processedWithErrors;
}

/** Records read: each is counted exactly once. */
export function totalRows(counts: RowCounts): number {
  return counts.processed + counts.processedWithErrors + unparseableRows(counts) + thrownAwayRows(counts);
}
