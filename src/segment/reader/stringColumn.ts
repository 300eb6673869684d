import { type BitmapType, decodeBitmap } from './bitmap.ts';
import type { ByteReader } from './byteReader.ts';
import type { StringColumn } from './column.ts';
import type { ColumnDescriptor } from './descriptor.ts';
import { readDictionary, type StringDictionary } from './dictionary.ts';
import { GenericIndexed } from './genericIndexed.ts';
import {
  type IdsPart,
  type RowIds,
  readCompressedIds,
  readCompressedMultiIds,
  readPlainIds,
  readPlainMultiIds,
} from './ids.ts';
import type { Smoosh } from './smoosh.ts';

const multiValueFlag = 1;
const multiValueV3Flag = 2;
const noBitmapIndexFlag = 4;
const compressedVersion = 2;

/** By version byte of the part. */
const versionNames = [
  'UNCOMPRESSED_SINGLE_VALUE',
  'UNCOMPRESSED_MULTI_VALUE',
  'COMPRESSED',
  'UNCOMPRESSED_WITH_FLAGS',
] as const;

/**
 * Reads a string column from behind its descriptor on: version and flags, dictionary, ids by row, bitmap indexes. What may follow (the
 * R-tree of a spatial dimension) is left alone: its values are in the dictionary.
 *
 * @see org.apache.druid.segment.serde.DictionaryEncodedColumnPartSerde
 */
export function readStringColumn(
  reader: ByteReader,
  smoosh: Smoosh,
  name: string,
  descriptor: ColumnDescriptor,
  rowCount: number,
): StringColumn {
  const { bitmapType, byteOrder, type } = descriptor.part;
  const storedBytes = reader.end - reader.start;
  const at = reader.position;
  const version = reader.u8('the version of the string column');
  if (version >= versionNames.length) {
    throw reader.error(`the version of the string column is ${version}, expected 0 to ${versionNames.length - 1}`, at);
  }
  const flags = version >= compressedVersion ? readFlags(reader) : version === 1 ? multiValueFlag : 0;
  const dictionaryAt = reader.position;
  const { dictionary, facts } = readDictionary(reader, smoosh, byteOrder);
  const dictionaryBytes = reader.position - dictionaryAt;
  const idsAt = reader.position;
  const ids = readIds(reader, smoosh, version, flags, descriptor);
  if (ids.rows !== rowCount) {
    throw reader.error(`the column has ${ids.rows} rows, but the segment has ${rowCount}`, idsAt);
  }
  const bitmaps = (flags & noBitmapIndexFlag) === 0 ? GenericIndexed.read(reader, smoosh, 'the bitmap indexes') : null;
  if (bitmaps !== null && bitmaps.count !== dictionary.size) {
    throw reader.error(`there are ${bitmaps.count} bitmaps for a dictionary of ${dictionary.size} values`);
  }
  const encoding = {
    type,
    version: versionNames[version],
    flags: `${flags} (1=MULTI_VALUE 2=MULTI_VALUE_V3 4=NO_BITMAP_INDEX)`,
    ...facts,
    dictionaryBytes,
    ...ids.facts,
  };
  return new StringColumnReader(
    { name, rowCount, descriptor, storedBytes, encoding },
    { dictionary, ids, bitmaps, bitmapType, origin: reader.window(idsAt - reader.start, idsAt - reader.start) },
    (flags & (multiValueFlag | multiValueV3Flag)) !== 0,
  );
}

function readFlags(reader: ByteReader): number {
  const at = reader.position;
  const flags = reader.i32('the flags of the string column');
  const known = multiValueFlag | multiValueV3Flag | noBitmapIndexFlag;
  if ((flags & ~known) !== 0) throw reader.error(`the flags of the string column are ${flags}, expected 0 to 7`, at);
  return flags;
}

function readIds(
  reader: ByteReader,
  smoosh: Smoosh,
  version: number,
  flags: number,
  descriptor: ColumnDescriptor,
): IdsPart {
  const { byteOrder } = descriptor.part;
  const isMulti = (flags & (multiValueFlag | multiValueV3Flag)) !== 0;
  if (version !== compressedVersion) return isMulti ? readPlainMultiIds(reader) : readPlainIds(reader);
  if (!isMulti) return readCompressedIds(reader, smoosh, byteOrder);
  const form = (flags & multiValueV3Flag) !== 0 ? 'current' : 'legacy';
  return readCompressedMultiIds(reader, smoosh, byteOrder, form);
}

interface StringContent {
  readonly dictionary: StringDictionary;
  readonly ids: IdsPart;
  readonly bitmaps: GenericIndexed | null;
  readonly bitmapType: BitmapType;
  /** At the ids, for errors. */
  readonly origin: ByteReader;
}

interface StringColumnHead {
  readonly name: string;
  readonly rowCount: number;
  readonly descriptor: ColumnDescriptor;
  readonly storedBytes: number;
  readonly encoding: Readonly<Record<string, unknown>>;
}

class StringColumnReader implements StringColumn {
  readonly kind = 'string';
  readonly type = 'STRING';
  readonly name: string;
  readonly rowCount: number;
  readonly descriptor: ColumnDescriptor;
  readonly storedBytes: number;
  readonly encoding: Readonly<Record<string, unknown>>;
  readonly hasMultipleValues: boolean;
  readonly #content: StringContent;
  #rowIds: RowIds | undefined;

  constructor(head: StringColumnHead, content: StringContent, hasMultipleValues: boolean) {
    this.name = head.name;
    this.rowCount = head.rowCount;
    this.descriptor = head.descriptor;
    this.storedBytes = head.storedBytes;
    this.encoding = head.encoding;
    this.hasMultipleValues = hasMultipleValues;
    this.#content = content;
  }

  get dictionary(): StringDictionary {
    return this.#content.dictionary;
  }

  get bitmapType(): BitmapType {
    return this.#content.bitmapType;
  }

  get hasBitmapIndexes(): boolean {
    return this.#content.bitmaps !== null;
  }

  get ids(): Int32Array {
    return this.#decoded().ids;
  }

  get offsets(): Int32Array | null {
    return this.#decoded().offsets;
  }

  bitmap(id: number): Int32Array | null {
    const { bitmaps, bitmapType } = this.#content;
    if (bitmaps === null) return null;
    const bitmap = bitmaps.element(id);
    return bitmap === null ? new Int32Array(0) : decodeBitmap(bitmapType, bitmap, this.rowCount);
  }

  #decoded(): RowIds {
    if (this.#rowIds === undefined) {
      const rowIds = this.#content.ids.decode();
      checkIds(rowIds.ids, this.dictionary.size, this.#content.origin);
      this.#rowIds = rowIds;
    }
    return this.#rowIds;
  }
}

function checkIds(ids: Int32Array, size: number, origin: ByteReader): void {
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] < 0 || ids[i] >= size) {
      throw origin.error(`dictionary id ${ids[i]} stands at position ${i}, but the dictionary has ${size} values`);
    }
  }
}
