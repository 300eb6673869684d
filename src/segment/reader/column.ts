import type { BitmapType } from './bitmap.ts';
import type { ColumnDescriptor } from './descriptor.ts';
import type { StringDictionary } from './dictionary.ts';

/**
 * A column of a segment. Opening one reads its heads only; values are decoded at the first access of a getter and then kept. All
 * arrays belong to the column: read them, do not write to them. Each getter throws SegmentFormatError for corrupt bytes.
 */
export type Column =
  | LongColumn
  | FloatColumn
  | DoubleColumn
  | StringColumn
  | PairColumn
  | ComplexColumn
  | NullColumn
  | NestedColumn;

/** What all kinds of columns have. */
export interface ColumnBase {
  readonly name: string;
  readonly rowCount: number;
  /** Druid's type name: `LONG`, `STRING`, `COMPLEX<hyperUnique>`, … */
  readonly type: string;
  readonly descriptor: ColumnDescriptor;
  /** Size of the column's own file; entries beside it (`<name>.__…`) not counted. */
  readonly storedBytes: number;
  /** What the heads inside the file say about its encoding, in the words of Druid's dump. */
  readonly encoding: Readonly<Record<string, unknown>>;
}

/** What numeric columns have: rows that are null hold 0 in `values`. */
export interface NumericColumnBase extends ColumnBase {
  /** Bytes of the stored null bitmap; 0 without one. */
  readonly nullBitmapBytes: number;
  /** Rows that are null, ascending. */
  readonly nullRows: Int32Array;
  /** One byte a row, 1 where it is null; null when no row is. */
  readonly nullMask: Uint8Array | null;
}

/** 64-bit integers. */
export interface LongColumn extends NumericColumnBase {
  readonly kind: 'long';
  /**
   * One long a row, in machine byte order. To read without a BigInt a value, lay an Int32Array over `values.buffer`: on the usual
   * little-endian machine element 2 r is the low and 2 r + 1 the high half of row r.
   */
  readonly values: BigInt64Array<ArrayBuffer>;
}

/** 32-bit floating point numbers. */
export interface FloatColumn extends NumericColumnBase {
  readonly kind: 'float';
  readonly values: Float32Array<ArrayBuffer>;
}

/** 64-bit floating point numbers. */
export interface DoubleColumn extends NumericColumnBase {
  readonly kind: 'double';
  readonly values: Float64Array<ArrayBuffer>;
}

/** Dictionary-encoded strings, one or several a row. */
export interface StringColumn extends ColumnBase {
  readonly kind: 'string';
  readonly dictionary: StringDictionary;
  /** Whether rows may have other than one value; then `offsets` is there. */
  readonly hasMultipleValues: boolean;
  /** Dictionary ids, row after row; each below `dictionary.size`. */
  readonly ids: Int32Array;
  /** Row r of a multi-value column has `ids[offsets[r]]` up to `ids[offsets[r + 1]]` (exclusive); no ids mean null. */
  readonly offsets: Int32Array | null;
  readonly bitmapType: BitmapType;
  /** Whether the column has bitmap indexes (`createBitmapIndex`). */
  readonly hasBitmapIndexes: boolean;
  /** Rows that have the value of dictionary id `id`, ascending, in a new array; null without bitmap indexes. */
  bitmap(id: number): Int32Array | null;
}

/** Value type of a {@link PairColumn}. */
export type PairValueType = 'long' | 'float' | 'double' | 'string';

/** Values of a {@link PairColumn}, as an array of the kind that `valueType` says. */
export type PairValues =
  | { readonly valueType: 'long'; readonly values: BigInt64Array<ArrayBuffer> }
  | { readonly valueType: 'float'; readonly values: Float32Array<ArrayBuffer> }
  | { readonly valueType: 'double'; readonly values: Float64Array<ArrayBuffer> }
  | { readonly valueType: 'string'; readonly values: readonly (string | null)[] };

/** State of a row in a {@link PairColumn}. */
export const PairState = {
  /** The row has no pair at all. */
  absent: 0,
  /** A time with a null value. */
  nullValue: 1,
  /** A time with a value. */
  value: 2,
} as const;

/** Pairs of a time and a value, as first and last aggregators store them. */
export interface PairColumn extends ColumnBase {
  readonly kind: 'pair';
  readonly typeName: string;
  readonly valueType: PairValueType;
  readonly pairs: Pairs;
}

/** All rows of a pair column. */
export interface Pairs {
  /** One of {@link PairState} a row. */
  readonly states: Uint8Array;
  /** Milliseconds since 1970 a row; 0 where there is no pair. Layout as {@link LongColumn.values}. */
  readonly times: BigInt64Array<ArrayBuffer>;
  readonly values: PairValues;
}

/** Serialised objects (sketches and other complex metrics), as bytes. */
export interface ComplexColumn extends ColumnBase {
  readonly kind: 'complex';
  /** Name of the complex type, e.g. `hyperUnique`, `thetaSketch`. */
  readonly typeName: string;
  readonly hasNulls: boolean;
  /** The stored bytes of a row, shared with the segment; null for a null object. Many types store an empty object as no bytes. */
  bytes(row: number): Uint8Array | null;
}

/** A column without any value: every row is null. */
export interface NullColumn extends ColumnBase {
  readonly kind: 'null';
}

/** A nested (json) or auto-typed column. It can be described, but its rows cannot be read. */
export interface NestedColumn extends ColumnBase {
  readonly kind: 'nested';
  readonly hasNulls: boolean;
  readonly hasBitmapIndexes: boolean;
}
