import { type BitmapType, decodeBitmap } from './bitmap.ts';
import type { ByteReader } from './byteReader.ts';
import type { ColumnBase, DoubleColumn, FloatColumn, LongColumn, NumericColumnBase } from './column.ts';
import type { ColumnDescriptor } from './descriptor.ts';
import { type NumericPart, readNumericPart } from './numericPart.ts';
import type { Smoosh } from './smoosh.ts';

/** A numeric column part, its values and null bitmap not yet decoded. */
interface NumericContent {
  readonly part: NumericPart;
  readonly nullBitmap: ByteReader | null;
  readonly bitmapType: BitmapType;
}

/** Part types of numeric columns; those without V2 have neither length prefix nor null bitmap. */
export const numericKinds: Readonly<Record<string, 'long' | 'float' | 'double'>> = {
  long: 'long',
  longV2: 'long',
  float: 'float',
  floatV2: 'float',
  double: 'double',
  doubleV2: 'double',
};

/**
 * Reads a numeric column from behind its descriptor on.
 *
 * @param rowCount rows the segment has, or null when this column is the one to tell
 * @see org.apache.druid.segment.serde.LongNumericColumnPartSerdeV2
 */
export function readNumericColumn(
  reader: ByteReader,
  smoosh: Smoosh,
  name: string,
  descriptor: ColumnDescriptor,
  rowCount: number | null,
): LongColumn | FloatColumn | DoubleColumn {
  const { type, byteOrder, bitmapType } = descriptor.part;
  const kind = numericKinds[type];
  const storedBytes = reader.end - reader.start;
  const isV2 = type.endsWith('V2');
  const valueBytes = isV2 ? reader.size('the length of the values') : reader.remaining;
  const values = reader.slice(valueBytes, 'the values');
  const origin = values.position;
  const part = readNumericPart(values, smoosh, kind === 'long', kind === 'float' ? 4 : 8, byteOrder);
  const nullBitmap = isV2 && reader.remaining > 0 ? readNullBitmap(reader) : null;
  if (rowCount !== null && part.head.total !== rowCount) {
    throw reader.error(`the column has ${part.head.total} rows, but the segment has ${rowCount}`, origin);
  }
  const nullBitmapBytes = nullBitmap === null ? 0 : nullBitmap.remaining;
  const encoding = isV2 ? { type, valueBytes, ...part.head, nullBitmapBytes } : { type, ...part.head };
  const base = { name, rowCount: part.head.total, type: kind.toUpperCase(), descriptor, storedBytes, encoding };
  const content = { part, nullBitmap, bitmapType };
  if (kind === 'long') return new LongColumnReader(base, content);
  return kind === 'float' ? new FloatColumnReader(base, content) : new DoubleColumnReader(base, content);
}

function readNullBitmap(reader: ByteReader): ByteReader {
  return reader.slice(reader.size('the length of the null bitmap'), 'the null bitmap');
}

abstract class NumericColumnReader implements NumericColumnBase {
  readonly name: string;
  readonly rowCount: number;
  readonly type: string;
  readonly descriptor: ColumnDescriptor;
  readonly storedBytes: number;
  readonly encoding: Readonly<Record<string, unknown>>;
  protected readonly content: NumericContent;
  #nullRows: Int32Array | undefined;
  #nullMask: Uint8Array | undefined;

  constructor(base: ColumnBase, content: NumericContent) {
    this.name = base.name;
    this.rowCount = base.rowCount;
    this.type = base.type;
    this.descriptor = base.descriptor;
    this.storedBytes = base.storedBytes;
    this.encoding = base.encoding;
    this.content = content;
  }

  get nullBitmapBytes(): number {
    return this.content.nullBitmap?.remaining ?? 0;
  }

  get nullRows(): Int32Array {
    if (this.#nullRows === undefined) {
      const { nullBitmap, bitmapType } = this.content;
      // Decoding moves a reader; a fresh window keeps a second try, after an error, at the bitmap's start.
      this.#nullRows =
        nullBitmap === null
          ? new Int32Array(0)
          : decodeBitmap(bitmapType, nullBitmap.window(0, nullBitmap.end - nullBitmap.start), this.rowCount);
    }
    return this.#nullRows;
  }

  get nullMask(): Uint8Array | null {
    if (this.nullRows.length === 0) return null;
    if (this.#nullMask === undefined) {
      const mask = new Uint8Array(this.rowCount);
      for (const row of this.nullRows) mask[row] = 1;
      this.#nullMask = mask;
    }
    return this.#nullMask;
  }
}

class LongColumnReader extends NumericColumnReader implements LongColumn {
  readonly kind = 'long';
  #values: BigInt64Array<ArrayBuffer> | undefined;

  get values(): BigInt64Array<ArrayBuffer> {
    this.#values ??= new BigInt64Array(this.content.part.decode().buffer);
    return this.#values;
  }
}

class FloatColumnReader extends NumericColumnReader implements FloatColumn {
  readonly kind = 'float';
  #values: Float32Array<ArrayBuffer> | undefined;

  get values(): Float32Array<ArrayBuffer> {
    this.#values ??= new Float32Array(this.content.part.decode().buffer);
    return this.#values;
  }
}

class DoubleColumnReader extends NumericColumnReader implements DoubleColumn {
  readonly kind = 'double';
  #values: Float64Array<ArrayBuffer> | undefined;

  get values(): Float64Array<ArrayBuffer> {
    this.#values ??= new Float64Array(this.content.part.decode().buffer);
    return this.#values;
  }
}
