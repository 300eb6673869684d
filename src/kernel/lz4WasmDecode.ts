import { type Kernel, threadKernel } from './kernel.ts';
import { lz4Decode } from './lz4Decode.ts';

/** What segments hold: blocks of at most 64 KiB, encoded to little more at worst. Others take the plain decoder. */
const DECODED_BYTES_MAX = 64 * 1024;
const ENCODED_BYTES_MAX = DECODED_BYTES_MAX + Math.ceil(DECODED_BYTES_MAX / 255) + 16;

let kernel: Kernel | undefined;
let encodedAt = 0;
let decodedAt = 0;

/**
 * As {@link lz4Decode}, in WASM: same arguments, results and errors, some times faster on blocks of many short matches.
 */
export function lz4WasmDecode(
  source: Uint8Array,
  sourceStart: number,
  sourceEnd: number,
  target: Uint8Array,
  targetStart: number,
): number {
  if (kernel === undefined) {
    kernel = threadKernel();
    encodedAt = kernel.allocate(ENCODED_BYTES_MAX);
    decodedAt = kernel.allocate(DECODED_BYTES_MAX);
  }
  const length = sourceEnd - sourceStart;
  if (length <= ENCODED_BYTES_MAX) {
    const { bytes, exports } = kernel;
    bytes.set(source.subarray(sourceStart, sourceEnd), encodedAt);
    const capacity = Math.min(DECODED_BYTES_MAX, target.length - targetStart);
    const decoded = exports.lz4Decode(encodedAt, encodedAt + length, decodedAt, capacity);
    if (decoded >= 0) {
      target.set(bytes.subarray(decodedAt, decodedAt + decoded), targetStart);
      return decoded;
    }
  }
  // Malformed, or longer than blocks of segments are: the plain decoder knows which, and where.
  return lz4Decode(source, sourceStart, sourceEnd, target, targetStart);
}
