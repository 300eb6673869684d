import type { BitmapType } from './bitmap.ts';
import { ByteReader, SegmentFormatError } from './byteReader.ts';
import type { Column } from './column.ts';
import { readComplexColumn } from './complexColumn.ts';
import { asObject, type ColumnDescriptor, parseJsonFile, readDescriptor } from './descriptor.ts';
import { type IndexDrd, mergeNames, readIndexDrd } from './indexDrd.ts';
import { intervalText } from './isoInstant.ts';
import { numericKinds, readNumericColumn } from './numericColumn.ts';
import { Smoosh } from './smoosh.ts';
import { readStringColumn } from './stringColumn.ts';

const timeColumn = '__time';
const segmentVersion = 9;

/** JSON kept both ways: parsed, and as it stands in the segment. */
export interface StoredJson {
  readonly text: string;
  readonly json: unknown;
}

/**
 * An open V9 segment. Opening reads its lists and the head of `__time`; a column's heads are read when it is first asked for, its
 * values when they are. The segment holds its files' bytes; nothing needs to be closed.
 */
export class Segment {
  /** How errors name the segment: its path, or what the caller gave. */
  readonly label: string;
  /** The files by name; `meta.smoosh`, the chunks, `version.bin`, … */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly smoosh: Smoosh;
  readonly index: IndexDrd;
  /** ISO interval `start/end`, UTC with milliseconds: the segment granularity's bucket, not the rows' range. */
  readonly interval: string;
  readonly startMillis: bigint;
  /** Exclusive. */
  readonly endMillis: bigint;
  readonly rowCount: number;
  /** Stored dimensions in the order of the spec; without `__time`. */
  readonly dimensions: readonly string[];
  /** Stored metrics, by name. */
  readonly metrics: readonly string[];
  readonly bitmapType: BitmapType;
  /** `factory.json`; null in segments without it. */
  readonly factory: StoredJson | null;
  /** `metadata.drd` with its text; null in segments without it. */
  readonly storedMetadata: StoredJson | null;
  readonly #columns = new Map<string, Column | null>();

  /** @throws SegmentFormatError for a segment that is not V9, or whose lists are malformed */
  constructor(label: string, files: ReadonlyMap<string, Uint8Array>) {
    this.label = label;
    this.files = files;
    checkVersion(label, files);
    this.smoosh = new Smoosh(label, files);
    const factory = files.get('factory.json');
    const place = { segment: label, file: 'factory.json', entry: null };
    this.factory = factory === undefined ? null : parseJsonFile(new ByteReader(factory, place), 'factory.json');
    this.index = readIndexDrd(this.smoosh.get('index.drd', 'every V9 segment'), this.smoosh);
    const metadata = this.smoosh.find('metadata.drd');
    this.storedMetadata = metadata === null ? null : parseJsonFile(metadata, 'the metadata');
    this.startMillis = this.index.startMillis;
    this.endMillis = this.index.endMillis;
    this.interval = intervalText(this.startMillis, this.endMillis);
    this.bitmapType = this.index.bitmapType;
    this.dimensions = mergeNames(this.index.allDimensions, this.index.dimensions);
    const isDimension = new Set(this.dimensions);
    this.metrics = mergeNames(this.index.allColumns, this.index.columns).filter((name) => !isDimension.has(name));
    this.rowCount = this.#readTime();
  }

  /** Parsed `metadata.drd`: aggregators, timestampSpec, queryGranularity, rollup, ordering, …; null without it. */
  get metadata(): Readonly<Record<string, unknown>> | null {
    return asObject(this.storedMetadata?.json);
  }

  /** All columns: `__time`, dimensions, metrics. */
  get columnNames(): string[] {
    return [timeColumn, ...this.dimensions, ...this.metrics];
  }

  /** A column by name, or null if the segment stores none of this name. @throws SegmentFormatError for malformed heads */
  column(name: string): Column | null {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const isListed = name === timeColumn || this.dimensions.includes(name) || this.metrics.includes(name);
    const reader = isListed ? this.smoosh.find(name) : null;
    const column = reader === null ? null : this.#readColumn(reader, name);
    this.#columns.set(name, column);
    return column;
  }

  #readTime(): number {
    const reader = this.smoosh.get(timeColumn, 'every V9 segment');
    const descriptor = readDescriptor(reader);
    const column = Object.hasOwn(numericKinds, descriptor.part.type)
      ? readNumericColumn(reader, this.smoosh, timeColumn, descriptor, null)
      : null;
    if (column?.kind !== 'long') {
      throw reader.error(`__time has a part of type "${descriptor.part.type}", expected longV2`, reader.start);
    }
    if (column.nullBitmapBytes > 0) throw reader.error('__time has a null bitmap, but is never null');
    this.#columns.set(timeColumn, column);
    return column.rowCount;
  }

  #readColumn(reader: ByteReader, name: string): Column {
    const { smoosh, rowCount } = this;
    const descriptor = readDescriptor(reader);
    const { type } = descriptor.part;
    const storedBytes = reader.end - reader.start;
    if (Object.hasOwn(numericKinds, type)) return readNumericColumn(reader, smoosh, name, descriptor, rowCount);
    switch (type) {
      case 'stringDictionary':
        return readStringColumn(reader, smoosh, name, descriptor, rowCount);
      case 'complex':
        return readComplexColumn(reader, smoosh, name, descriptor, rowCount);
      case 'null': {
        const rows = descriptor.part.json.numRows;
        if (rows !== rowCount) throw reader.error(`the column has ${rows} rows, but the segment has ${rowCount}`);
        const valueType = descriptor.valueType;
        return { kind: 'null', name, rowCount, type: valueType, descriptor, storedBytes, encoding: { type } };
      }
      case 'nestedCommonFormat':
      case 'nested':
        return this.#nestedColumn(name, descriptor, storedBytes);
      default:
        throw reader.error(
          `the column has a part of type "${type}", expected longV2, floatV2, doubleV2, stringDictionary, complex, null or nestedCommonFormat`,
        );
    }
  }

  #nestedColumn(name: string, descriptor: ColumnDescriptor, storedBytes: number): Column {
    const { json, type: partType } = descriptor.part;
    return {
      kind: 'nested',
      name,
      rowCount: this.rowCount,
      type: typeof json.logicalType === 'string' ? json.logicalType : 'COMPLEX<json>',
      descriptor,
      storedBytes,
      encoding: { type: partType },
      hasNulls: json.hasNulls !== false,
      hasBitmapIndexes: this.smoosh.entries.has(`${name}.__valueIndexes`),
    };
  }
}

function checkVersion(label: string, files: ReadonlyMap<string, Uint8Array>): void {
  const bytes = files.get('version.bin');
  if (bytes === undefined) {
    throw new SegmentFormatError(`${label}: the file version.bin is missing; expected the files of a Druid V9 segment`);
  }
  const reader = new ByteReader(bytes, { segment: label, file: 'version.bin', entry: null });
  const version = reader.i32('the segment version');
  if (version !== segmentVersion) {
    throw reader.error(`the segment has version ${version}, expected ${segmentVersion}`, 0);
  }
}
