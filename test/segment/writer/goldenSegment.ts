/**
 * Takes segments made by Druid apart, just far enough to write them again with SegmentWriter. Independent of the product's reader.
 */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import roaring from 'roaring-wasm';
import type { BlockEncoder } from '../../../src/kernel/lz4.ts';
import { lz4Decode } from '../../../src/kernel/lz4Decode.ts';

export type Files = ReadonlyMap<string, Buffer>;

/** Files of a zip whose entries are deflated. */
export function readZip(path: string): Files {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => zip.readUInt16LE(at + o));
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    files.set(name, inflateRawSync(zip.subarray(data, data + zip.readUInt32LE(at + 20))));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

/** Entries of the smoosh container. */
export function smooshEntries(files: Files): Files {
  const entries = new Map<string, Buffer>();
  for (const line of files.get('meta.smoosh')!.toString().trimEnd().split('\n').slice(1)) {
    const [name, chunk, start, end] = line.split(',');
    entries.set(name, files.get(`${chunk.padStart(5, '0')}.smoosh`)!.subarray(Number(start), Number(end)));
  }
  return entries;
}

/** An encoder that gives, for blocks seen in a golden segment, the bytes that Druid's LZ4 made of them. */
export class ReplayEncoder implements BlockEncoder {
  readonly #encoded = new Map<string, Buffer>();

  remember(decoded: Buffer, encoded: Buffer): void {
    this.#encoded.set(decoded.toString('latin1'), encoded);
  }

  maxEncodedLength(length: number): number {
    return length + Math.ceil(length / 255) + 16;
  }

  encode(source: Uint8Array, sourceStart: number, sourceEnd: number, target: Uint8Array, targetStart: number): number {
    const block = Buffer.from(source.subarray(sourceStart, sourceEnd));
    const encoded = this.#encoded.get(block.toString('latin1'));
    if (!encoded)
      throw new Error(`Druid wrote no such block: ${block.length} bytes ${block.toString('hex', 0, 40)}...`);
    target.set(encoded, targetStart);
    return encoded.length;
  }
}

export type GoldenColumn =
  | { kind: 'numeric'; type: 'long' | 'float' | 'double'; values: Buffer; nulls: Uint8Array; rows: number }
  | {
      kind: 'string';
      multi: boolean;
      bitmaps: (Buffer | null)[] | null;
      dictionary: (Buffer | null)[];
      rows: number[][];
    }
  | { kind: 'complex'; typeName: string; objects: (Buffer | null)[] }
  | { kind: 'pair'; type: 'long' | 'float' | 'double'; times: bigint[]; values: (Buffer | null)[] };

/** Parses a column entry; LZ4 blocks met on the way are remembered by `encoder`. */
export function readColumn(entry: Buffer, encoder: ReplayEncoder): GoldenColumn {
  const cursor = new Cursor(entry, encoder);
  const descriptor = JSON.parse(cursor.bytes(cursor.i32()).toString());
  const part = descriptor.parts[0];
  if (part.type === 'stringDictionary') return readStrings(cursor, descriptor.hasMultipleValues);
  if (part.type !== 'complex') return readNumbers(cursor, descriptor.valueType.toLowerCase());
  const pair = /^serializablePairLong(Long|Float|Double)$/.exec(part.typeName);
  if (pair) return readPairs(cursor, pair[1].toLowerCase() as 'long');
  return { kind: 'complex', typeName: part.typeName, objects: cursor.genericIndexed() };
}

function readNumbers(cursor: Cursor, type: 'long' | 'float' | 'double'): GoldenColumn {
  cursor.i32();
  cursor.u8();
  const rows = cursor.i32();
  cursor.i32();
  const values = cursor.blocksOrEntire(rows * (type === 'float' ? 4 : 8));
  const nulls = new Uint8Array(rows);
  if (!cursor.done()) {
    for (const row of roaring.RoaringBitmap32.deserialize('portable', cursor.bytes(cursor.i32()))) nulls[row] = 1;
  }
  return { kind: 'numeric', type, values, nulls, rows };
}

function readStrings(cursor: Cursor, multi: boolean): GoldenColumn {
  const version = cursor.u8();
  const flags = version >= 2 ? cursor.i32() : 0;
  const dictionary = cursor.genericIndexed();
  const rows: number[][] = [];
  let ends: number[] = [];
  let ids: number[];
  const layout = cursor.u8();
  if (layout === 3) {
    cursor.u8();
    const count = cursor.i32();
    cursor.i32();
    const offsets = cursor.blocksOrEntire(4 * count);
    ends = Array.from({ length: count - 1 }, (_, i) => offsets.readInt32LE(4 * i + 4));
    cursor.u8();
    ids = cursor.compressedIds();
  } else if (layout === 2) {
    ids = cursor.compressedIds();
  } else {
    const width = cursor.u8();
    const length = cursor.i32();
    const body = cursor.bytes(length);
    const rowCount = layout === 1 ? body.readInt32BE(0) : 0;
    ends = Array.from({ length: rowCount }, (_, i) => body.readInt32BE(4 + 4 * i) / width);
    const idBytes = body.subarray(layout === 1 ? 4 + 4 * rowCount : 0, length - (4 - width));
    ids = Array.from({ length: idBytes.length / width }, (_, i) => idBytes.readUIntBE(i * width, width));
  }
  if (multi) ends.forEach((end, i) => void rows.push(ids.slice(i === 0 ? 0 : ends[i - 1], end)));
  else for (const id of ids) rows.push([id]);
  return { kind: 'string', multi, bitmaps: flags & 4 ? null : cursor.genericIndexed(), dictionary, rows };
}

function readPairs(cursor: Cursor, type: 'long' | 'float' | 'double'): GoldenColumn {
  cursor.u8();
  const integerDeltas = cursor.u8() === 0x80;
  cursor.bytes(2);
  const min = cursor.bytes(8).readBigInt64LE();
  const starts = cursor.blockStream();
  const cells = cursor.blockStream();
  const times: bigint[] = [];
  const values: (Buffer | null)[] = [];
  for (let row = 0; row < starts.length / 8 - 1; row++) {
    const cell = cells.subarray(Number(starts.readBigInt64LE(8 * row)), Number(starts.readBigInt64LE(8 * row + 8)));
    const head = integerDeltas ? 4 : 8;
    times.push(min + (integerDeltas ? BigInt(cell.readInt32LE(0)) : cell.readBigInt64LE(0)));
    values.push(cell[head] === 1 ? null : cell.subarray(head + 1));
  }
  return { kind: 'pair', type, times, values };
}

class Cursor {
  readonly #buffer: Buffer;
  readonly #encoder: ReplayEncoder;
  #at = 0;

  constructor(buffer: Buffer, encoder: ReplayEncoder) {
    this.#buffer = buffer;
    this.#encoder = encoder;
  }

  done(): boolean {
    return this.#at === this.#buffer.length;
  }

  u8(): number {
    return this.#buffer[this.#at++];
  }

  i32(): number {
    this.#at += 4;
    return this.#buffer.readInt32BE(this.#at - 4);
  }

  i32LittleEndian(): number {
    this.#at += 4;
    return this.#buffer.readInt32LE(this.#at - 4);
  }

  bytes(length: number): Buffer {
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  genericIndexed(): (Buffer | null)[] {
    this.bytes(2);
    const body = this.bytes(this.i32());
    const count = body.readInt32BE(0);
    const values = body.subarray(4 + 4 * count);
    return Array.from({ length: count }, (_, i) => {
      const start = i === 0 ? 0 : body.readInt32BE(4 * i);
      return values.readInt32BE(start) === -1 ? null : values.subarray(start + 4, body.readInt32BE(4 + 4 * i));
    });
  }

  /** Codec byte, then blocks, or `length` plain bytes. */
  blocksOrEntire(length: number): Buffer {
    const codec = this.u8();
    if (codec === 0xfe) return this.bytes(length);
    return Buffer.concat(this.genericIndexed().map((block) => (codec === 1 ? this.#decode(block!) : block!)));
  }

  compressedIds(): number[] {
    const width = this.u8();
    const count = this.i32();
    this.i32();
    const bytes = this.blocksOrEntire(0);
    return Array.from({ length: count }, (_, i) => bytes.readUIntLE(i * width, width));
  }

  blockStream(): Buffer {
    this.i32LittleEndian();
    const starts = Array.from({ length: this.i32LittleEndian() / 4 }, () => this.i32LittleEndian());
    const blocks = this.bytes(this.i32LittleEndian());
    return Buffer.concat(starts.slice(1).map((end, i) => this.#decode(blocks.subarray(starts[i], end))));
  }

  #decode(block: Buffer): Buffer {
    const decoded = Buffer.alloc(65_536);
    const length = lz4Decode(block, 0, block.length, decoded, 0);
    this.#encoder.remember(decoded.subarray(0, length), block);
    return decoded.subarray(0, length);
  }
}
