import type { BitmapType } from './bitmap.ts';
import type { ByteOrder } from './byteOrder.ts';
import { type ByteReader, utf8 } from './byteReader.ts';

/** A column file's first lines: what kind of column follows. */
export interface ColumnDescriptor {
  readonly valueType: string;
  readonly hasMultipleValues: boolean;
  /** The one part that a column has; its `type` says how the bytes after the descriptor read. */
  readonly part: PartDescriptor;
  /** The descriptor's JSON as it stands in the file. */
  readonly text: string;
}

/** Part of a column descriptor. */
export interface PartDescriptor {
  readonly type: string;
  readonly byteOrder: ByteOrder;
  /** Concise where the descriptor names none, as Druid reads it. */
  readonly bitmapType: BitmapType;
  /** All keys of the part's JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Reads the descriptor at the start of a column file. @see org.apache.druid.segment.column.ColumnDescriptor */
export function readDescriptor(reader: ByteReader): ColumnDescriptor {
  const at = reader.position + 4;
  const text = reader.text(reader.size('the length of the column descriptor'), 'the column descriptor');
  const json = asObject(parseJson(reader, text, at, 'the column descriptor'));
  const parts = json?.parts;
  const part = Array.isArray(parts) && parts.length === 1 ? asObject(parts[0]) : null;
  if (json === null || typeof json.valueType !== 'string' || part === null || typeof part.type !== 'string') {
    throw reader.error('expected a column descriptor with valueType and one part with a type', at);
  }
  return {
    valueType: json.valueType,
    hasMultipleValues: json.hasMultipleValues === true,
    part: {
      type: part.type,
      byteOrder: part.byteOrder === 'BIG_ENDIAN' ? 'BIG_ENDIAN' : 'LITTLE_ENDIAN',
      bitmapType: bitmapTypeOf(reader, part.bitmapSerdeFactory, at),
      json: part,
    },
    text,
  };
}

/** The bitmap serialisation that a `bitmapSerdeFactory` names. */
export function bitmapTypeOf(reader: ByteReader, factory: unknown, at: number): BitmapType {
  if (factory === undefined || factory === null) return 'concise';
  const type = asObject(factory)?.type;
  if (type === 'roaring' || type === 'concise') return type;
  throw reader.error(`bitmapSerdeFactory is ${JSON.stringify(factory)}, expected type roaring or concise`, at);
}

/** Parses JSON found at `at`; a syntax error becomes one that names the place. */
export function parseJson(reader: ByteReader, text: string, at: number, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw reader.error(`${what} is no JSON: ${error instanceof Error ? error.message : String(error)}`, at);
  }
}

/** Parses all the bytes of a reader as JSON. */
export function parseJsonFile(reader: ByteReader, what: string): { text: string; json: unknown } {
  const text = utf8(reader.bytes, reader.start, reader.end);
  return { text, json: parseJson(reader, text, reader.start, what) };
}

/** The value as an object, or null if it is none. */
export function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
