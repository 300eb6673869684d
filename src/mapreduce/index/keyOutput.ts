import { join } from 'node:path';
import { BlockSink } from '../../partition/determine/blockSink.ts';
import { DruidKeyCardinality } from '../../partition/determine/druidCardinality.ts';
import { HASH_BYTES } from '../../partition/determine/keyBlock.ts';
import { KeyCardinality } from '../../partition/determine/keyCardinality.ts';
import { writeKeyRun } from '../../partition/determine/keyRun.ts';
import { type RangeOptions, tupleForm } from '../../partition/determine/planRanges.ts';
import { isSampled } from '../../partition/determine/sampling.ts';
import { DruidKeysWriter } from './druidKeys.ts';
import { hashRows, identifyRows, type RowTimes, rangeDimensions } from './groupKeys.ts';
import type { ChunkKeys, IndexConfig, MapManifest } from './indexPayload.ts';
import { hashDimensions, rangeOptions } from './partitioning.ts';
import type { RowAssembler } from './rowAssembler.ts';
import { RunFileWriter } from './runFile.ts';

/** What a map task leaves of its group keys, for partitions to be determined: estimators per time chunk, or key runs. */
export class KeyOutput {
  readonly #config: IndexConfig;
  readonly #parts: number;
  readonly #directory: string;
  readonly #ranges: ReturnType<typeof rangeOptions>;
  readonly #chunks = new Map<number, KeyCardinality | DruidKeyCardinality | null>();
  readonly #keyRuns: MapManifest['keyRuns'][number][] = [];
  readonly #druidKeys: DruidKeysWriter | null;

  /**
   * @param parts hash ranges that key runs are divided into
   * @param directory for files of the task's own
   */
  constructor(config: IndexConfig, parts: number, directory: string) {
    this.#config = config;
    this.#parts = parts;
    this.#directory = directory;
    this.#ranges = rangeOptions(config);
    this.#druidKeys =
      this.#ranges === null || config.quirks !== 'druid' ? null : new DruidKeysWriter(join(directory, 'druid-keys'));
  }

  /**
   * Adds the keys of the rows in memory.
   *
   * @returns the hash that each row's bucket is found by; null where partitions are ranges
   */
  add(assembler: RowAssembler, times: RowTimes): Int32Array | null {
    const { rows } = assembler.index;
    if (this.#ranges !== null) {
      this.#addKeys(assembler, times, this.#ranges);
      return null;
    }
    const hashes32 = new Int32Array(rows);
    const hashes128 = new Uint8Array(rows * HASH_BYTES);
    hashRows(assembler, times, [], hashes32, hashes128);
    this.#estimate(times, hashes128);
    const names = hashDimensions(this.#config);
    if (names.length > 0) hashRows(assembler, times, names, hashes32, null);
    return hashes32;
  }

  finish(): Pick<MapManifest, 'chunks' | 'keyRuns' | 'druidKeys'> {
    const chunks = [...this.#chunks].map(
      ([chunk, keys]): ChunkKeys => ({ chunk, cardinality: keys?.toText() ?? null }),
    );
    return { chunks, keyRuns: this.#keyRuns, druidKeys: this.#druidKeys?.finish() ?? null };
  }

  #estimate({ chunks, ids }: RowTimes, hashes: Uint8Array): void {
    const ofTimes = chunks.map((chunk) => {
      const known = this.#chunks.get(chunk);
      const keys = known ?? (this.#config.quirks === 'druid' ? new DruidKeyCardinality() : new KeyCardinality());
      this.#chunks.set(chunk, keys);
      return keys;
    });
    for (let from = 0; from < ids.length; ) {
      const keys = ofTimes[ids[from]];
      let to = from + 1;
      while (to < ids.length && ofTimes[ids[to]] === keys) to++;
      keys.add(hashes, from, to);
      from = to;
    }
  }

  #addKeys(assembler: RowAssembler, times: RowTimes, options: RangeOptions): void {
    const hashes = new Uint8Array(assembler.index.rows * HASH_BYTES);
    identifyRows(assembler, times, hashes);
    const selected = sampledRows(assembler, times, options.samplingFactor);
    for (const chunk of times.chunks) this.#chunks.set(chunk, null);
    const path = join(this.#directory, `keys-${String(this.#keyRuns.length).padStart(5, '0')}`);
    const keys = {
      ...rowChunks(times),
      hashes,
      candidates: options.candidates.map((names) => rangeDimensions(assembler, names)),
      form: tupleForm(options),
    };
    const file = new RunFileWriter(path);
    try {
      const sections = writeKeyRun(assembler.kernel, new BlockSink(file), keys, selected, this.#parts);
      this.#keyRuns.push({ path, ...file.finish(), sections });
    } finally {
      file.close();
    }
    this.#druidKeys?.add(assembler, times, selected, options.candidates);
  }
}

/** Numbers of the rows whose keys are counted. */
function sampledRows(assembler: RowAssembler, times: RowTimes, factor: number): Int32Array {
  const { rows } = assembler.index;
  const selected = Int32Array.from({ length: rows }, (_, row) => row);
  if (factor === 1) return selected;
  const hashes = new Int32Array(rows);
  hashRows(assembler, times, [], hashes, null);
  return selected.filter((row) => isSampled(hashes[row], factor));
}

/** The time chunks of rows, in order, and each row's place among them. */
function rowChunks({ chunks, ids }: RowTimes): { chunks: number[]; chunkIds: Int32Array } {
  const starts = [...new Set(chunks)].sort((a, b) => a - b);
  const places = new Map(starts.map((start, place) => [start, place]));
  const ofTimes = Int32Array.from(chunks, (chunk) => places.get(chunk) as number);
  const chunkIds = new Int32Array(ids.length);
  for (let row = 0; row < ids.length; row++) chunkIds[row] = ofTimes[ids[row]];
  return { chunks: starts, chunkIds };
}
