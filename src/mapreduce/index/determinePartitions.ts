import { CountCursor } from '../../partition/determine/countRun.ts';
import { estimateDruidKeys } from '../../partition/determine/druidCardinality.ts';
import { planDruidRanges } from '../../partition/determine/druidRanges.ts';
import { KeyCardinality, shardCount } from '../../partition/determine/keyCardinality.ts';
import { oneRange, planRanges, poisonLaterChunks, type RangePlan } from '../../partition/determine/planRanges.ts';
import type { PartitionsSpec } from '../../spec/jobSpec.ts';
import type { Task } from '../job.ts';
import { readDruidKeys } from './druidKeys.ts';
import type { ChunkPlan, CountManifest, CountPayload, IndexConfig, MapManifest, TaskFile } from './indexPayload.ts';
import type { RunPhase } from './indexReport.ts';
import { rangeOptions } from './partitioning.ts';
import { RunFileReader } from './runFile.ts';

/**
 * Finds the shards of every time chunk that has rows, from what map tasks left of their group keys.
 *
 * @param maps in split order
 * @param keyParts parts that the maps' key runs are divided into
 * @returns in order of time
 * @throws NoPartitionDimensionError
 */
export async function determinePartitions(
  maps: readonly MapManifest[],
  config: IndexConfig,
  keyParts: number,
  runPhase: RunPhase,
): Promise<ChunkPlan[]> {
  const { partitions } = config.job.tuning;
  if (partitions.type === 'hashed') return planBuckets(maps, partitions, config);
  const chunks = [...new Set(maps.flatMap((map) => map.chunks.map(({ chunk }) => chunk)))].sort((a, b) => a - b);
  const plans = planAsDruid(maps, config) ?? (await planFromCounts(maps, config, keyParts, runPhase));
  const options = optionsOf(config);
  return chunks.map((chunk) => {
    const plan = plans.get(chunk);
    return { type: 'ranges', chunk, ...(plan === undefined || plan.ranges.length === 0 ? oneRange(options) : plan) };
  });
}

function planBuckets(
  maps: readonly MapManifest[],
  partitions: PartitionsSpec & { readonly type: 'hashed' },
  { quirks }: IndexConfig,
): ChunkPlan[] {
  const texts = new Map<number, string[]>();
  for (const { chunk, cardinality } of maps.flatMap((map) => map.chunks)) {
    const known = texts.get(chunk) ?? [];
    texts.set(chunk, [...known, cardinality as string]);
  }
  const target = partitions.targetRowsPerSegment as number;
  return [...texts]
    .sort(([a], [b]) => a - b)
    .map(([chunk, images]) => {
      const keys = quirks === 'druid' ? estimateDruidKeys(images) : estimateKeys(images);
      return { type: 'hashed', chunk, buckets: Math.max(1, shardCount(keys, target)) };
    });
}

function estimateKeys([first, ...others]: readonly string[]): number {
  const keys = KeyCardinality.fromText(first);
  for (const image of others) keys.merge(KeyCardinality.fromText(image));
  return keys.estimate();
}

function optionsOf(config: IndexConfig): NonNullable<ReturnType<typeof rangeOptions>> {
  return rangeOptions(config) as NonNullable<ReturnType<typeof rangeOptions>>;
}

/** Plans key by key as Druid's job does, with `--quirks druid`; null by default, and where the job is too large for that. */
function planAsDruid(maps: readonly MapManifest[], config: IndexConfig): Map<number, RangePlan> | null {
  const files = maps.map(({ druidKeys }) => druidKeys).filter((file): file is TaskFile => file !== null);
  if (files.length === 0) return null;
  const options = optionsOf(config);
  const keys = readDruidKeys(files, options.assumeGrouped);
  return keys === null ? null : planDruidRanges(keys, options);
}

/** Counts the keys of each value, a task per part, and plans from the merged counts. */
async function planFromCounts(
  maps: readonly MapManifest[],
  config: IndexConfig,
  keyParts: number,
  runPhase: RunPhase,
): Promise<Map<number, RangePlan>> {
  const keyRuns = maps.flatMap((map) => map.keyRuns);
  const tasks = Array.from({ length: keyParts }, (_, part): Task => {
    const mine = keyRuns
      .map(({ path, sections }) => ({ path, sections: sections.filter((section) => section.part === part) }))
      .filter(({ sections }) => sections.length > 0);
    return {
      kind: 'countKeys',
      id: `count-${String(part).padStart(6, '0')}`,
      label: `keys, part ${part + 1} of ${keyParts}`,
      payload: { config, part, keyRuns: mine } satisfies CountPayload,
    };
  });
  const manifests = (await runPhase('determine', tasks)) as CountManifest[];
  const readers = manifests.map(({ path }) => new RunFileReader(path));
  try {
    return planChunks(manifests, readers, config);
  } finally {
    for (const reader of readers) reader.close();
  }
}

function planChunks(
  manifests: readonly CountManifest[],
  readers: readonly RunFileReader[],
  config: IndexConfig,
): Map<number, RangePlan> {
  const options = optionsOf(config);
  const chunks = new Set(manifests.flatMap((manifest) => manifest.chunks.map(({ chunk }) => chunk)));
  const values = [...chunks]
    .sort((a, b) => a - b)
    .map((chunk) => {
      const counts = manifests.flatMap((manifest, i) => {
        const found = manifest.chunks.find((one) => one.chunk === chunk);
        return found === undefined ? [] : [{ ...found, reader: readers[i] }];
      });
      const candidates = options.candidates.map((_, i) => ({
        poisoned: counts.some((count) => count.candidates[i].poisoned),
        cursors: counts.map(({ candidates: of, reader }) => new CountCursor(reader, of[i].blocks)),
      }));
      return { chunk, keys: counts.reduce((sum, { keys }) => sum + keys, 0), candidates };
    });
  const poisoned = values.map(({ candidates }) => candidates.map((candidate) => candidate.poisoned));
  const dropped = options.druid ? poisonLaterChunks(poisoned) : poisoned;
  return new Map(
    values.map(({ chunk, keys, candidates }, at) => {
      const fit = candidates.map(({ cursors }, i) => ({ poisoned: dropped[at][i], cursors }));
      return [chunk, planRanges({ chunk, keys, candidates: fit }, options)];
    }),
  );
}
