import type { Scratch } from '../scratch.ts';
import { bitmapIndex } from './bitmapIndex.ts';
import type { BlockCodec } from './blockCodec.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { putInt32 } from './bytes.ts';
import type { DictionaryWriter } from './dictionary.ts';
import { FEW_ROWS, FewIds } from './fewIds.ts';
import { IdColumnWriter, idOutsideDictionary, MultiIdColumnWriter } from './idColumn.ts';

/** Versions of Druid's `DictionaryEncodedColumnPartSerde`. */
const VERSION_UNCOMPRESSED_SINGLE_VALUE = 0;
const VERSION_UNCOMPRESSED_MULTI_VALUE = 1;
const VERSION_COMPRESSED = 2;
const VERSION_UNCOMPRESSED_WITH_FLAGS = 3;
/** Its feature flags. */
const FLAG_MULTI_VALUE = 1;
const FLAG_MULTI_VALUE_V3 = 2;
const FLAG_NO_BITMAP_INDEX = 4;

/** Feature flags of a part whose ids are compressed. */
export function stringFlags(hasMultipleValues: boolean, createBitmapIndex: boolean): number {
  return (hasMultipleValues ? FLAG_MULTI_VALUE_V3 : 0) | (createBitmapIndex ? 0 : FLAG_NO_BITMAP_INDEX);
}

export interface StringColumnOptions {
  readonly name: string;
  readonly hasMultipleValues: boolean;
  readonly createBitmapIndex: boolean;
  /** Null: dimensionCompression "uncompressed", which has layouts of its own for ids. */
  readonly codec: BlockCodec | null;
}

/** A `stringDictionary` column part: version, flags, dictionary, ids, bitmap index. */
export class StringColumnWriter {
  /** Rows appended so far. */
  rows = 0;
  readonly #options: StringColumnOptions;
  readonly #dictionary: DictionaryWriter;
  readonly #scratch: Scratch;
  /** Holds the ids while they are few; else null. */
  #few: FewIds | null = null;
  /** Null while ids are few. */
  #ids: IdColumnWriter | MultiIdColumnWriter | null = null;
  /** Occurrences of each id, from which the bitmap index lays out its rows; null without one, and while ids are few. */
  #counts: Int32Array | null = null;

  /** @param dictionary complete: the width of ids follows from its size */
  constructor(options: StringColumnOptions, dictionary: DictionaryWriter, scratch: Scratch) {
    this.#options = options;
    this.#dictionary = dictionary;
    this.#scratch = scratch;
    if (options.codec === null || options.hasMultipleValues || dictionary.cardinality > FEW_ROWS) this.#begin();
    else this.#few = new FewIds(options.name, options.codec, scratch);
  }

  /** Appends one id per row. Where they are few, `parts` finds those outside the dictionary. */
  appendIds(ids: Int32Array, rows: number): void {
    if (this.#options.hasMultipleValues) {
      throw new Error(`column "${this.#options.name}" has multiple values: give lists of ids, not one id per row`);
    }
    if (this.#few?.append(ids, rows) !== true) this.#appendMany(ids, rows);
    this.rows += rows;
  }

  /** Appends rows; row i has `ids[ends[i - 1], ends[i])`. A row without ids is a null row, whose bitmap is that of id 0. */
  appendIdLists(ends: Int32Array, ids: Int32Array, rows: number): void {
    if (!(this.#ids instanceof MultiIdColumnWriter)) {
      throw new Error(`column "${this.#options.name}" has single values: give one id per row, not lists of ids`);
    }
    this.#takeIds(ids, rows === 0 ? 0 : ends[rows - 1]);
    this.#takeEmptyRows(ends, rows);
    this.#ids.append(ends, ids, rows);
    this.rows += rows;
  }

  /** The finished part; builds the bitmap index. */
  parts(): ByteSource[] {
    return [bytesSource(this.#versionAndFlags()), ...this.#dictionary.parts(), ...this.#idParts()];
  }

  #idParts(): ByteSource[] {
    if (this.#few !== null && this.rows > 0)
      return this.#few.parts(this.#dictionary.cardinality, this.#options.createBitmapIndex);
    if (this.#ids === null) this.#begin();
    const ids = this.#ids as IdColumnWriter | MultiIdColumnWriter;
    ids.finish();
    const { name } = this.#options;
    if (this.#counts === null) return ids.parts();
    return [...ids.parts(), ...bitmapIndex(name, this.#counts, ids, this.rows, this.#scratch)];
  }

  /** Ids are many from now on. */
  #begin(): void {
    const { name, codec, hasMultipleValues, createBitmapIndex } = this.#options;
    const { cardinality } = this.#dictionary;
    this.#counts = createBitmapIndex ? new Int32Array(cardinality) : null;
    this.#ids = hasMultipleValues
      ? new MultiIdColumnWriter(name, cardinality, codec, this.#scratch)
      : new IdColumnWriter(name, cardinality, codec, this.#scratch);
  }

  #appendMany(ids: Int32Array, rows: number): void {
    const few = this.#few;
    if (few !== null) {
      this.#few = null;
      this.#begin();
      this.#appendMany(few.ids, few.rows);
    }
    this.#takeIds(ids, rows);
    (this.#ids as IdColumnWriter).append(ids, rows);
  }

  #versionAndFlags(): Uint8Array {
    const { codec, hasMultipleValues, createBitmapIndex } = this.#options;
    if (codec === null && createBitmapIndex) {
      return Uint8Array.of(hasMultipleValues ? VERSION_UNCOMPRESSED_MULTI_VALUE : VERSION_UNCOMPRESSED_SINGLE_VALUE);
    }
    const head = new Uint8Array(5);
    head[0] = codec === null ? VERSION_UNCOMPRESSED_WITH_FLAGS : VERSION_COMPRESSED;
    const uncompressed = (hasMultipleValues ? FLAG_MULTI_VALUE : 0) | FLAG_NO_BITMAP_INDEX;
    putInt32(head, 1, codec === null ? uncompressed : stringFlags(hasMultipleValues, createBitmapIndex));
    return head;
  }

  #takeIds(ids: Int32Array, count: number): void {
    const { cardinality } = this.#dictionary;
    const counts = this.#counts;
    for (let i = 0; i < count; i++) {
      const id = ids[i];
      if (id >>> 0 >= cardinality) throw idOutsideDictionary(this.#options.name, id, cardinality);
      if (counts !== null) counts[id]++;
    }
  }

  #takeEmptyRows(ends: Int32Array, rows: number): void {
    for (let i = 0, start = 0; i < rows; start = ends[i++]) {
      if (ends[i] !== start) continue;
      if (!this.#dictionary.hasNull) {
        throw new Error(
          `column "${this.#options.name}": row ${this.rows + i} has no value, but its dictionary has no null to index it under`,
        );
      }
      if (this.#counts !== null) this.#counts[0]++;
    }
  }
}
