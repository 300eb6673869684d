import {
  addRowCounts,
  newRowCounts,
  type RowCounts,
  type RowSample,
  SAMPLES_PER_REASON,
  unparseableRows,
} from '../../row/rowCounts.ts';
import { BadRowsError, NoDataError } from './errors.ts';
import type { IndexConfig, MapManifest } from './indexPayload.ts';

/**
 * What all map tasks together have read.
 *
 * @param maps in split order
 * @throws BadRowsError, NoDataError
 */
export function gatherMaps(
  maps: readonly MapManifest[],
  config: IndexConfig,
): { readonly counts: RowCounts; readonly samples: readonly RowSample[] } {
  const counts = newRowCounts();
  for (const map of maps) addRowCounts(counts, map.counts);
  const samples = firstSamples(maps);
  checkBadRows(counts, samples, config);
  if (counts.processed + counts.processedWithErrors === 0) {
    throw new NoDataError(counts, config.job.granularity.intervals, samples);
  }
  return { counts, samples };
}

function checkBadRows(counts: RowCounts, samples: readonly RowSample[], { job, quirks }: IndexConfig): void {
  const allowed = job.tuning.maxParseExceptions;
  // Druid's indexer counts per map task (docs/quirks.md, row 6).
  if (allowed === null || quirks === 'druid') return;
  const bad = unparseableRows(counts) + counts.processedWithErrors;
  if (bad > allowed) throw new BadRowsError(bad, allowed, samples);
}

/** The first samples of each reason over all splits. */
function firstSamples(maps: readonly MapManifest[]): RowSample[] {
  const seen = new Map<string, number>();
  return maps
    .flatMap((map) => map.samples)
    .filter(({ reason }) => {
      const count = seen.get(reason) ?? 0;
      seen.set(reason, count + 1);
      return count < SAMPLES_PER_REASON;
    });
}
