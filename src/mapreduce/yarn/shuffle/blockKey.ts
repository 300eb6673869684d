/**
 * The key of a shuffle record. Hadoop sorts keys by their bytes, so that a reducer gets, shard by shard, first the headers of all
 * sections, then dictionaries dimension by dimension, then rows, each kind in the order in which a merge asks for them:
 *
 *     reducer:u8[3] | chunk:i64 | shard:u32 | kind:u8 | order:u8[] | map:u32 | run:u32 | offset:u48
 *
 * Numbers are big-endian, signed ones with the sign bit flipped. `order` is what `firstKey.ts` makes; it may be cut off, since the merge
 * keeps blocks that come too early.
 */

export const BlockKind = { header: 0, dictionary: 1, rows: 2 } as const;
export type BlockKind = (typeof BlockKind)[keyof typeof BlockKind];

export interface BlockKey {
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  readonly shard: number;
  readonly kind: BlockKind;
  /** Number of the split, and of the run in its map task. */
  readonly map: number;
  readonly run: number;
  /** Of the block in its run. */
  readonly offset: number;
}

const PREFIX_BYTES = 3;
const HEAD_BYTES = PREFIX_BYTES + 8 + 4 + 1;
const TAIL_BYTES = 4 + 4 + 6;
const NO_ORDER = new Uint8Array(0);

/**
 * Reducers that a prefix can name: its bytes stay below 128, where Java's signed bytes are the same.
 */
export const REDUCERS_MAX = 123_007;

/**
 * Three bytes that BinaryPartitioner(0, 2) sends to a reducer: it takes the remainder of 29791 + 961 a + 31 b + c, the hash that
 * WritableComparator.hashBytes makes of them.
 */
export function reducerPrefix(reducer: number, reducers: number): readonly [number, number, number] {
  const value = (((reducer - 29791) % reducers) + reducers) % reducers;
  return [Math.floor(value / 961), Math.floor(value / 31) % 31, value % 31];
}

/** @param order bytes that sort blocks of the same kind */
export function encodeBlockKey(key: BlockKey, reducer: number, reducers: number, order: Uint8Array = NO_ORDER): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + order.length + TAIL_BYTES);
  bytes.set(reducerPrefix(reducer, reducers), 0);
  bytes.writeBigInt64BE(BigInt(key.chunk), PREFIX_BYTES);
  bytes[PREFIX_BYTES] ^= 0x80;
  bytes.writeUInt32BE(key.shard, PREFIX_BYTES + 8);
  bytes[HEAD_BYTES - 1] = key.kind;
  bytes.set(order, HEAD_BYTES);
  const tail = HEAD_BYTES + order.length;
  bytes.writeUInt32BE(key.map, tail);
  bytes.writeUInt32BE(key.run, tail + 4);
  bytes.writeUIntBE(key.offset, tail + 8, 6);
  return bytes;
}

export function decodeBlockKey(bytes: Buffer): BlockKey {
  if (bytes.length < HEAD_BYTES + TAIL_BYTES) throw new Error(`A shuffle key has ${bytes.length} bytes; it needs 30.`);
  const tail = bytes.length - TAIL_BYTES;
  // Without the sign flipped it is the chunk plus 2^63.
  const chunk = bytes.readBigUInt64BE(PREFIX_BYTES) - (1n << 63n);
  return {
    chunk: Number(chunk),
    shard: bytes.readUInt32BE(PREFIX_BYTES + 8),
    kind: bytes[HEAD_BYTES - 1] as BlockKind,
    map: bytes.readUInt32BE(tail),
    run: bytes.readUInt32BE(tail + 4),
    offset: bytes.readUIntBE(tail + 8, 6),
  };
}
