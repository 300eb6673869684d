/** Segments that newer ones hide for good, and what becomes of them. */

import type { HadoopClient } from '../hadoop/hadoopClient.ts';
import { isoText } from '../time/isoText.ts';
import { aloneIn } from './aloneIn.ts';
import { visibility } from './coverage.ts';
import { INDEX_ZIP } from './layout/layout.ts';
import type { MetadataStore, StoredSegment, Sweep } from './metadata/MetadataStore.ts';
import { removeFiles } from './segmentStore.ts';

export interface SupersededOptions {
  readonly dataSource: string;
  /** Base of deep storage: nothing outside it is removed. */
  readonly base: string;
  /** Goes back by the retention, in milliseconds of the epoch. */
  readonly since: (now: number) => number;
  /** Only tells. */
  readonly dryRun: boolean;
  readonly hadoop?: HadoopClient | undefined;
}

/** A segment that newer ones hide. */
export interface SupersededSegment {
  readonly id: string;
  readonly version: string;
  /** `hidden`: not long enough yet; `elsewhere`: its file is not one of this deep storage. */
  readonly fate: 'removed' | 'hidden' | 'elsewhere';
  /** ISO 8601; null where it is used still, or the store does not know. */
  readonly unusedSince: string | null;
}

/**
 * Removes superseded segments that have been unused for as long as is asked for: files and rows. Nothing that is used is removed, and nothing
 * that is unused for another reason than newer segments. Where no Druid does it, what is hidden is marked as unused, as a Coordinator would.
 *
 * Rows go in the transaction that has looked at them, and files before it ends: when it is killed in between, rows of unused segments are
 * left, which the next call removes.
 */
export async function removeSuperseded(store: MetadataStore, options: SupersededOptions): Promise<SupersededSegment[]> {
  const { dataSource, base, dryRun, hadoop } = options;
  let told: SupersededSegment[] = [];
  const decide = (all: readonly StoredSegment[]): Sweep => {
    const now = Date.now();
    told = supersededOf(all, now, !store.isReadByDruid, options);
    if (dryRun) return { unused: [], removed: [], removeFiles: async () => {} };
    const removed = new Set(told.filter(({ fate }) => fate === 'removed').map(({ id }) => id));
    const kept = new Set(all.filter(({ id }) => !removed.has(id)).map(filePath));
    const files = all.filter(({ id }) => removed.has(id)).flatMap((segment) => filePath(segment) ?? []);
    return {
      unused: told.filter(({ unusedSince }) => unusedSince === isoText(now)).map(({ id }) => id),
      removed: [...removed],
      removeFiles: () =>
        removeFiles(
          files.filter((path) => !kept.has(path)),
          base,
          hadoop,
        ),
    };
  };
  await aloneIn(base, store, () => store.sweep(dataSource, decide));
  return told;
}

function supersededOf(
  all: readonly StoredSegment[],
  now: number,
  marks: boolean,
  { since, base }: SupersededOptions,
): SupersededSegment[] {
  const latest = isoText(since(now));
  const isHidden = visibility(all.filter(({ used }) => used));
  return all.filter(isHidden).map((segment) => {
    const { id, version } = segment;
    const unusedSince = segment.used ? (marks ? isoText(now) : null) : segment.statusUpdated;
    const path = filePath(segment);
    const isElsewhere = path === undefined || (path !== null && !isOurs(path, base));
    const isOld = unusedSince !== null && unusedSince <= latest;
    return { id, version, unusedSince, fate: !isOld ? 'hidden' : isElsewhere ? 'elsewhere' : 'removed' };
  });
}

/** Druid may be told to keep segments unpacked, or on other storages. */
function isOurs(path: string, base: string): boolean {
  return path.startsWith(`${base}/`) && path.endsWith(INDEX_ZIP) && !path.includes('/../');
}

/** Null for a tombstone, which has none; undefined where it is none that this program stores. */
function filePath({ payload: { loadSpec } }: StoredSegment): string | null | undefined {
  if (loadSpec?.type === 'tombstone') return null;
  const isKnown = loadSpec?.type === 'local' || loadSpec?.type === 'hdfs';
  return isKnown && typeof loadSpec.path === 'string' ? loadSpec.path : undefined;
}
