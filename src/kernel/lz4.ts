import { type Kernel, threadKernel } from './kernel.ts';
import { PlainLz4Encoder } from './lz4Plain.ts';

/** Longest input of one block: far above the 64 KiB of segments, low enough for scratch memory that is kept. */
export const LZ4_BLOCK_BYTES_MAX = 4 * 1024 * 1024;

/** Room that each thread's encoder takes at once; larger inputs make it grow. */
const SOURCE_CAPACITY_INITIAL = 64 * 1024;
const HEADS_BYTES = 64 * 1024;
const CHAIN_BYTES = 128 * 1024;
/** What the encoder needs beside source and target: for those who have the kernel encode what lies in its memory. */
export const LZ4_SCRATCH_BYTES = HEADS_BYTES + CHAIN_BYTES;

/**
 * Encodes byte ranges to raw blocks of one compression format. An encoder belongs to one thread; it keeps nothing from
 * one call to the next, so equal inputs always give equal blocks.
 */
export interface BlockEncoder {
  /** Largest possible block, in bytes, for an input of `length` bytes. */
  maxEncodedLength(length: number): number;
  /**
   * Encodes `source[sourceStart, sourceEnd)` into `target` from `targetStart` on. The two must not overlap.
   *
   * @returns number of bytes written
   * @throws RangeError when the input is too long for one block or the target too small for the result; then
   *   `target` is undefined from `targetStart` on
   */
  encode(source: Uint8Array, sourceStart: number, sourceEnd: number, target: Uint8Array, targetStart: number): number;
}

let wasmEncoder: BlockEncoder | undefined;
let plainEncoder: BlockEncoder | undefined;

/** The thread's LZ4 encoder: hash chains in WASM, on ids and numbers a few percent behind level 3 of liblz4's HC in size. */
export function lz4Encoder(): BlockEncoder {
  wasmEncoder ??= new WasmLz4Encoder(threadKernel());
  return wasmEncoder;
}

/** The same bits without WASM, some times slower. */
export function plainLz4Encoder(): BlockEncoder {
  plainEncoder ??= new CheckedEncoder(new PlainLz4Encoder());
  return plainEncoder;
}

/** Bytes of an LZ4 block in which nothing matched: a token, a length byte per 255 literals, the literals. */
function maxEncodedLength(length: number): number {
  return length + Math.floor(length / 255) + 16;
}

function checkInput(length: number): void {
  if (length <= LZ4_BLOCK_BYTES_MAX) return;
  throw new RangeError(`an lz4 block takes at most ${LZ4_BLOCK_BYTES_MAX} bytes, but ${length} were given`);
}

function targetTooSmall(needed: number, room: number): RangeError {
  return new RangeError(`the lz4 block needs ${needed} bytes, but the target has room for ${room}`);
}

class WasmLz4Encoder implements BlockEncoder {
  readonly #kernel: Kernel;
  readonly #heads: number;
  readonly #chain: number;
  #sourceCapacity = 0;
  #source = 0;
  #target = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#heads = kernel.allocate(HEADS_BYTES);
    this.#chain = kernel.allocate(CHAIN_BYTES);
    this.#reserve(SOURCE_CAPACITY_INITIAL);
  }

  maxEncodedLength(length: number): number {
    return maxEncodedLength(length);
  }

  encode(source: Uint8Array, sourceStart: number, sourceEnd: number, target: Uint8Array, targetStart: number): number {
    const length = sourceEnd - sourceStart;
    checkInput(length);
    if (length > this.#sourceCapacity) this.#reserve(length);
    const { bytes, exports } = this.#kernel;
    bytes.set(source.subarray(sourceStart, sourceEnd), this.#source);
    const encoded = exports.lz4Encode(this.#source, length, this.#target, this.#heads, this.#chain);
    const room = target.length - targetStart;
    if (encoded > room) throw targetTooSmall(encoded, room);
    target.set(bytes.subarray(this.#target, this.#target + encoded), targetStart);
    return encoded;
  }

  #reserve(length: number): void {
    this.#sourceCapacity = Math.max(length, Math.min(this.#sourceCapacity * 2, LZ4_BLOCK_BYTES_MAX));
    this.#source = this.#kernel.allocate(this.#sourceCapacity);
    this.#target = this.#kernel.allocate(maxEncodedLength(this.#sourceCapacity));
  }
}

/** Gives the plain encoder the interface and the errors of the WASM one. */
class CheckedEncoder implements BlockEncoder {
  readonly #encoder: PlainLz4Encoder;

  constructor(encoder: PlainLz4Encoder) {
    this.#encoder = encoder;
  }

  maxEncodedLength(length: number): number {
    return maxEncodedLength(length);
  }

  encode(source: Uint8Array, sourceStart: number, sourceEnd: number, target: Uint8Array, targetStart: number): number {
    checkInput(sourceEnd - sourceStart);
    const encoded = this.#encoder.encode(source, sourceStart, sourceEnd, target, targetStart);
    const room = target.length - targetStart;
    if (encoded > room) throw targetTooSmall(encoded, room);
    return encoded;
  }
}
