import type { Kernel } from '../../kernel/kernel.ts';
import { compareUtf8 } from '../../segment/utf8Order.ts';
import type { DimensionType } from '../../spec/jobSpec.ts';
import type { MetricState } from '../metrics/metricState.ts';
import { BlockReader } from './blockBytes.ts';
import { allRanks, NumericValues, type SortedTexts, TextValues } from './columnValues.ts';
import { type BlockRef, cellWidth, type SectionColumn, type SectionHeader } from './run.ts';
import { type RunSource, readLists, readNumbers } from './runReader.ts';
import type { RunColumn, RunRows } from './runWriter.ts';

/** All rows of a section. */
export interface SectionContent extends RunRows {
  readonly rows: number;
  /** Values of each dimension of strings; null for others. */
  readonly texts: readonly (SectionTexts | null)[];
}

/**
 * All rows of a section in memory, in their order: no more than a mapper held when it wrote them.
 *
 * @param kernel holds the cells and the texts; what is read may be used until it takes back its memory
 */
export function readSection(
  kernel: Kernel,
  source: RunSource,
  header: SectionHeader,
  types: readonly DimensionType[],
  newMetrics: () => MetricState[],
): SectionContent {
  const { rows, columns, blocks, hasHashes } = header;
  const times = new Float64Array(rows);
  const cells = columns.map(() => kernel.allocate(rows * 4));
  const hashes = hasHashes ? new Int32Array(rows) : null;
  const metrics = newMetrics();
  for (const metric of metrics) metric.ensure(rows);
  const blockMetrics = newMetrics();
  const reader = new BlockSource(source);
  let first = 0;
  for (const ref of blocks) {
    const block = reader.read(ref);
    const count = block.int32(1)[0];
    times.set(block.float64(count), first);
    for (let i = 0; i < columns.length; i++) {
      const width = cellWidth(columns[i].cells);
      const of = width === 1 ? block.uint8(count) : width === 2 ? block.uint16(count) : block.int32(count);
      kernel.ints.set(of, cells[i] / 4 + first);
    }
    for (let i = 0; i < metrics.length; i++) {
      blockMetrics[i].read(block, count);
      metrics[i].take(first, blockMetrics[i], count);
    }
    hashes?.set(block.int32(count), first);
    first += count;
  }
  // Texts that are sorted are in the order of their numbers.
  const { ranks: sorted } = allRanks(kernel, Math.max(0, ...columns.map(({ values }) => values)));
  const texts = columns.map((column, i) =>
    types[i] === 'string' ? new SectionTexts(kernel, reader, column, sorted) : null,
  );
  const runColumns = columns.map((column, i): RunColumn => {
    const of = texts[i];
    return {
      cells: cells[i],
      cellCount: column.cells,
      valueCount: column.values,
      lists: column.lists.length === 0 ? null : readLists(source, column.lists),
      values: of === null ? sectionNumbers(source, column) : new TextValues(of),
    };
  });
  return { kernel, rows, times, columns: runColumns, metrics, hashes, texts };
}

/** Reads blocks one after the other into the same buffer. */
class BlockSource {
  readonly #source: RunSource;
  #spare = new ArrayBuffer(0);

  constructor(source: RunSource) {
    this.#source = source;
  }

  /** @returns a block that is valid until the next call */
  read(ref: BlockRef): BlockReader {
    const bytes = this.#source.read(ref, this.#spare);
    this.#spare = bytes.buffer as ArrayBuffer;
    return new BlockReader(bytes);
  }
}

// The loop is a function of its own, which is compiled in no time.
function shift(ints: Int32Array, from: number, to: number, by: number): void {
  for (let i = from; i < to; i++) ints[i] += by;
}

/** Texts of a section's dictionary, in the memory of a kernel. */
export class SectionTexts implements SortedTexts {
  readonly kernel: Kernel;
  readonly arena: number;
  readonly ends: number;
  readonly sorted: number;
  /** How many there are. */
  readonly values: number;

  /** @param sorted see SortedTexts */
  constructor(kernel: Kernel, source: BlockSource, { dictionary, values }: SectionColumn, sorted: number) {
    this.kernel = kernel;
    this.sorted = sorted;
    this.values = values;
    this.arena = kernel.allocate(dictionary.reduce((sum, { length }) => sum + length, 0));
    this.ends = kernel.allocate((values + 1) * 4);
    const { bytes, ints } = kernel;
    let at = this.ends / 4;
    let used = 0;
    ints[at++] = 0;
    for (const ref of dictionary) {
      const block = source.read(ref);
      const count = block.int32(1)[0];
      const ends = block.int32(count);
      ints.set(ends, at);
      if (used > 0) shift(ints, at, at + count, used);
      bytes.set(block.uint8(ends[count - 1]), this.arena + used);
      at += count;
      used += ends[count - 1];
    }
  }

  /** Order of a text against a value. @param id of the value, from 1 on */
  compare(text: Uint8Array, id: number): number {
    const { bytes, ints } = this.kernel;
    const end = this.ends / 4 + id;
    return compareUtf8(text, 0, text.length, bytes, this.arena + ints[end - 1], this.arena + ints[end]);
  }
}

function sectionNumbers(source: RunSource, column: SectionColumn): NumericValues {
  const sorted = Int32Array.from({ length: column.values }, (_, i) => i + 1);
  return new NumericValues(readNumbers(source, column), sorted);
}
