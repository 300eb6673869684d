import { compileGranularity } from '../time/granularity.ts';
import { intervalText } from '../time/isoText.ts';
import { zoneOf } from '../time/zone.ts';
import type { Granularity, GranularitySpec, Interval } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { asObject, readFields, readType } from './readFields.ts';
import { isPlaceholder, PLACEHOLDER_HINT } from './scalar.ts';
import {
  arbitraryGranularitySpecShape,
  durationGranularityShape,
  GRANULARITY_NAMES,
  granularitySpecUnion,
  granularityUnion,
  periodGranularityShape,
  uniformGranularitySpecShape,
} from './shapes/granularitySpec.ts';
import {
  absentObject,
  describeNode,
  joinPath,
  pathOf,
  quote,
  type SpecNode,
  type SpecObject,
  type Spot,
  spotOf,
} from './specTree.ts';
import { didYouMean } from './suggest.ts';
import { clauseOf, readInstant, readInterval } from './times.ts';

const NONE: Granularity = { type: 'none' };
const ALL: Granularity = { type: 'all' };
const DAY: Granularity = { type: 'named', name: 'DAY' };

/** `granularitySpec`; Druid's defaults where it is absent: whole days, no rounding, rollup, intervals from the data. */
export function readGranularitySpec(log: SpecLog, node: SpecNode | null, dataSchema: SpecObject): GranularitySpec {
  const typed =
    node === null
      ? { type: 'uniform', object: absentObject(dataSchema, 'granularitySpec') }
      : readType(log, node, granularitySpecUnion);
  if (typed === null)
    return { type: 'uniform', segmentGranularity: DAY, queryGranularity: NONE, rollup: true, intervals: null };
  return typed.type === 'arbitrary' ? readArbitrary(log, typed.object) : readUniform(log, typed.object);
}

function readUniform(log: SpecLog, object: SpecObject): GranularitySpec {
  const fields = readFields(log, object, uniformGranularitySpecShape, 'type');
  const segmentGranularity = readOr(log, object, 'segmentGranularity', fields.value.segmentGranularity, DAY);
  const queryGranularity = readOr(log, object, 'queryGranularity', fields.value.queryGranularity, NONE);
  if (segmentGranularity.type === 'none') {
    log.error(
      fields.at('segmentGranularity'),
      'segmentGranularity "none" would make a time chunk of every millisecond',
      null,
      'use "day", "hour" or "all"',
    );
  }
  const segmentMs = roughLength(segmentGranularity);
  const queryMs = roughLength(queryGranularity);
  if (queryGranularity.type !== 'all' && segmentMs !== null && queryMs !== null && queryMs > segmentMs) {
    log.danger(
      fields.at('queryGranularity'),
      'queryGranularity is coarser than segmentGranularity',
      'rows are rounded down to the start of their time chunk at most; make segmentGranularity at least as long',
    );
  }
  const intervals = readIntervals(log, fields.value.intervals, joinPath(pathOf(object), 'intervals'));
  return { type: 'uniform', segmentGranularity, queryGranularity, rollup: fields.value.rollup, intervals };
}

function readArbitrary(log: SpecLog, object: SpecObject): GranularitySpec {
  const fields = readFields(log, object, arbitraryGranularitySpecShape, 'type');
  const queryGranularity = readOr(log, object, 'queryGranularity', fields.value.queryGranularity, NONE);
  const intervals = readIntervals(log, fields.value.intervals, joinPath(pathOf(object), 'intervals'));
  const sorted = [...(intervals ?? [])].sort((a, b) => a.start - b.start || a.end - b.end);
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1] as Interval;
    const after = sorted[i] as Interval;
    if (after.start >= before.end) continue;
    log.error(
      fields.at('intervals'),
      `the intervals ${intervalText(before)} and ${intervalText(after)} overlap`,
      'time chunks that do not overlap',
      'or use "type": "uniform"',
    );
    break;
  }
  // The buckets of an arbitrary spec are its intervals as they stand, which is what granularity "all" does with intervals.
  return { type: 'arbitrary', segmentGranularity: ALL, queryGranularity, rollup: fields.value.rollup, intervals };
}

/** A list of intervals, or a bare text; an empty list is no list, as in Druid. */
function readIntervals(log: SpecLog, node: SpecNode | null, path: string): readonly Interval[] | null {
  if (node === null || node.kind === 'null' || (node.kind === 'array' && node.items.length === 0)) {
    log.use(path, 'defaulted', null, 'no intervals: the time chunks are found from the data');
    return null;
  }
  if (node.kind === 'object') {
    log.error(spotOf(node), 'an object stands where intervals belong', 'a list such as ["2024-01-01/2024-02-01"]');
    return null;
  }
  const intervals: Interval[] = [];
  const texts: string[] = [];
  for (const item of node.kind === 'array' ? node.items : [node]) {
    const interval = readInterval(log, item);
    if (interval === null) continue;
    if (interval.start === interval.end) {
      log.error(spotOf(item), `the interval ${describeNode(item)} covers no time`, null, 'the end is exclusive');
      continue;
    }
    intervals.push(interval);
    texts.push(intervalText(interval));
  }
  log.use(path, 'used', texts, 'rows outside the time chunks of these intervals are thrown away');
  return intervals;
}

function readOr(
  log: SpecLog,
  object: SpecObject,
  name: string,
  node: SpecNode | null,
  fallback: Granularity,
): Granularity {
  if (node !== null) return readGranularity(log, node) ?? fallback;
  const shown = fallback.type === 'named' ? fallback.name : fallback.type.toUpperCase();
  log.use(
    joinPath(pathOf(object), name),
    'defaulted',
    shown,
    uniformGranularitySpecShape.fields.segmentGranularity.why,
  );
  return fallback;
}

/**
 * A granularity as Druid writes it: a name in any case (`"hour"`), or an object of type `period`, `duration`, `all` or `none`.
 * Null after an error.
 */
export function readGranularity(log: SpecLog, node: SpecNode): Granularity | null {
  const granularity = node.kind === 'string' ? readNamed(log, node, node.text) : readObject(log, node);
  if (granularity === null) return null;
  if (!compiles(log, spotOf(node), () => compileGranularity(granularity))) return null;
  if (node.kind === 'string') log.use(pathOf(node), 'used', node.text.toUpperCase(), 'granularity');
  return granularity;
}

/** Whether something can be made ready for the tasks; if not, that is an error at `spot`. */
function compiles(log: SpecLog, spot: Spot, compile: () => unknown): boolean {
  try {
    compile();
    return true;
  } catch (error) {
    log.error(spot, clauseOf(error));
    return false;
  }
}

function readNamed(log: SpecLog, node: SpecNode, text: string): Granularity | null {
  const name = text.toUpperCase();
  if (name === 'NONE') return NONE;
  if (name === 'ALL') return ALL;
  if (GRANULARITY_NAMES.some((known) => known === name)) return { type: 'named', name };
  let hint = isPlaceholder(text) ? PLACEHOLDER_HINT : didYouMean(text, GRANULARITY_NAMES);
  if (/^P\w+$/.test(name)) hint = `write a period as {"type": "period", "period": ${JSON.stringify(text)}}`;
  log.error(spotOf(node), `${quote(text)} is not a granularity`, 'a name such as "hour", or a period object', hint);
  return null;
}

function readObject(log: SpecLog, node: SpecNode): Granularity | null {
  if (asObject(log, node, 'a granularity') === null) return null;
  const typed = readType(log, node, granularityUnion);
  if (typed === null) return null;
  switch (typed.type) {
    case 'all':
      return ALL;
    case 'none':
      return NONE;
    case 'duration': {
      const { value } = readFields(log, typed.object, durationGranularityShape, 'type');
      const origin = value.origin === null ? 0 : readInstant(log, value.origin);
      return value.duration === null || origin === null
        ? null
        : { type: 'duration', durationMs: value.duration, origin };
    }
    default: {
      const fields = readFields(log, typed.object, periodGranularityShape, 'type');
      const { period, timeZone } = fields.value;
      const origin = fields.value.origin === null ? null : readInstant(log, fields.value.origin);
      const good = compiles(log, fields.at('timeZone'), () => zoneOf(timeZone));
      if (period === null || !good) return null;
      const granularity: Granularity = { type: 'period', period, timeZone, origin };
      return compiles(log, fields.at('period'), () => compileGranularity(granularity)) ? granularity : null;
    }
  }
}

const NAMED_MS: Readonly<Record<string, number>> = {
  SECOND: 1000,
  MINUTE: 60_000,
  FIVE_MINUTE: 300_000,
  TEN_MINUTE: 600_000,
  FIFTEEN_MINUTE: 900_000,
  THIRTY_MINUTE: 1_800_000,
  HOUR: 3_600_000,
  SIX_HOUR: 21_600_000,
  EIGHT_HOUR: 28_800_000,
  DAY: 86_400_000,
  WEEK: 604_800_000,
  MONTH: 2_592_000_000,
  QUARTER: 7_776_000_000,
  YEAR: 31_536_000_000,
};

/** Milliseconds, near enough to compare two granularities, or null where that cannot be said. */
function roughLength(granularity: Granularity): number | null {
  switch (granularity.type) {
    case 'named':
      return NAMED_MS[granularity.name] ?? null;
    case 'duration':
      return granularity.durationMs;
    default:
      return null;
  }
}
