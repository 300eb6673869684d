import { type RowCounts, type RowSample, samplePlace, totalRows } from '../../row/rowCounts.ts';
import type { Interval } from '../../spec/jobSpec.ts';
import { intervalText } from '../../time/isoText.ts';
import type { DeadLetterReport } from './deadLetterFile.ts';
import type { MapLetters } from './indexPayload.ts';

/** What a map task had read when it met more bad rows than it may. */
export interface MapProgress extends MapLetters {
  readonly counts: RowCounts;
}

/** More bad rows than the spec's maxParseExceptions allows. Running the task again would not help. */
export class BadRowsError extends Error {
  readonly retryable = false;
  readonly details: {
    readonly samples: readonly RowSample[];
    /** Of a task. */
    readonly task: MapProgress | null;
    /** Of a job. */
    readonly deadLetters: DeadLetterReport | null;
  };

  constructor(
    bad: number,
    allowed: number,
    samples: readonly RowSample[],
    task: MapProgress | null = null,
    deadLetters: DeadLetterReport | null = null,
  ) {
    const shown =
      samples.find((sample) => sample.reason === 'malformed' || sample.reason === 'timestamp') ??
      samples.find((sample) => sample.reason === 'badValue');
    const where = shown === undefined ? '' : ` First seen: ${samplePlace(shown)}: ${shown.message}: ${shown.text}`;
    super(
      `${bad} bad ${bad === 1 ? 'row' : 'rows'}, but tuningConfig.maxParseExceptions allows ${allowed}.${where}\n` +
        'Mend the input, or raise maxParseExceptions: bad rows are then counted and left out.',
    );
    this.name = 'BadRowsError';
    this.details = { samples, task, deadLetters };
  }
}

/** No record of the input became a row. Druid's indexer exits 0 or says "No buckets??" (docs/quirks.md, row 11). */
export class NoDataError extends Error {
  readonly retryable = false;
  readonly details: {
    readonly counts: RowCounts;
    readonly samples: readonly RowSample[];
    readonly deadLetters: DeadLetterReport | null;
  };

  constructor(
    counts: RowCounts,
    intervals: readonly Interval[] | null,
    samples: readonly RowSample[],
    deadLetters: DeadLetterReport | null = null,
  ) {
    const { unparseable, thrownAway } = counts;
    const reasons = [
      [thrownAway.outsideIntervals, 'outside the intervals'],
      [thrownAway.filtered, 'dropped by the filter'],
      [unparseable.malformed, 'malformed'],
      [unparseable.timestamp, 'without a readable timestamp'],
    ] as const;
    const read = totalRows(counts);
    const told = reasons.filter(([count]) => count > 0).map(([count, reason]) => `${count} ${reason}`);
    const wanted =
      intervals === null ? '' : ` The spec wants ${intervals.map((interval) => intervalText(interval)).join(', ')}.`;
    const outside = samples.find((sample) => sample.reason === 'outsideIntervals');
    const example = outside === undefined ? '' : ` The first one outside: ${samplePlace(outside)}: ${outside.text}`;
    super(
      read === 0
        ? 'There is no data to index: the input files hold no records. Check ioConfig.inputSpec.paths.'
        : `There is no data to index: of ${read} ${read === 1 ? 'record' : 'records'}, ${told.join(', ')}.${wanted}${example}`,
    );
    this.name = 'NoDataError';
    this.details = { counts, samples, deadLetters };
  }
}
