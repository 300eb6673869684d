import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../../input/recordBatch.ts';
import { ListDictionary } from '../../rollup/dictionary/listDictionary.ts';
import type { DimensionColumn } from './dimension.ts';

/** Each row's shape, in bytes. */
const BYTES_PER_ROW = 4;

export interface FoundDimensionsOptions {
  /** Names that are no dimensions to find: exclusions, and dimensions that the spec lists. */
  readonly known: ReadonlySet<string>;
  readonly newDimension: (name: string, slot: number) => DimensionColumn;
}

/**
 * Dimensions found in the records of a run, and the **shape** of each of its rows: the found dimensions that the row has, in the order
 * of the record. A list of slots stands for a shape; shapes are few where the data has a form at all. A field that is a map, or a
 * list of such, is not found (Druid's JSONFlattenerMaker.discoverRootFields).
 */
export class FoundDimensions {
  /** Those of the run, in the order of first sight. */
  readonly active: DimensionColumn[] = [];
  readonly #options: FoundDimensionsOptions;
  /** By slot: whether it is no dimension to find. */
  readonly #known: boolean[] = [];
  /** By slot, made when first found and kept from run to run. */
  readonly #dimensions: (DimensionColumn | undefined)[] = [];
  /** By slot: its place among the active ones, or -1. */
  readonly #places: number[] = [];
  readonly #shapes = new ListDictionary();
  /** Shape of the record that a row was made of. */
  #rowShapes = new Int32Array(BATCH_ROWS);
  #rows = 0;
  /** (row, shape) where records of other shapes joined a row. */
  readonly #moreShapes = new ListDictionary();
  readonly #recordShapes = new Int32Array(BATCH_ROWS);
  #list = new Int32Array(64);
  readonly #pair = new Int32Array(2);

  constructor(options: FoundDimensionsOptions) {
    this.#options = options;
  }

  /**
   * Looks at the fields of some records; what is met for the first time becomes active.
   *
   * @param records the records wanted, `records[0..count)`, ascending
   */
  find(batch: RecordBatch, records: Int32Array, count: number): void {
    const { order } = batch;
    if (order === null) throw new Error('the batch does not note which fields its records have');
    this.#addSlots(batch);
    let { fields, ends } = order;
    let { kinds } = batch;
    for (let i = 0; i < count; i++) {
      const record = records[i];
      const from = record === 0 ? 0 : ends[record - 1];
      const length = this.#listFound(fields, from, ends[record], kinds, record, order.hasNulls);
      const known = this.#shapes.count;
      const shape = this.#shapes.intern(this.#list, length);
      this.#recordShapes[i] = shape;
      if (shape < known) continue;
      this.#activate(batch, length);
      // A new dimension takes memory of the kernel.
      ({ fields, ends } = order);
      ({ kinds } = batch);
    }
  }

  /** Notes the rows that the records of `find` went to. */
  note(rows: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      const shape = this.#recordShapes[i];
      if (row === this.#rows) this.#addRow(shape);
      else if (this.#rowShapes[row] !== shape) {
        this.#pair[0] = row;
        this.#pair[1] = shape;
        this.#moreShapes.intern(this.#pair, 2);
      }
    }
  }

  get shapes(): number {
    return this.#shapes.count;
  }

  shapeOf(row: number): number {
    return this.#rowShapes[row];
  }

  /** Calls back with each further shape of a row. */
  eachMore(visit: (row: number, shape: number) => void): void {
    const { ids, count } = this.#moreShapes;
    for (let i = 0; i < count; i++) visit(ids[2 * i], ids[2 * i + 1]);
  }

  /** Places among the active dimensions of those of a shape, in the order of its records. */
  placesOf(shape: number): number[] {
    const slots = this.#shapes.ids.subarray(this.#shapes.startOf(shape), this.#shapes.ends[shape]);
    return Array.from(slots, (slot) => this.#places[slot]);
  }

  /** Bytes in use; a function of the records alone. */
  memoryUsage(): number {
    let sum = this.#shapes.memoryUsage() + this.#moreShapes.memoryUsage() + BYTES_PER_ROW * this.#rows;
    for (const dimension of this.active) sum += dimension.memoryUsage();
    return sum;
  }

  /** Forgets rows, shapes and what was found. */
  clear(): void {
    for (const dimension of this.active) dimension.clear();
    this.active.length = 0;
    this.#places.fill(-1);
    this.#shapes.clear();
    this.#moreShapes.clear();
    this.#rows = 0;
  }

  #addSlots({ fieldNames }: RecordBatch): void {
    for (let slot = this.#known.length; slot < fieldNames.length; slot++) {
      this.#known.push(this.#options.known.has(fieldNames[slot]));
      this.#dimensions.push(undefined);
      this.#places.push(-1);
    }
  }

  /** Lists the slots of a record that are dimensions to find. */
  #listFound(
    fields: Int32Array,
    from: number,
    to: number,
    kinds: Uint8Array,
    record: number,
    hasNulls: boolean,
  ): number {
    if (to - from > this.#list.length) this.#list = new Int32Array(2 * (to - from));
    const list = this.#list;
    let length = 0;
    for (let at = from; at < to; at++) {
      const field = fields[at];
      const kind = kinds[field + record];
      if (kind === FieldKind.nested || (kind === FieldKind.null && !hasNulls)) continue;
      const slot = field / BATCH_ROWS;
      if (!this.#known[slot]) list[length++] = slot;
    }
    return length;
  }

  /** Makes the first slots of the list active. */
  #activate({ fieldNames }: RecordBatch, length: number): void {
    for (let i = 0; i < length; i++) {
      const slot = this.#list[i];
      if (this.#places[slot] >= 0) continue;
      const dimension = this.#dimensions[slot] ?? this.#options.newDimension(fieldNames[slot], slot);
      this.#dimensions[slot] = dimension;
      this.#places[slot] = this.active.push(dimension) - 1;
    }
  }

  #addRow(shape: number): void {
    if (this.#rows === this.#rowShapes.length) {
      const larger = new Int32Array(this.#rows * 2);
      larger.set(this.#rowShapes);
      this.#rowShapes = larger;
    }
    this.#rowShapes[this.#rows++] = shape;
  }
}
