/** The longest interval Joda-Time can hold: what segmentGranularity ALL makes. */
const ETERNITY = '-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z';

/** From the start of a longer text to what can be cut off where a time lies on such a boundary. */
const PRECISIONS = [
  { digits: 4, rest: '-01-01T00:00:00.000Z' },
  { digits: 7, rest: '-01T00:00:00.000Z' },
  { digits: 10, rest: 'T00:00:00.000Z' },
  { digits: 13, rest: ':00:00.000Z' },
  { digits: 16, rest: ':00.000Z' },
  { digits: 19, rest: '.000Z' },
  { digits: 24, rest: '' },
] as const;

type Precision = (typeof PRECISIONS)[number];

/**
 * An interval as short as it can be told: `2015`, `2015-09`, `2015-09-12` and `2015-09-12T07` for a whole year, month, day, hour (ISO
 * 8601 in UTC, without the Z); otherwise both ends, at the coarser of the precisions that lose nothing.
 *
 * @param interval `start/end` with milliseconds and Z, as segments have it; other texts come back as they are
 */
export function shortInterval(interval: string): string {
  if (interval === ETERNITY) return 'eternity';
  const [start, end] = interval.split('/');
  const startPrecision = precisionOf(start);
  const endPrecision = precisionOf(end);
  if (startPrecision === null || endPrecision === null) return interval;
  for (const precision of PRECISIONS.slice(0, 4)) {
    if (precision.digits >= startPrecision.digits && nextOf(start, precision) === end)
      return start.slice(0, precision.digits);
  }
  // A month as an end would be read as the whole month: days at least.
  const digits = Math.max(10, startPrecision.digits, endPrecision.digits);
  return `${start.slice(0, digits)}/${end.slice(0, digits)}`;
}

function precisionOf(time: string | undefined): Precision | null {
  if (time === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time)) return null;
  return PRECISIONS.find(({ digits, rest }) => time.slice(digits) === rest) ?? null;
}

/** The start of the next year, month, day or hour. */
function nextOf(time: string, { digits }: Precision): string {
  const date = new Date(time);
  if (digits === 4) date.setUTCFullYear(date.getUTCFullYear() + 1);
  else if (digits === 7) date.setUTCMonth(date.getUTCMonth() + 1);
  else if (digits === 10) date.setUTCDate(date.getUTCDate() + 1);
  else date.setUTCHours(date.getUTCHours() + 1);
  return date.toISOString();
}
