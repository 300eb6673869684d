import type { DimensionType } from '../../spec/jobSpec.ts';
import type { MetricState } from '../metrics/metricState.ts';
import { BlockReader, type BlockWriter } from './blockBytes.ts';
import { copyText } from './copyText.ts';
import { BLOCK_BYTES_MAX, cellWidth, type SectionColumn, type SectionHeader } from './run.ts';
import { NumericCursor, type RunSource, readLists } from './runReader.ts';
import { NumericValues, type RunColumn, type RunRows, type ValueSource } from './runWriter.ts';

/** All rows of a section in memory, in their order: no more than a mapper held when it wrote them. */
export function readSection(
  source: RunSource,
  header: SectionHeader,
  types: readonly DimensionType[],
  newMetrics: () => MetricState[],
): RunRows & { readonly rows: number } {
  const { rows, columns, blocks, hasHashes } = header;
  const times = new Float64Array(rows);
  const cells = columns.map(() => new Int32Array(rows));
  const hashes = hasHashes ? new Int32Array(rows) : null;
  const metrics = newMetrics();
  for (const metric of metrics) metric.ensure(rows);
  const blockMetrics = newMetrics();
  let first = 0;
  for (const ref of blocks) {
    const block = new BlockReader(source.read(ref));
    const count = block.int32(1)[0];
    times.set(block.float64(count), first);
    for (let i = 0; i < columns.length; i++) {
      const width = cellWidth(columns[i].cells);
      cells[i].set(width === 1 ? block.uint8(count) : width === 2 ? block.uint16(count) : block.int32(count), first);
    }
    for (let i = 0; i < metrics.length; i++) {
      blockMetrics[i].read(block, count);
      for (let row = 0; row < count; row++) metrics[i].fold(first + row, blockMetrics[i], row);
    }
    hashes?.set(block.int32(count), first);
    first += count;
  }
  const runColumns = columns.map((column, i) => runColumn(source, column, types[i], cells[i]));
  return { rows, times, columns: runColumns, metrics, hashes };
}

function runColumn(source: RunSource, column: SectionColumn, type: DimensionType, cells: Int32Array): RunColumn {
  return {
    cells,
    cellCount: column.cells,
    valueCount: column.values,
    lists: column.lists.length === 0 ? null : cellLists(source, column),
    values: type === 'string' ? new SectionTexts(source, column) : sectionNumbers(source, column),
  };
}

function cellLists(source: RunSource, column: SectionColumn): NonNullable<RunColumn['lists']> {
  const lists = readLists(source, column.lists);
  // Cell 0 is null and has no values.
  const ends = new Int32Array(lists.ends.length + 1);
  ends.set(lists.ends, 1);
  return { ends, ids: lists.ids };
}

function sectionNumbers(source: RunSource, column: SectionColumn): NumericValues {
  const cursor = new NumericCursor(source, column.dictionary);
  const pairs = new Int32Array(2 * (column.values + 1));
  while (cursor.next()) {
    pairs[2 * cursor.id] = cursor.low;
    pairs[2 * cursor.id + 1] = cursor.high;
  }
  const sorted = Int32Array.from({ length: column.values }, (_, i) => i + 1);
  return new NumericValues(pairs, sorted);
}

/** Texts of a section's dictionary, held as they are. */
class SectionTexts implements ValueSource {
  readonly #ends: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(source: RunSource, column: SectionColumn) {
    const total = column.dictionary.reduce((sum, { length }) => sum + length, 0);
    const bytes = new Uint8Array(total);
    const ends = new Int32Array(column.values + 1);
    let id = 0;
    for (const ref of column.dictionary) {
      const block = new BlockReader(source.read(ref));
      const count = block.int32(1)[0];
      const blockEnds = block.int32(count);
      const before = ends[id];
      for (let i = 0; i < count; i++) ends[++id] = before + blockEnds[i];
      bytes.set(block.uint8(blockEnds[count - 1]), before);
    }
    this.#ends = ends;
    this.#bytes = bytes;
  }

  writeBlock(block: BlockWriter, ranks: Int32Array, from: number, to: number): number {
    const ends = this.#ends;
    let total = 0;
    let next = from;
    while (next < to) {
      const length = ends[ranks[next]] - ends[ranks[next] - 1];
      if (next > from && total + length + 4 * (next - from) > BLOCK_BYTES_MAX) break;
      total += length;
      next++;
    }
    block.int32(1)[0] = next - from;
    const blockEnds = block.int32(next - from);
    for (let i = from, at = 0; i < next; i++) {
      at += ends[ranks[i]] - ends[ranks[i] - 1];
      blockEnds[i - from] = at;
    }
    const target = block.uint8(total);
    for (let i = from, at = 0; i < next; i++) {
      const start = ends[ranks[i] - 1];
      const end = ends[ranks[i]];
      copyText(this.#bytes, start, end, target, at);
      at += end - start;
    }
    return next;
  }
}
