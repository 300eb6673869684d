import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../../input/recordBatch.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { CellKind, type RangeDimension } from '../../partition/determine/rangeDimension.ts';
import type { HashedDimension } from '../../partition/hashShards.ts';
import { FragmentBuffer } from '../../partition/jsonFragments.ts';
import { KernelDictionary, LEFT_TO_CALLER } from '../../rollup/dictionary/kernelDictionary.ts';
import { ListDictionary } from '../../rollup/dictionary/listDictionary.ts';
import { TextValues } from '../../rollup/run/columnValues.ts';
import type { RunColumn } from '../../rollup/run/runWriter.ts';
import { compareUtf8 } from '../../segment/utf8Order.ts';
import type { MultiValueHandling } from '../../spec/jobSpec.ts';
import { FieldText } from '../fieldText.ts';
import type { DimensionColumn } from './dimension.ts';
import { rankCells } from './rankCells.ts';
import { rankLists } from './rankLists.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Stands for the value id of a list of several values. */
const SEVERAL = -1;
const NULL_TEXT = new TextEncoder().encode('null');
const COMMA = 0x2c;
const CLOSE_BRACKET = 0x5d;

export interface StringDimensionOptions {
  /** Holds the values; the batches' kernel. */
  readonly kernel: Kernel;
  readonly name: string;
  readonly slot: number;
  readonly multiValueHandling: MultiValueHandling;
  /** Druid's text of a double: Java 17's or the shortest one. */
  readonly doubleText: (value: number) => string;
  /** Druid's Hadoop indexer turns nulls inside lists into the text "null" (docs/quirks.md, row 3). */
  readonly nullElementsAsText: boolean;
  /** Maps, and lists that hold maps or lists, are null: so in dimensions that are found in the data. */
  readonly flatOnly: boolean;
  /**
   * A null that a record has is another value than none: a list of one null. So it is to the incremental index of Druid's Hadoop
   * indexer in dimensions that are found in the data.
   */
  readonly tellsAbsence: boolean;
}

/** A dimension of texts: single values, or lists of them by the dimension's multi-value handling. */
export class StringDimension implements DimensionColumn {
  readonly name: string;
  readonly values: KernelDictionary;
  /** Lists after multi-value handling: of at least two values, or of one null. */
  readonly lists = new ListDictionary();
  readonly #slot: number;
  readonly #handling: MultiValueHandling;
  readonly #text: FieldText;
  readonly #nullElementsAsText: boolean;
  readonly #flatOnly: boolean;
  readonly #tellsAbsence: boolean;
  /** Lists as the input had them, and the cell that each became. */
  readonly #rawLists = new ListDictionary();
  #rawCells = new Int32Array(64);
  #list = new Int32Array(64);
  /** In the kernel: cells of a batch, wanted records of a batch, and, once there are lists, their elements' ids. */
  readonly #cellsAddress: number;
  readonly #recordsAddress: number;
  #elementIds = 0;
  #elementCapacity = 0;

  constructor(options: StringDimensionOptions) {
    const { kernel } = options;
    this.values = new KernelDictionary(kernel);
    this.#cellsAddress = kernel.allocate(BATCH_ROWS * 4);
    this.#recordsAddress = kernel.allocate(BATCH_ROWS * 4);
    this.name = options.name;
    this.#slot = options.slot;
    this.#handling = options.multiValueHandling;
    this.#text = new FieldText(options.doubleText);
    this.#nullElementsAsText = options.nullElementsAsText;
    this.#flatOnly = options.flatOnly;
    this.#tellsAbsence = options.tellsAbsence;
  }

  assemble(batch: RecordBatch, records: Int32Array, count: number, cells: Int32Array): void {
    const { kernel } = this.values;
    const { elements } = batch;
    // Where all records are wanted, records[i] is i.
    const all = count === batch.rows;
    if (!all) kernel.ints.set(records.subarray(0, count), this.#recordsAddress / 4);
    if (this.#elementIds > 0 && batch.elementCount > this.#elementCapacity) this.#takeElementIds(batch.elementCount);
    const base = this.#slot * BATCH_ROWS;
    const left = this.values.internColumn({
      bytes: batch.bytesAddress,
      kinds: batch.kindsAddress + base,
      starts: batch.startsAddress + base * 4,
      ends: batch.endsAddress + base * 4,
      records: all ? 0 : this.#recordsAddress,
      count,
      cells: this.#cellsAddress,
      elementKinds: this.#elementIds > 0 ? elements.kindsAddress : 0,
      elementStarts: elements.startsAddress,
      elementEnds: elements.endsAddress,
      elementIds: this.#elementIds,
    });
    const word = this.#cellsAddress / 4;
    cells.set(kernel.ints.subarray(word, word + count));
    if (left > 0) this.#assembleOthers(batch, records, count, cells);
    if (this.#tellsAbsence) this.#tellNulls(batch, records, count, cells);
  }

  #tellNulls({ kinds, order }: RecordBatch, records: Int32Array, count: number, cells: Int32Array): void {
    const base = this.#slot * BATCH_ROWS;
    for (let i = 0; i < count; i++) {
      if (cells[i] !== 0) continue;
      const kind = kinds[base + records[i]];
      if (kind !== FieldKind.list && (kind !== FieldKind.null || order?.hasNulls !== true)) continue;
      this.#list[0] = 0;
      cells[i] = -1 - this.lists.intern(this.#list, 1);
    }
  }

  /** Fills in the cells that the kernel left: lists, nested values and texts that are not the bytes of the input. */
  #assembleOthers(batch: RecordBatch, records: Int32Array, count: number, cells: Int32Array): void {
    const base = this.#slot * BATCH_ROWS;
    let lists = 0;
    for (let i = 0; i < count; i++) {
      if (cells[i] !== LEFT_TO_CALLER) continue;
      const at = base + records[i];
      // Interning may move the batch's views: each access takes them anew.
      const kind = batch.kinds[at];
      if (kind === FieldKind.list) {
        cells[i] = this.#listCell(batch, batch.starts[at], batch.ends[at]);
        lists++;
      } else if (kind === FieldKind.nested) {
        cells[i] = this.#flatOnly ? 0 : this.#nestedCell(batch.values[batch.starts[at]]);
      } else {
        this.#text.read(batch, at);
        cells[i] = this.#internText();
      }
    }
    // To the kernel a list of one null is null.
    if (lists > 0 && this.#elementIds === 0 && !this.#nullElementsAsText) this.#takeElementIds(batch.elementCount);
  }

  #takeElementIds(count: number): void {
    this.#elementCapacity = Math.max(BATCH_ROWS, count, this.#elementCapacity * 2);
    this.#elementIds = this.values.kernel.allocate(this.#elementCapacity * 4);
  }

  sort(): void {
    this.values.sort();
  }

  rank(cells: Int32Array, rows: number, kernel: Kernel): RunColumn {
    const { values, lists } = this;
    const { count } = values;
    const ranked = kernel.allocate(rows * 4);
    const mark = kernel.mark();
    const address = kernel.allocate(count * 4);
    kernel.exports.dictionaryRanks(values.sorted, count - 1, address);
    const valueRanks = kernel.ints.subarray(address / 4, address / 4 + count);
    const sorted = kernel.ints.subarray(values.sorted / 4, values.sorted / 4 + count - 1);
    const ranks = lists.count === 0 ? null : rankLists(valueRanks, sorted, lists);
    if (ranks === null) rankCells(kernel, cells.subarray(0, rows), address, ranked);
    else {
      const { ints } = kernel;
      const target = ranked / 4;
      for (let row = 0; row < rows; row++) {
        const cell = cells[row];
        ints[target + row] = cell >= 0 ? ranks.valueCellRanks[cell] : ranks.listCellRanks[-1 - cell];
      }
    }
    kernel.release(mark);
    return {
      cells: ranked,
      cellCount: ranks === null ? count - 1 : ranks.cellCount,
      valueCount: count - 1,
      lists: ranks === null ? null : ranks.lists,
      values: new TextValues(values),
    };
  }

  hashed(cells: Int32Array, asSets: boolean): HashedDimension {
    return {
      name: this.name,
      cells,
      describe: (hasher, column, prefix, nullFragment) => {
        const fragments = this.#otherFragments(prefix, nullFragment, asSets);
        const { values } = this;
        hasher.setDictionary(column, values.arena, values.ends, values.count, prefix, fragments);
      },
    };
  }

  ranged(cells: Int32Array): RangeDimension {
    const idOf = (cell: number) => (cell >= 0 ? cell : this.#onlyId(-1 - cell));
    const { kernel, arena, ends, count } = this.values;
    return {
      name: this.name,
      cells,
      texts: { kernel, arena, ends, count, idOf },
      find: (cell, found) => {
        const id = idOf(cell);
        if (id === SEVERAL) return CellKind.several;
        if (id === 0) return CellKind.null;
        found.bytes = this.values.kernel.bytes;
        found.start = this.values.startOf(id);
        found.end = this.values.endOf(id);
        return CellKind.text;
      },
    };
  }

  keyTexts(cell: number): readonly string[] {
    if (cell === 0 || (cell < 0 && this.#isNull(-1 - cell))) return [];
    const { values } = this;
    return Array.from(cell > 0 ? [cell] : this.#hashedIds(-1 - cell, true), (id) =>
      id === 0 ? 'null' : decoder.decode(values.kernel.bytes.subarray(values.startOf(id), values.endOf(id))),
    );
  }

  /** Whether a list is that of one null. */
  #isNull(list: number): boolean {
    const start = this.lists.startOf(list);
    return this.lists.ends[list] - start === 1 && this.lists.ids[start] === 0;
  }

  /** The value id of a list whose values are all equal. */
  #onlyId(list: number): number {
    const { ids } = this.lists;
    const start = this.lists.startOf(list);
    for (let at = start + 1; at < this.lists.ends[list]; at++) if (ids[at] !== ids[start]) return SEVERAL;
    return ids[start];
  }

  /** JSON of null and of the lists. */
  #otherFragments(prefix: Uint8Array, nullFragment: Uint8Array, asSets: boolean): FragmentBuffer {
    const fragments = new FragmentBuffer();
    const { lists, values } = this;
    fragments.raw(nullFragment);
    fragments.end();
    for (let list = 0; list < lists.count; list++) {
      if (this.#isNull(list)) {
        fragments.raw(nullFragment);
        fragments.end();
        continue;
      }
      // The prefix ends with the quote of a text; elements bring their own.
      fragments.raw(prefix.subarray(0, prefix.length - 1));
      let first = true;
      for (const id of this.#hashedIds(list, asSets)) {
        if (!first) fragments.byte(COMMA);
        first = false;
        if (id === 0) fragments.raw(NULL_TEXT);
        else fragments.string(values.kernel.bytes, values.startOf(id), values.endOf(id));
      }
      fragments.byte(CLOSE_BRACKET);
      fragments.end();
    }
    return fragments;
  }

  /** Value ids of a list as they are hashed: distinct and sorted over all dimensions, as they stand among partition dimensions. */
  #hashedIds(list: number, asSets: boolean): Iterable<number> {
    const ids = this.lists.ids.subarray(this.lists.startOf(list), this.lists.ends[list]);
    return asSets ? new Set(this.#sortIds(ids.slice())) : ids;
  }

  #sortIds(ids: Int32Array): Int32Array {
    const { values } = this;
    const { bytes } = values.kernel;
    return ids.sort((a, b) => {
      if (a === b) return 0;
      if (a === 0 || b === 0) return a - b;
      return compareUtf8(bytes, values.startOf(a), values.endOf(a), bytes, values.startOf(b), values.endOf(b));
    });
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
    const ids = this.#elementIds / 4;
    for (let i = 0; i < length; i++) {
      // Without room for ids the kernel has not looked at the elements.
      const id = ids === 0 ? LEFT_TO_CALLER : this.values.kernel.ints[ids + from + i];
      if (id > 0) this.#list[i] = id;
      else if (batch.elements.kinds[from + i] === FieldKind.null) this.#list[i] = this.#nullElement();
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
      if (elements[i] === null) this.#list[i] = this.#nullElement();
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

  #nullElement(): number {
    return this.#nullElementsAsText ? this.values.intern(NULL_TEXT, 0, NULL_TEXT.length) : 0;
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
      const sorted = this.#sortIds(this.#list.subarray(0, length));
      if (this.#handling === 'SORTED_SET') {
        kept = 1;
        for (let i = 1; i < length; i++) if (sorted[i] !== sorted[kept - 1]) sorted[kept++] = sorted[i];
        if (kept === 1) return sorted[0];
      }
    }
    return -1 - this.lists.intern(this.#list, kept);
  }
}
