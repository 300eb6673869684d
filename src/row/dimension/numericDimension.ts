import { BATCH_ROWS, type RecordBatch } from '../../input/recordBatch.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { CellKind, type RangeDimension } from '../../partition/determine/rangeDimension.ts';
import type { HashedDimension } from '../../partition/hashShards.ts';
import { FragmentBuffer } from '../../partition/jsonFragments.ts';
import { NumericDictionary } from '../../rollup/dictionary/numericDictionary.ts';
import { compareDoublePairs, compareLongPairs } from '../../rollup/dictionary/numericOrder.ts';
import { NumericValues } from '../../rollup/run/columnValues.ts';
import type { RunColumn } from '../../rollup/run/runWriter.ts';
import type { NumericType } from '../../spec/jobSpec.ts';
import { coerceDimension, newNumber } from '../coerce.ts';
import { NumberColumn, Outcome } from '../numberColumn.ts';
import { storedText } from '../numbers/storedText.ts';
import type { DimensionColumn } from './dimension.ts';
import { rankCells } from './rankCells.ts';

const encoder = new TextEncoder();
/** Of a number's text, more than any has. */
const TEXT_BYTES_MAX = 64;
/** Ends the list of a value's JSON. */
const CLOSE = encoder.encode('"]');

/** A long, float or double dimension; floats are kept as the doubles they equal. */
export class NumericDimension implements DimensionColumn {
  readonly name: string;
  readonly values = new NumericDictionary();
  readonly type: NumericType;
  readonly #slot: number;
  readonly #column = new NumberColumn();
  readonly #number = newNumber();
  /** Value ids in order, by `sort`. */
  #sorted = new Int32Array(0);

  constructor(name: string, type: NumericType, slot: number) {
    this.name = name;
    this.type = type;
    this.#slot = slot;
  }

  assemble(batch: RecordBatch, records: Int32Array, count: number, cells: Int32Array, faulty: Uint8Array): void {
    this.#column.read(batch, this.#slot, records, count, this.type);
    const { values } = this;
    const { pairs, outcomes } = this.#column;
    for (let i = 0; i < count; i++) {
      if (outcomes[i] === Outcome.number) cells[i] = values.intern(pairs[2 * i], pairs[2 * i + 1]);
      else if (outcomes[i] === Outcome.nothing) cells[i] = 0;
      else cells[i] = this.#internOther(batch, records[i], faulty);
    }
  }

  #internOther(batch: RecordBatch, record: number, faulty: Uint8Array): number {
    const number = this.#number;
    if (coerceDimension(batch, this.#slot * BATCH_ROWS + record, this.type, number)) {
      return this.values.intern(number.pair[0], number.pair[1]);
    }
    faulty[record] = 1;
    return 0;
  }

  sort(): void {
    const { pairs, count } = this.values;
    const compare = this.type === 'long' ? compareLongPairs : compareDoublePairs;
    const sorted = new Int32Array(count - 1);
    for (let i = 0; i < sorted.length; i++) sorted[i] = i + 1;
    this.#sorted = sorted.sort((a, b) => compare(pairs[2 * a], pairs[2 * a + 1], pairs[2 * b], pairs[2 * b + 1]));
  }

  rank(cells: Int32Array, rows: number, kernel: Kernel): RunColumn {
    const { pairs, count } = this.values;
    const sorted = this.#sorted;
    const ranked = kernel.allocate(rows * 4);
    const mark = kernel.mark();
    const address = kernel.allocate(count * 4);
    const ranks = kernel.ints.subarray(address / 4, address / 4 + count);
    ranks[0] = 0;
    for (let i = 0; i < sorted.length; i++) ranks[sorted[i]] = i + 1;
    rankCells(kernel, cells.subarray(0, rows), address, ranked);
    kernel.release(mark);
    return {
      cells: ranked,
      cellCount: sorted.length,
      valueCount: sorted.length,
      lists: null,
      values: new NumericValues(pairs, sorted),
    };
  }

  hashed(cells: Int32Array): HashedDimension {
    return {
      name: this.name,
      cells,
      describe: (hasher, column, prefix, nullFragment) => {
        const fragments = new FragmentBuffer();
        fragments.raw(nullFragment);
        fragments.end();
        for (let id = 1; id < this.values.count; id++) {
          fragments.raw(prefix);
          fragments.ascii(this.#textOf(id));
          fragments.raw(CLOSE);
          fragments.end();
        }
        hasher.setFragments(column, fragments.bytes, fragments.ends, fragments.count);
      },
    };
  }

  ranged(cells: Int32Array): RangeDimension {
    const bytes = new Uint8Array(TEXT_BYTES_MAX);
    return {
      name: this.name,
      cells,
      find: (cell, found) => {
        if (cell === 0) return CellKind.null;
        found.bytes = bytes;
        found.start = 0;
        found.end = encoder.encodeInto(this.#textOf(cell), bytes).written;
        return CellKind.text;
      },
    };
  }

  keyTexts(cell: number): readonly string[] {
    return cell === 0 ? [] : [this.#textOf(cell)];
  }

  /** The text of a stored value, by which rows are hashed and cut into ranges. */
  #textOf(id: number): string {
    return storedText(this.type, this.values.pairs[2 * id], this.values.pairs[2 * id + 1], this.#number);
  }

  memoryUsage(): number {
    return this.values.memoryUsage();
  }

  clear(): void {
    this.values.clear();
  }
}
