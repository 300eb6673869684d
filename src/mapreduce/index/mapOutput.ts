import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { RangeRouter } from '../../partition/determine/rangeRouter.ts';
import { bucketsOfHashes, hashBucket } from '../../partition/hashShards.ts';
import { flushRun, type RowShards, UNCUT } from './flushRun.ts';
import { hashRows, type RowTimes, rangeDimensions, rowTimes } from './groupKeys.ts';
import type { ChunkPlan, MapManifest, MapPayload, RunManifest } from './indexPayload.ts';
import { paysToKeep } from './keepRuns.ts';
import { KeyOutput } from './keyOutput.ts';
import { hashDimensions } from './partitioning.ts';
import type { RowAssembler } from './rowAssembler.ts';
import { RunFileWriter } from './runFile.ts';

/** What a map task leaves of its rows: runs, cut into shards as far as these are known, and what unknown shards are found by. */
export class MapOutput {
  readonly #payload: MapPayload;
  readonly #directory: string;
  readonly #runs: RunManifest[] = [];
  readonly #keys: KeyOutput | null;
  /** In a determine pass; null: not decided yet. */
  #keepsRuns: boolean | null;

  /** @param directory for files of the task's own */
  constructor(payload: MapPayload, directory: string) {
    const { config, pass } = payload;
    this.#payload = payload;
    this.#directory = directory;
    const keepRuns = pass.type === 'determine' ? pass.keepRuns : 'always';
    this.#keepsRuns = keepRuns === 'auto' ? null : keepRuns === 'always';
    this.#keys = pass.type === 'determine' ? new KeyOutput(config, pass.keyParts, directory) : null;
  }

  /**
   * Writes the rows in memory, which stay as they are.
   *
   * @param readBytes of the split so far
   */
  flush(assembler: RowAssembler, readBytes: number): void {
    const { pass } = this.#payload;
    // Dictionaries may have reached the memory's limit without a row.
    if (assembler.index.rows === 0) return;
    const times = rowTimes(assembler);
    const hashes = this.#keys?.add(assembler, times) ?? null;
    if (pass.type === 'numShards') this.#writeRun(assembler, times, this.#numShards(assembler, times, pass.numShards));
    else if (pass.type === 'planned') this.#writeRun(assembler, times, this.#planned(assembler, times, pass.plan));
    else if (this.#keepsRuns !== false) {
      this.#writeRun(assembler, times, { ...UNCUT, hashes });
      if (this.#keepsRuns === null) this.#decide(readBytes);
    }
  }

  finish(): Pick<MapManifest, 'runs' | 'keptRuns' | 'chunks' | 'keyRuns' | 'druidKeys'> {
    // A split without rows has nothing to drop.
    const keptRuns = this.#keepsRuns ?? true;
    return { runs: this.#runs, keptRuns, ...(this.#keys?.finish() ?? { chunks: [], keyRuns: [], druidKeys: null }) };
  }

  /** Looks at the first run. */
  #decide(readBytes: number): void {
    const [first] = this.#runs;
    this.#keepsRuns = paysToKeep(this.#payload.split, first.bytes, readBytes);
    if (this.#keepsRuns) return;
    rmSync(first.path);
    this.#runs.length = 0;
  }

  #writeRun(assembler: RowAssembler, times: RowTimes, shards: RowShards): void {
    const path = join(this.#directory, `run-${String(this.#runs.length).padStart(5, '0')}`);
    const file = new RunFileWriter(path);
    try {
      const sections = flushRun(assembler, times, shards, file);
      this.#runs.push({ path, ...file.finish(), sections });
    } finally {
      file.close();
    }
  }

  #numShards(assembler: RowAssembler, times: RowTimes, numShards: number): RowShards {
    if (numShards === 1) return UNCUT;
    const { rows } = assembler.index;
    const shards = new Int32Array(rows);
    hashRows(assembler, times, hashDimensions(this.#payload.config), shards, null);
    bucketsOfHashes(shards, rows, numShards);
    return { shards, countOf: () => numShards, hashes: null };
  }

  #planned(assembler: RowAssembler, times: RowTimes, plan: readonly ChunkPlan[]): RowShards {
    const plans = new Map(plan.map((chunkPlan) => [chunkPlan.chunk, chunkPlan]));
    const shards = new Int32Array(assembler.index.rows);
    const planOf = (chunk: number) => {
      const found = plans.get(chunk);
      if (found === undefined) throw new Error(INPUT_CHANGED);
      return found;
    };
    const ofTimes = times.chunks.map(planOf);
    if (ofTimes[0].type === 'hashed') this.#routeByHash(assembler, times, ofTimes, shards);
    else routeByRange(assembler, times, ofTimes, shards);
    return { shards, countOf: (chunk) => shardsOf(planOf(chunk)), hashes: null };
  }

  #routeByHash(assembler: RowAssembler, times: RowTimes, plans: readonly ChunkPlan[], shards: Int32Array): void {
    const buckets = plans.map(shardsOf);
    if (buckets.every((count) => count === 1)) return;
    hashRows(assembler, times, hashDimensions(this.#payload.config), shards, null);
    for (let row = 0; row < shards.length; row++) shards[row] = hashBucket(shards[row], buckets[times.ids[row]]);
  }
}

const INPUT_CHANGED =
  'A row belongs to a time chunk that had no rows when partitions were determined: the input has changed while the job ran.';

/** Shards that a time chunk is planned to have. */
export function shardsOf(plan: ChunkPlan): number {
  return plan.type === 'hashed' ? plan.buckets : plan.ranges.length;
}

/** Routes the rows of one time chunk after the other. */
function routeByRange(
  assembler: RowAssembler,
  { ids }: RowTimes,
  plans: readonly ChunkPlan[],
  shards: Int32Array,
): void {
  const rowsOf = new Map<ChunkPlan, number[]>();
  for (let row = 0; row < ids.length; row++) {
    const plan = plans[ids[row]];
    const rows = rowsOf.get(plan);
    if (rows === undefined) rowsOf.set(plan, [row]);
    else rows.push(row);
  }
  for (const [plan, rows] of rowsOf) {
    if (plan.type !== 'ranges') continue;
    const dimensions = rangeDimensions(assembler, plan.dimensions);
    const cellMax = dimensions.map(({ cells }) => cells.reduce((max, cell) => Math.max(max, cell), 0));
    const router = new RangeRouter(plan.ranges, dimensions.length);
    router.route(dimensions, cellMax, Int32Array.from(rows), 0, rows.length, shards);
  }
}
