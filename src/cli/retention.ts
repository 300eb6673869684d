import { addPeriod, parsePeriod } from '../time/period.ts';
import { UTC } from '../time/zone.ts';
import { UsageError } from './usageError.ts';

/** How long superseded segments are kept. */
export interface Retention {
  /** As it was given: `P30D`. */
  readonly text: string;
  /** Goes back by it, in milliseconds of the epoch. */
  readonly since: (now: number) => number;
}

/** @throws UsageError for what is no period of time */
export function readRetention(text: string): Retention {
  const period = parsePeriod(text);
  if (period === null || Object.values(period).some((amount) => amount < 0)) {
    throw new UsageError(
      `option --retention is ${JSON.stringify(text)}, expected an ISO 8601 period such as P30D or PT12H`,
    );
  }
  return { text, since: (now) => addPeriod(period, now, -1, UTC) };
}
