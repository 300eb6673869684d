import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../../input/recordBatch.ts';
import { NumericDictionary } from '../../rollup/dictionary/numericDictionary.ts';
import { compareDoublePairs, compareLongPairs } from '../../rollup/dictionary/numericOrder.ts';
import { NumericValues } from '../../rollup/run/runWriter.ts';
import type { NumericType } from '../../spec/jobSpec.ts';
import { coerceDimension, newNumber } from '../coerce.ts';
import { javaDoubleText, javaFloatText } from '../numbers/javaText.ts';
import type { DimensionColumn, RankedColumn } from './dimension.ts';

const encoder = new TextEncoder();

/** A long, float or double dimension; floats are kept as the doubles they equal. */
export class NumericDimension implements DimensionColumn {
  readonly name: string;
  readonly values = new NumericDictionary();
  readonly type: NumericType;
  readonly #slot: number;
  readonly #number = newNumber();

  constructor(name: string, type: NumericType, slot: number) {
    this.name = name;
    this.type = type;
    this.#slot = slot;
  }

  assemble(batch: RecordBatch, records: Int32Array, count: number, cells: Int32Array, faulty: Uint8Array): void {
    const base = this.#slot * BATCH_ROWS;
    const number = this.#number;
    for (let i = 0; i < count; i++) {
      const record = records[i];
      if (batch.kinds[base + record] <= FieldKind.null) {
        cells[i] = 0;
        continue;
      }
      if (coerceDimension(batch, base + record, this.type, number)) {
        cells[i] = this.values.intern(number.pair[0], number.pair[1]);
      } else {
        cells[i] = 0;
        faulty[record]++;
      }
    }
  }

  rank(cells: Int32Array, rows: number): RankedColumn {
    const { pairs, count } = this.values;
    const compare = this.type === 'long' ? compareLongPairs : compareDoublePairs;
    const sorted = Int32Array.from({ length: count - 1 }, (_, i) => i + 1).sort((a, b) =>
      compare(pairs[2 * a], pairs[2 * a + 1], pairs[2 * b], pairs[2 * b + 1]),
    );
    const ranks = new Int32Array(count);
    for (let i = 0; i < sorted.length; i++) ranks[sorted[i]] = i + 1;
    const ranked = new Int32Array(rows);
    for (let row = 0; row < rows; row++) ranked[row] = ranks[cells[row]];
    return {
      name: this.name,
      cells: ranked,
      cellCount: sorted.length,
      valueCount: sorted.length,
      lists: null,
      values: new NumericValues(pairs, sorted),
      forEachValue: (cell, visit) => {
        const bytes = encoder.encode(this.#textOf(sorted[cell - 1]));
        visit(bytes, 0, bytes.length);
      },
    };
  }

  /** The canonical text of a stored value, by which rows are hashed. */
  #textOf(id: number): string {
    const { pair, long, double } = this.#number;
    pair[0] = this.values.pairs[2 * id];
    pair[1] = this.values.pairs[2 * id + 1];
    if (this.type === 'long') return long[0].toString();
    return this.type === 'double' ? javaDoubleText(double[0]) : javaFloatText(double[0]);
  }

  memoryUsage(): number {
    return this.values.memoryUsage();
  }

  clear(): void {
    this.values.clear();
  }
}
