import { type Field, Literal } from './fields.ts';
import type { Randomness } from './randomness.ts';

/** A way to write the times of a job's records. */
export interface TimeFormat {
  /** `timestampSpec.format`. */
  readonly format: string;
  /** False where several milliseconds are read as one. */
  readonly exact: boolean;
  /** @param ms epoch milliseconds */
  write(ms: number, random: Randomness): Field;
}

const iso = (ms: number) => new Date(ms).toISOString();
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** With an offset, of the same instant. */
const shifted = (ms: number, offset: string, minutes: number) => iso(ms + minutes * 60_000).replace('Z', offset);

export const TIME_FORMATS: readonly TimeFormat[] = [
  {
    format: 'auto',
    exact: true,
    write: (ms, random) => {
      const texts = [iso(ms), iso(ms).replace('T', ' ').slice(0, -1), shifted(ms, '+05:30', 330), ` "${iso(ms)}" `];
      // Digits alone are milliseconds; a text with a sign would be a year.
      return random.pick<Field>([...texts, new Literal(String(ms)), ...(ms < 0 ? [] : [String(ms)])]);
    },
  },
  { format: 'iso', exact: true, write: (ms, random) => random.pick([iso(ms), shifted(ms, '-03:00', -180)]) },
  { format: 'millis', exact: true, write: (ms, random) => random.pick([new Literal(String(ms)), String(ms)]) },
  { format: 'nano', exact: true, write: (ms) => new Literal(`${BigInt(ms) * 1_000_000n}`) },
  { format: 'micro', exact: true, write: (ms) => String(ms * 1000) },
  { format: 'posix', exact: false, write: (ms) => new Literal(String(Math.floor(ms / 1000))) },
  { format: 'ruby', exact: false, write: (ms) => new Literal((ms / 1000).toFixed(3)) },
  { format: "yyyy-MM-dd'T'HH:mm:ss.SSS", exact: true, write: (ms) => iso(ms).slice(0, -1) },
  {
    format: 'dd/MMM/yyyy:HH:mm:ss Z',
    exact: false,
    write: (ms) => {
      const text = iso(ms);
      return `${text.slice(8, 10)}/${MONTHS[Number(text.slice(5, 7)) - 1]}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`;
    },
  },
];

/** A granularity as specs have it, and about how long its buckets are. */
export type SizedGranularity = readonly [granularity: unknown, hours: number];

const period = (text: string, timeZone: string, origin: string | null = null) =>
  ({ type: 'period', period: text, timeZone, origin }) as const;

export const SEGMENT_GRANULARITIES: readonly SizedGranularity[] = [
  ['FIFTEEN_MINUTE', 0.25],
  ['THIRTY_MINUTE', 0.5],
  ['HOUR', 1],
  ['SIX_HOUR', 6],
  ['EIGHT_HOUR', 8],
  ['DAY', 24],
  ['WEEK', 168],
  ['MONTH', 720],
  ['QUARTER', 2184],
  ['YEAR', 8760],
  ['ALL', 40],
  [period('P1D', 'Europe/Berlin'), 24],
  [period('PT5H', 'UTC', '2024-03-30T01:30:00.000Z'), 5],
  [period('P1M', 'America/New_York'), 720],
];

/** From none to all. */
export const QUERY_GRANULARITIES: readonly SizedGranularity[] = [
  ['NONE', 0],
  ['SECOND', 1 / 3600],
  ['MINUTE', 1 / 60],
  ['FIVE_MINUTE', 1 / 12],
  ['TEN_MINUTE', 1 / 6],
  [{ type: 'duration', duration: 1_234_567, origin: '2024-03-30T00:00:01.000Z' }, 0.34],
  [period('PT90M', 'Asia/Kolkata', '2024-03-29T22:00:00.000Z'), 1.5],
  [period('PT12H', 'Europe/Berlin'), 12],
  ...SEGMENT_GRANULARITIES,
];
