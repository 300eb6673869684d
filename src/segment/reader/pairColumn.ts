import { highWord, lowWord } from './byteOrder.ts';
import type { ByteReader } from './byteReader.ts';
import { type PairColumn, PairState, type Pairs, type PairValues, type PairValueType } from './column.ts';
import type { ComplexHead } from './complexColumn.ts';
import { BlockSink } from './compression.ts';
import type { ColumnDescriptor } from './descriptor.ts';
import type { GenericIndexed } from './genericIndexed.ts';

const integerDeltaFlag = 0x80;

const valueTypes: Readonly<Record<string, PairValueType>> = {
  serializablePairLongLong: 'long',
  serializablePairLongFloat: 'float',
  serializablePairLongDouble: 'double',
  serializablePairLongString: 'string',
};

/** Value type of the pairs of complex type `typeName`, or null if it is no pair type. */
export function pairValueType(typeName: string): PairValueType | null {
  return Object.hasOwn(valueTypes, typeName) ? valueTypes[typeName] : null;
}

/**
 * Makes a column of pairs. With `list` (strings only) each element is time, length and UTF-8 text, big-endian; without, the reader is
 * at a delta-encoded column.
 */
export function readPairColumn(
  reader: ByteReader,
  head: ComplexHead,
  valueType: PairValueType,
  list?: GenericIndexed,
): PairColumn {
  if (list !== undefined) return new PairColumnReader(head, valueType, () => decodeList(list));
  const source = readDeltaHead(reader);
  return new PairColumnReader(head, valueType, () => decodeCells(source, valueType, head.rowCount));
}

class PairColumnReader implements PairColumn {
  readonly kind = 'pair';
  readonly name: string;
  readonly typeName: string;
  readonly type: string;
  readonly rowCount: number;
  readonly descriptor: ColumnDescriptor;
  readonly storedBytes: number;
  readonly encoding: Readonly<Record<string, unknown>>;
  readonly valueType: PairValueType;
  readonly #decode: () => Pairs;
  #pairs: Pairs | undefined;

  constructor(head: ComplexHead, valueType: PairValueType, decode: () => Pairs) {
    this.name = head.name;
    this.typeName = head.typeName;
    this.type = head.type;
    this.rowCount = head.rowCount;
    this.descriptor = head.descriptor;
    this.storedBytes = head.storedBytes;
    this.encoding = head.encoding;
    this.valueType = valueType;
    this.#decode = decode;
  }

  get pairs(): Pairs {
    this.#pairs ??= this.#decode();
    return this.#pairs;
  }
}

/** @see org.apache.druid.query.aggregation.SerializablePairLongStringComplexMetricSerde */
function decodeList(list: GenericIndexed): Pairs {
  const states = new Uint8Array(list.count);
  const times = new BigInt64Array(list.count);
  const values: (string | null)[] = new Array(list.count).fill(null);
  for (let row = 0; row < list.count; row++) {
    const pair = list.element(row);
    if (pair === null) continue;
    times[row] = pair.i64('the time of a pair');
    const length = pair.size('the length of a string');
    // Druid writes length 0 for null and for "" and reads both as null.
    states[row] = length === 0 ? PairState.nullValue : PairState.value;
    if (length > 0) values[row] = pair.text(length, 'the string of a pair');
  }
  return { states, times, values: { valueType: 'string', values } };
}

/** Where the parts of a delta-encoded column are. */
interface DeltaSource {
  readonly hasIntegerDeltas: boolean;
  readonly minTime: bigint;
  readonly index: ByteReader;
  readonly data: ByteReader;
}

/** @see org.apache.druid.query.aggregation.AbstractSerializablePairLongObjectColumnHeader and its column serializer */
function readDeltaHead(reader: ByteReader): DeltaSource {
  reader.u8('the version of the pairs');
  const hasIntegerDeltas = (reader.u8('the delta flag') & integerDeltaFlag) !== 0;
  reader.slice(2, 'spare bytes');
  const minTime = reader.i64LE('the least time');
  const index = reader.slice(reader.sizeLE('the length of the cell index'), 'the cell index');
  const data = reader.slice(reader.sizeLE('the length of the cells'), 'the cells');
  return { hasIntegerDeltas, minTime, index, data };
}

/**
 * Decodes the cells of a delta-encoded column. A cell of no bytes is an absent pair; others are the time less the column's least time
 * (i32 or i64), then for numbers a null flag and, if not null, the value; for strings a length (-1: "", 0: null) and text.
 */
function decodeCells(source: DeltaSource, valueType: PairValueType, rowCount: number): Pairs {
  const starts = decompressCells(source.index, 'cell index');
  const cells = decompressCells(source.data, 'cells');
  starts.need((rowCount + 1) * 8, `the positions of ${rowCount} cells`);
  const states = new Uint8Array(rowCount);
  const times = new BigInt64Array(rowCount);
  const values = emptyValues(valueType, rowCount);
  const deltaBytes = source.hasIntegerDeltas ? 4 : 8;
  for (let row = 0; row < rowCount; row++) {
    const start = Number(starts.view.getBigInt64(row * 8, true));
    const end = Number(starts.view.getBigInt64(row * 8 + 8, true));
    if (start < 0 || end < start || end > cells.end) {
      throw starts.error(`cell ${row} is said to take bytes ${start} to ${end} of ${cells.end}`, row * 8);
    }
    if (start === end) continue;
    const cell = cells.window(start, end);
    cell.need(deltaBytes, `the time of cell ${row}`);
    const delta = source.hasIntegerDeltas ? BigInt(cell.i32LE('a time')) : cell.i64LE('a time');
    times[row] = source.minTime + delta;
    states[row] = decodeValue(cell, values, row);
  }
  return { states, times, values };
}

function emptyValues(valueType: PairValueType, rowCount: number): PairValues {
  if (valueType === 'long') return { valueType, values: new BigInt64Array(rowCount) };
  if (valueType === 'float') return { valueType, values: new Float32Array(rowCount) };
  if (valueType === 'double') return { valueType, values: new Float64Array(rowCount) };
  return { valueType, values: new Array(rowCount).fill(null) };
}

/** Decodes the value of a cell from behind its time and tells the row's state. */
function decodeValue(cell: ByteReader, target: PairValues, row: number): number {
  if (target.valueType === 'string') {
    const length = cell.i32LE('the length of a string');
    if (length === 0) return PairState.nullValue;
    (target.values as (string | null)[])[row] = length < 0 ? '' : cell.text(length, 'the string of a pair');
    return PairState.value;
  }
  if (cell.u8('the null flag of a pair') !== 0) return PairState.nullValue;
  const at = cell.position;
  cell.need(target.valueType === 'float' ? 4 : 8, 'the value of a pair');
  if (target.valueType === 'float') {
    target.values[row] = cell.view.getFloat32(at, true);
  } else if (target.valueType === 'double') {
    target.values[row] = cell.view.getFloat64(at, true);
  } else {
    const words = new Int32Array(target.values.buffer);
    words[row * 2 + lowWord] = cell.view.getInt32(at, true);
    words[row * 2 + highWord] = cell.view.getInt32(at + 4, true);
  }
  return PairState.value;
}

/**
 * Decompresses a cell payload: length of the block index, start positions of the lz4 blocks (one more than blocks), length of the
 * blocks, blocks; all integers little-endian.
 *
 * @see org.apache.druid.segment.serde.cell.BlockCompressedPayloadReader
 */
function decompressCells(payload: ByteReader, what: string): ByteReader {
  const reader = payload.window(0, payload.end - payload.start);
  const indexLength = reader.sizeLE('the length of the block index');
  const index = reader.slice(indexLength, 'the block index');
  const data = reader.slice(reader.sizeLE('the length of the blocks'), 'the blocks');
  const sink = new BlockSink();
  for (let at = index.start; at + 8 <= index.end; at += 4) {
    const start = index.view.getInt32(at, true);
    const end = index.view.getInt32(at + 4, true);
    if (start < 0 || end < start || end > data.end - data.start) {
      throw index.error(`a block is said to take bytes ${start} to ${end} of ${data.end - data.start}`, at);
    }
    sink.append('lz4', data.window(start, end));
  }
  return sink.finish(payload, what);
}
