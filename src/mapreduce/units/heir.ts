import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTEMPTS, type Publication } from '../../publish/publication.ts';
import type { Inherit } from '../../publish/recover.ts';
import { readJobNote } from './jobNote.ts';
import { parkZips, removeUnfinished, type Units, unitsIn } from './Units.ts';

/** How long units wait for their job to be run again, while other jobs of the data source run. */
const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

/**
 * What becomes of runs that failed or were killed, when another one begins: it takes over their units where they are of the same job,
 * zips in deep storage included, and lets alone those of other jobs for some days.
 *
 * @param units of the run that begins; null where it takes over none
 * @param job that the run is of
 */
export function heirOf(units: Units | null, job: string, publication: Publication): Inherit {
  return async (directory, state) => {
    const attempts = join(directory, ATTEMPTS);
    const note = readJobNote(attempts);
    if (note === null) return null;
    if (note.job !== job) {
      if (state.isEnded && note.isKept) return 'kept';
      const isFresh = Date.now() - (await stat(attempts)).mtimeMs < KEPT_DAYS * DAY_MS;
      if (!isFresh || unitsIn(attempts).length === 0) return 'useless';
      removeUnfinished(attempts);
      if (!state.isEnded) parkZips(attempts);
      return 'kept';
    }
    if (units === null) return state.isEnded && note.isKept ? 'kept' : 'useless';
    // Zips that have their final names are not found any more when they are looked for.
    const ownsZips = !state.isEnded && state.replaced === null;
    if (ownsZips) publication.inherit(state.staged);
    units.take(attempts);
    return ownsZips || state.isEnded ? 'taken' : 'useless';
  };
}
