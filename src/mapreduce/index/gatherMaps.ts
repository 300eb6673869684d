import { addRowCounts, badRows, newRowCounts, type RowCounts, type RowSample } from '../../row/rowCounts.ts';
import {
  collectLetters,
  type DeadLetterPlace,
  type DeadLetterReport,
  samplesOfLetters,
  writeDeadLetters,
} from './deadLetterFile.ts';
import { BadRowsError, type MapProgress, NoDataError } from './errors.ts';
import type { IndexConfig, MapLetters, MapManifest } from './indexPayload.ts';

/** What all map tasks of a pass together have read. */
export interface GatheredMaps {
  readonly counts: RowCounts;
  readonly samples: readonly RowSample[];
  readonly deadLetters: DeadLetterReport | null;
}

/**
 * Sums up what map tasks have read, and keeps their bad rows.
 *
 * @param maps in split order
 * @throws BadRowsError, NoDataError
 */
export async function gatherMaps(
  maps: readonly MapManifest[],
  config: IndexConfig,
  place: DeadLetterPlace,
): Promise<GatheredMaps> {
  const { granularity, tuning } = config.job;
  const counts = countsOf(maps);
  const { samples, deadLetters } = await keepLetters(maps, place);
  const allowed = tuning.maxParseExceptions;
  const bad = badRows(counts);
  if (allowed !== null && !countsPerTask(config) && bad > allowed) {
    throw new BadRowsError(bad, allowed, samples, null, deadLetters);
  }
  if (counts.processed + counts.processedWithErrors === 0) {
    throw new NoDataError(counts, granularity.intervals, samples, deadLetters);
  }
  return { counts, samples, deadLetters };
}

/**
 * Tells of the bad rows up to those that a task stopped at, in the order of the input; throws any other error as it is.
 *
 * @param done manifests of the tasks that have ended
 */
export async function refuseBadRows(
  error: unknown,
  done: readonly MapManifest[],
  config: IndexConfig,
  place: DeadLetterPlace,
): Promise<never> {
  const task = badRowsTask(error);
  if (task === null) throw error;
  const before = done
    .filter(({ split }) => split.index < task.split.index)
    .sort((a, b) => a.split.index - b.split.index);
  const { samples, deadLetters } = await keepLetters([...before, task], place);
  const bad = badRows(countsPerTask(config) ? task.counts : countsOf([...before, task]));
  throw new BadRowsError(bad, config.job.tuning.maxParseExceptions ?? 0, samples, null, deadLetters);
}

async function keepLetters(
  tasks: readonly MapLetters[],
  place: DeadLetterPlace,
): Promise<Pick<GatheredMaps, 'samples' | 'deadLetters'>> {
  const letters = collectLetters(tasks);
  const deadLetters = await writeDeadLetters(letters, place);
  return { samples: samplesOfLetters(letters), deadLetters };
}

/** Druid's indexer counts bad rows per map task (docs/quirks.md, row 6). */
export function countsPerTask({ quirks }: IndexConfig): boolean {
  return quirks === 'druid';
}

/** What a task that met too many bad rows had read; null for an error of another kind. */
function badRowsTask(error: unknown): MapProgress | null {
  const { name, details } = error as { name?: unknown; details?: BadRowsError['details'] };
  return name === 'BadRowsError' ? (details?.task ?? null) : null;
}

function countsOf(tasks: readonly { readonly counts: RowCounts }[]): RowCounts {
  const sum = newRowCounts();
  for (const { counts } of tasks) addRowCounts(sum, counts);
  return sum;
}
