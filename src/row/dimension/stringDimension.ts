import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../../input/recordBatch.ts';
import { ByteDictionary } from '../../rollup/dictionary/byteDictionary.ts';
import { ListDictionary } from '../../rollup/dictionary/listDictionary.ts';
import { sortUtf8 } from '../../rollup/dictionary/sortUtf8.ts';
import { compareUtf8 } from '../../rollup/dictionary/utf8Order.ts';
import type { CellLists } from '../../rollup/merge/mergeValues.ts';
import { TextValues } from '../../rollup/run/runWriter.ts';
import type { MultiValueHandling } from '../../spec/jobSpec.ts';
import { FieldText } from '../fieldText.ts';
import type { DimensionColumn, RankedColumn } from './dimension.ts';
import { rankLists } from './rankLists.ts';

const NULL_TEXT = new TextEncoder().encode('null');

export interface StringDimensionOptions {
  readonly name: string;
  readonly slot: number;
  readonly multiValueHandling: MultiValueHandling;
  /** Druid's text of a double: Java 17's or the shortest one. */
  readonly doubleText: (value: number) => string;
  /** Druid's Hadoop indexer turns nulls inside lists into the text "null" (docs/quirks.md, row 3). */
  readonly nullElementsAsText: boolean;
  /** Lists enter the hash of the group key as sorted sets of their values: so over all dimensions, not among partition dimensions. */
  readonly hashAsSet: boolean;
}

/** A dimension of texts: single values, or lists of them by the dimension's multi-value handling. */
export class StringDimension implements DimensionColumn {
  readonly name: string;
  readonly values = new ByteDictionary();
  /** Lists after multi-value handling: of at least two values. */
  readonly lists = new ListDictionary();
  readonly #slot: number;
  readonly #handling: MultiValueHandling;
  readonly #text: FieldText;
  readonly #nullElementsAsText: boolean;
  readonly #hashAsSet: boolean;
  /** Lists as the input had them, and the cell that each became. */
  readonly #rawLists = new ListDictionary();
  #rawCells = new Int32Array(64);
  #list = new Int32Array(64);

  constructor(options: StringDimensionOptions) {
    this.name = options.name;
    this.#slot = options.slot;
    this.#hashAsSet = options.hashAsSet;
    this.#handling = options.multiValueHandling;
    this.#text = new FieldText(options.doubleText);
    this.#nullElementsAsText = options.nullElementsAsText;
  }

  assemble(batch: RecordBatch, records: Int32Array, count: number, cells: Int32Array): void {
    const { kinds, starts, ends, bytes } = batch;
    const values = this.values;
    const base = this.#slot * BATCH_ROWS;
    for (let i = 0; i < count; i++) {
      const at = base + records[i];
      const kind = kinds[at];
      if (kind === FieldKind.string) cells[i] = values.intern(bytes, starts[at], ends[at]);
      else if (kind <= FieldKind.null) cells[i] = 0;
      else if (kind === FieldKind.list) cells[i] = this.#listCell(batch, starts[at], ends[at]);
      else if (kind === FieldKind.nested) cells[i] = this.#nestedCell(batch.values[starts[at]]);
      else {
        this.#text.read(batch, at);
        cells[i] = this.#internText();
      }
    }
  }

  rank(cells: Int32Array, rows: number): RankedColumn {
    const { values, lists } = this;
    const sorted = sortUtf8(values.bytes, values.ends, values.count);
    const valueRanks = new Int32Array(values.count);
    for (let i = 0; i < sorted.length; i++) valueRanks[sorted[i]] = i + 1;
    const ranks = lists.count === 0 ? null : rankLists(valueRanks, sorted, lists);
    const ranked = new Int32Array(rows);
    if (ranks === null) for (let row = 0; row < rows; row++) ranked[row] = valueRanks[cells[row]];
    else {
      for (let row = 0; row < rows; row++) {
        const cell = cells[row];
        ranked[row] = cell >= 0 ? ranks.valueCellRanks[cell] : ranks.listCellRanks[-1 - cell];
      }
    }
    return {
      name: this.name,
      cells: ranked,
      cellCount: ranks === null ? sorted.length : ranks.cellCount,
      valueCount: sorted.length,
      lists: ranks === null ? null : ranks.lists,
      values: new TextValues(values.bytes, values.ends, sorted),
      forEachValue: (cell, visit) => {
        if (ranks === null) this.#visitValue(sorted, cell, visit);
        else for (const rank of this.#hashedRanks(ranks.lists, cell)) this.#visitValue(sorted, rank, visit);
      },
    };
  }

  #visitValue(sorted: Int32Array, rank: number, visit: Parameters<RankedColumn['forEachValue']>[1]): void {
    if (rank === 0) visit(null, 0, 0);
    else visit(this.values.bytes, this.values.ends[sorted[rank - 1] - 1], this.values.ends[sorted[rank - 1]]);
  }

  /** Value ranks of a cell as they are hashed: distinct and sorted over all dimensions, as they stand among partition dimensions. */
  #hashedRanks(lists: CellLists, cell: number): Iterable<number> {
    const ranks = lists.ids.subarray(lists.ends[cell - 1], lists.ends[cell]);
    return this.#hashAsSet ? new Set(ranks.slice().sort()) : ranks;
  }

  memoryUsage(): number {
    return this.values.memoryUsage() + this.lists.memoryUsage() + this.#rawLists.memoryUsage();
  }

  clear(): void {
    this.values.clear();
    this.lists.clear();
    this.#rawLists.clear();
  }

  #internText(): number {
    const { bytes, start, end } = this.#text;
    return this.values.intern(bytes, start, end);
  }

  #listCell(batch: RecordBatch, from: number, to: number): number {
    const length = to - from;
    this.#ensureList(length);
    for (let i = 0; i < length; i++) {
      if (batch.elements.kinds[from + i] === FieldKind.null) this.#list[i] = this.#nullElement(length);
      else {
        this.#text.readElement(batch, from + i);
        this.#list[i] = this.#internText();
      }
    }
    return this.#cellOfList(length);
  }

  /** Maps and nested lists appear as Java prints them; a list's elements are values of their own. */
  #nestedCell(value: unknown): number {
    const elements = Array.isArray(value) ? value : [value];
    this.#ensureList(elements.length);
    for (let i = 0; i < elements.length; i++) {
      if (elements[i] === null) this.#list[i] = this.#nullElement(elements.length);
      else {
        this.#text.readValue(elements[i]);
        this.#list[i] = this.#internText();
      }
    }
    return this.#cellOfList(elements.length);
  }

  #ensureList(length: number): void {
    if (length > this.#list.length) this.#list = new Int32Array(length * 2);
  }

  #nullElement(length: number): number {
    return this.#nullElementsAsText && length > 1 ? this.values.intern(NULL_TEXT, 0, NULL_TEXT.length) : 0;
  }

  /** The cell of the value ids in `#list`. */
  #cellOfList(length: number): number {
    if (length === 0) return 0;
    if (length === 1) return this.#list[0];
    const known = this.#rawLists.count;
    const raw = this.#rawLists.intern(this.#list, length);
    if (raw < known) return this.#rawCells[raw];
    if (raw === this.#rawCells.length) {
      const larger = new Int32Array(raw * 2);
      larger.set(this.#rawCells);
      this.#rawCells = larger;
    }
    const cell = this.#handle(length);
    this.#rawCells[raw] = cell;
    return cell;
  }

  #handle(length: number): number {
    let kept = length;
    if (this.#handling !== 'ARRAY') {
      const { bytes, ends } = this.values;
      const sorted = this.#list.subarray(0, length).sort((a, b) => {
        if (a === b) return 0;
        if (a === 0 || b === 0) return a - b;
        return compareUtf8(bytes, ends[a - 1], ends[a], bytes, ends[b - 1], ends[b]);
      });
      if (this.#handling === 'SORTED_SET') {
        kept = 1;
        for (let i = 1; i < length; i++) if (sorted[i] !== sorted[kept - 1]) sorted[kept++] = sorted[i];
        if (kept === 1) return sorted[0];
      }
    }
    return -1 - this.lists.intern(this.#list, kept);
  }
}
