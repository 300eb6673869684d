import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { InputSplit } from '../../../input/splits/splits.ts';
import { chunkFinder } from '../../../row/chunks.ts';
import { storageFor } from '../../../storage/storage.ts';
import type { DeadLetterPlace } from '../../index/deadLetterFile.ts';
import { determinePartitions } from '../../index/determinePartitions.ts';
import { gatherMaps } from '../../index/gatherMaps.ts';
import type { ChunkPlan, CountManifest, IndexConfig, MapPass } from '../../index/indexPayload.ts';
import { shardsOf } from '../../index/mapOutput.ts';
import { determineConfig, rangeOptions, shardsGiven } from '../../index/partitioning.ts';
import { type ChunkShards, reducersFor } from '../shuffle/reducerOf.ts';
import type { CountUnit } from '../task/plan.ts';
import { bytesOf } from './mapSplits.ts';
import type { PassRunner } from './PassRunner.ts';
import { mapsOf } from './runPass.ts';

/** The shards of a job, and how the index pass makes them. */
export interface FoundShards {
  readonly pass: MapPass;
  readonly reducers: number;
  readonly chunks: ChunkShards;
  readonly planOf: (chunk: number) => ChunkPlan;
}

/** Input bytes whose keys one reducer counts. */
const KEY_PART_INPUT_BYTES = 256 * 1024 * 1024;
/** Time chunks of a spec's intervals that get reducers of their own. */
const CHUNKS_MAX = 10_000;

/**
 * Takes the shards from a plan or their number from the spec, or has a pass over the input find them.
 *
 * @param known the shards of every time chunk, where a plan has them, or null
 * @throws NoDataError, BadRowsError
 */
export async function findShards(
  config: IndexConfig,
  mapSplits: readonly (readonly InputSplit[])[],
  passes: Pick<PassRunner, 'run'>,
  place: DeadLetterPlace,
  known: readonly ChunkPlan[] | null,
): Promise<FoundShards> {
  const numShards = shardsGiven(config.job.tuning.partitions);
  if (numShards !== null) {
    const chunks = chunksOfIntervals(config).map((chunk) => ({ chunk, shards: numShards }));
    return {
      pass: { type: 'numShards', numShards },
      // Chunks that nobody has announced share reducers.
      reducers: chunks.length === 0 ? Math.max(numShards, Math.min(mapSplits.length, 16)) : reducersFor(chunks),
      chunks,
      planOf: (chunk) => ({ type: 'hashed', chunk, buckets: numShards }),
    };
  }
  const plan = known ?? (await determine(config, mapSplits, passes, place));
  const plans = new Map(plan.map((chunkPlan) => [chunkPlan.chunk, chunkPlan]));
  const chunks = plan.map((chunkPlan) => ({ chunk: chunkPlan.chunk, shards: shardsOf(chunkPlan) }));
  return {
    pass: { type: 'planned', plan },
    reducers: reducersFor(chunks),
    chunks,
    planOf: (chunk) => plans.get(chunk) as ChunkPlan,
  };
}

async function determine(
  config: IndexConfig,
  mapSplits: readonly (readonly InputSplit[])[],
  passes: Pick<PassRunner, 'run'>,
  place: DeadLetterPlace,
): Promise<ChunkPlan[]> {
  const determining = determineConfig(config);
  const bytes = bytesOf(mapSplits.flat());
  const isRanges = rangeOptions(config) !== null;
  const keyParts = Math.max(1, Math.ceil(bytes / KEY_PART_INPUT_BYTES));
  const units = await passes.run('determine', {
    config: determining,
    pass: { type: 'determine', keepRuns: 'never', keyParts },
    mapSplits,
    // Estimators are small: they stand in the maps' manifests.
    reducers: isRanges ? keyParts : 0,
    chunks: [],
  });
  const maps = mapsOf(units);
  await gatherMaps(maps, determining, place);
  const counted = (units.reduces as CountUnit[]).flatMap(({ counts }) => (counts === null ? [] : [counts]));
  return withLocalCounts(counted, config, (local) => determinePartitions(maps, config, keyParts, async () => local));
}

/** The counts of the keys' values are merged block by block, from files of this machine. */
async function withLocalCounts<Result>(
  counts: readonly CountManifest[],
  config: IndexConfig,
  use: (local: CountManifest[]) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'segmill-counts-'));
  try {
    const local: CountManifest[] = [];
    for (const manifest of counts) {
      const path = join(directory, String(local.length));
      await pipeline(Readable.from(contentOf(manifest.path, config)), createWriteStream(path));
      local.push({ ...manifest, path });
    }
    return await use(local);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function* contentOf(path: string, { hadoop }: IndexConfig): AsyncGenerator<Uint8Array> {
  const reader = await storageFor(path, hadoop).openRead(path);
  try {
    for (;;) {
      const chunk = new Uint8Array(1 << 18);
      const count = await reader.read(chunk, 0, chunk.length);
      if (count === 0) return;
      yield chunk.subarray(0, count);
    }
  } finally {
    await reader.close();
  }
}

/** Starts of the time chunks that the spec's intervals cover; none where it has no intervals, or too many for a reducer each. */
function chunksOfIntervals({ job }: IndexConfig): number[] {
  const { intervals } = job.granularity;
  if (intervals === null) return [];
  const chunks = chunkFinder(job.granularity);
  const starts = new Set<number>();
  for (const { start, end } of intervals) {
    for (let time = start; time < end; ) {
      const chunk = chunks.find(time);
      if (starts.size > CHUNKS_MAX) return [];
      starts.add(chunk);
      time = Math.max(time + 1, chunks.endOf(chunk));
    }
  }
  return [...starts].sort((a, b) => a - b);
}
