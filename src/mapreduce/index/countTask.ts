import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { borrowKernel, type Kernel } from '../../kernel/kernel.ts';
import { BlockSink, type SpillFile } from '../../partition/determine/blockSink.ts';
import { visitAllKeys, visitDistinctKeys } from '../../partition/determine/keyMerge.ts';
import { type ChunkCounts, ValueCounter } from '../../partition/determine/valueCounter.ts';
import type { BlockRef } from '../../rollup/run/run.ts';
import type { OpenRun, TaskContext } from '../job.ts';
import type { CountManifest, CountPayload } from './indexPayload.ts';
import { rangeOptions } from './partitioning.ts';
import { openRunFile, RunFileReader, RunFileWriter } from './runFile.ts';

/** Bytes of distinct values that are counted in memory; what they grow out of takes as much again. */
const VALUES_BYTES_MAX = 64 * 1024 * 1024;

/** Drops keys of one part that were seen before, and counts for each time chunk how many keys every value of a candidate has. */
export async function countKeys(payload: CountPayload, context: TaskContext): Promise<CountManifest> {
  const { openRun = openRunFile } = context;
  const path = join(context.attemptDirectory, 'counts');
  const file = new RunFileWriter(path);
  const readers = payload.keyRuns.map(({ path }) => openRun(path));
  try {
    const chunks = borrowKernel((kernel) => countChunks(kernel, payload, readers, new BlockSink(file), context));
    return { path, ...file.finish(), chunks };
  } finally {
    file.close();
    for (const reader of readers) reader.close();
  }
}

function countChunks(
  kernel: Kernel,
  { config, keyRuns }: CountPayload,
  readers: readonly OpenRun[],
  sink: BlockSink,
  { attemptDirectory, progress }: TaskContext,
): ChunkCounts[] {
  const options = rangeOptions(config);
  if (options === null) throw new Error('Keys are counted for single_dim and range partitioning only.');
  const candidates = options.candidates.length;
  let spills = 0;
  const newSpill = () => new LocalSpillFile(join(attemptDirectory, `spill-${spills++}`));
  const counter = new ValueCounter({ kernel, candidates, bytesMax: VALUES_BYTES_MAX, newSpill });
  const visitKeys = options.assumeGrouped ? visitAllKeys : visitDistinctKeys;
  const chunks = new Set(keyRuns.flatMap(({ sections }) => sections.map(({ chunk }) => chunk)));
  try {
    return [...chunks]
      .sort((a, b) => a - b)
      .map((chunk) => {
        const sections = keyRuns.flatMap((run, i) =>
          run.sections.filter((section) => section.chunk === chunk).map((section) => ({ source: readers[i], section })),
        );
        visitKeys(sections, candidates, (block, isCounted) => counter.add(block, isCounted));
        const counted = counter.finish(chunk, sink);
        progress.addRows(counted.keys);
        return counted;
      });
  } finally {
    counter.dispose();
  }
}

/** A temporary file of this machine. */
class LocalSpillFile implements SpillFile {
  readonly #path: string;
  #writer: RunFileWriter | null;
  #reader: RunFileReader | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#writer = new RunFileWriter(path);
  }

  append(bytes: Uint8Array): void {
    if (this.#writer === null) throw new Error(`${this.#path} was read from: nothing more can be written to it.`);
    this.#writer.append(bytes);
  }

  read(ref: BlockRef): Uint8Array {
    if (this.#writer !== null) {
      this.#writer.finish();
      this.#writer.close();
      this.#writer = null;
    }
    this.#reader ??= new RunFileReader(this.#path);
    return this.#reader.read(ref);
  }

  dispose(): void {
    this.#writer?.close();
    this.#reader?.close();
    rmSync(this.#path, { force: true });
  }
}
