/** Which segments newer ones hide (Druid's VersionedIntervalTimeline, for whole versions). */

import type { StoredSegment } from './metadata/MetadataStore.ts';

/** The fields of a shard spec that tell whether all segments of a time chunk are there. */
interface CorePartitions {
  readonly type?: string;
  readonly partitionNum?: number;
  readonly partitions?: number;
  readonly numCorePartitions?: number;
  readonly start?: unknown;
  readonly end?: unknown;
}

/** Segments of one version and interval. */
interface Group {
  readonly start: number;
  readonly end: number;
  readonly version: string;
  readonly members: StoredSegment[];
}

/**
 * Tells of segments whether newer ones hide all of their time. Only groups of which all core partitions are there hide anything; where that
 * can't be told they hide nothing.
 *
 * @param used the segments that hide others
 */
export function visibility(used: readonly StoredSegment[]): (segment: StoredSegment) => boolean {
  const groups = groupsOf(used).filter(({ members }) => isComplete(members.map(shardSpecOf)));
  const bounds = [...new Set(groups.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const newest = newestBySlot(groups, bounds);
  return ({ interval, version }) => {
    const first = slotOf(bounds, interval.start);
    if (first < 0) return false;
    for (let slot = first; slot < bounds.length && bounds[slot] < interval.end; slot++) {
      if (newest[slot] <= version) return false;
    }
    return true;
  };
}

function groupsOf(segments: readonly StoredSegment[]): Group[] {
  const groups = new Map<string, Group>();
  for (const segment of segments) {
    const { version, interval } = segment;
    const key = `${interval.start}/${interval.end}/${version}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...interval, version, members: [segment] });
    else group.members.push(segment);
  }
  return [...groups.values()];
}

/** The newest version between each bound and the next; '' where there is none. */
function newestBySlot(groups: readonly Group[], bounds: readonly number[]): string[] {
  const newest = bounds.map(() => '');
  const places = new Map(bounds.map((bound, i) => [bound, i]));
  // Where slots are taken by newer versions, the next one to look at.
  const next = bounds.map((_, i) => i);
  const free = (slot: number): number => {
    let found = slot;
    while (found < bounds.length && next[found] !== found) found = next[found];
    for (let at = slot; at < found; ) [at, next[at]] = [next[at], found];
    return found;
  };
  for (const { start, end, version } of [...groups].sort((a, b) => (a.version < b.version ? 1 : -1))) {
    const last = places.get(end) as number;
    for (let slot = free(places.get(start) as number); slot < last; slot = free(slot)) {
      newest[slot] = version;
      next[slot] = slot + 1;
    }
  }
  return newest;
}

/** The slot that a time lies in: the last bound that is not after it; -1 before the first. */
function slotOf(bounds: readonly number[], time: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function shardSpecOf({ payload }: StoredSegment): CorePartitions {
  return payload.shardSpec ?? {};
}

function isComplete(shardSpecs: readonly CorePartitions[]): boolean {
  if (shardSpecs.some(({ type }) => type === 'none' || type === 'tombstone')) return true;
  const core = Math.max(...shardSpecs.map(({ partitions, numCorePartitions }) => partitions ?? numCorePartitions ?? 0));
  if (core > 0) {
    return (
      new Set(shardSpecs.map(({ partitionNum }) => partitionNum).filter((number) => (number ?? core) < core)).size ===
      core
    );
  }
  const ranges = shardSpecs.filter(({ numCorePartitions }) => numCorePartitions === -1);
  return ranges.length === shardSpecs.length && isChain(ranges);
}

/** Whether ranges join from null to null. */
function isChain(ranges: readonly CorePartitions[]): boolean {
  const byStart = new Map(ranges.map((range) => [JSON.stringify(range.start ?? null), range]));
  let at = 'null';
  for (let passed = 0; passed < ranges.length; passed++) {
    const range = byStart.get(at);
    if (range === undefined) return false;
    at = JSON.stringify(range.end ?? null);
    if (at === 'null') return true;
  }
  return false;
}
