import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BlockEncoder } from '../../src/kernel/lz4.ts';

/** The level of Druid: lz4-java's `highCompressor()` is `LZ4_compress_HC` at level 9. */
const DRUID_LEVEL = 9;
const SOURCE_BYTES_MAX = 1024 * 1024;
const MEMORY_BYTES = 32 * 1024 * 1024;
const MEMORY_PAGES = MEMORY_BYTES / 65536;
// The upper half of the memory is free: the module's own data, stack and heap begin at 0, and nothing allocates there.
const SOURCE = MEMORY_BYTES / 2;
const TARGET = SOURCE + 2 * SOURCE_BYTES_MAX;
const STATE = TARGET + 4 * SOURCE_BYTES_MAX;
/** More than sizeof(LZ4_streamHC_t), 262,200 bytes. */
const STATE_BYTES = 512 * 1024;
/**
 * In the function table of lz4-asm 0.4.2: LZ4F_compressBlockHC, the frame writer's function for an independent block.
 * It resets the state and calls LZ4_compress_HC; unlike a frame it leaves incompressible blocks as LZ4_compress_HC
 * makes them, given enough room.
 */
const COMPRESS_BLOCK_HC = 3;

type CompressBlock = (
  state: number,
  source: number,
  target: number,
  sourceLength: number,
  targetCapacity: number,
  level: number,
  dictionary: number,
) => number;

interface WasmApi {
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Table: new (limits: {
    initial: number;
    maximum: number;
    element: string;
  }) => { get(index: number): unknown };
  instantiate(bytes: Uint8Array, imports: object): Promise<object>;
}

/**
 * Real liblz4, HC level 9, raw blocks of up to 1 MiB: bit for bit what Druid writes. It runs on lz4-asm's WASM module
 * without that package's JavaScript, which only knows frames.
 */
export function liblz4Level9Encoder(): Promise<BlockEncoder> {
  return liblz4HcEncoder(DRUID_LEVEL);
}

/** Real liblz4, HC, any level from 3 to 12. */
export async function liblz4HcEncoder(level: number): Promise<BlockEncoder> {
  const { Memory, Table, instantiate } = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
  const memory = new Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
  const table = new Table({ initial: 5, maximum: 5, element: 'anyfunc' });
  const bytes = new Uint8Array(memory.buffer);
  const unexpected = () => {
    throw new Error('liblz4 called into its frame reader or ran out of memory');
  };
  const copy = (to: number, from: number, length: number) => bytes.copyWithin(to, from, from + length);
  const module = readFileSync(createRequire(import.meta.url).resolve('lz4-asm/dist/_lz4.wasm'));
  await instantiate(module, { a: { a: unexpected, b: copy, c: unexpected, memory, table } });
  const compressBlock = table.get(COMPRESS_BLOCK_HC) as CompressBlock;
  const maxEncodedLength = (length: number) => length + Math.floor(length / 255) + 16;

  return {
    maxEncodedLength,
    encode(source, sourceStart, sourceEnd, target, targetStart) {
      const length = sourceEnd - sourceStart;
      if (length > SOURCE_BYTES_MAX) throw new RangeError(`at most ${SOURCE_BYTES_MAX} bytes, not ${length}`);
      bytes.set(source.subarray(sourceStart, sourceEnd), SOURCE);
      bytes.fill(0, STATE, STATE + STATE_BYTES);
      const encoded = compressBlock(STATE, SOURCE, TARGET, length, maxEncodedLength(length), level, 0);
      target.set(bytes.subarray(TARGET, TARGET + encoded), targetStart);
      return encoded;
    },
  };
}

/** Frame header: version 1, independent blocks of up to 4 MiB, no checksums; the last byte checks the header. */
const FRAME_HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73];

/** Decodes raw blocks of up to 4 MiB with real liblz4, wrapped in a frame of one block. */
export async function liblz4Decoder(): Promise<(block: Uint8Array) => Uint8Array> {
  const require = createRequire(import.meta.url);
  const init = require('lz4-asm') as (options: { wasmBinary: Uint8Array }) => Promise<{
    lz4js: { decompress(frame: Uint8Array): Uint8Array };
  }>;
  // The package installs handlers that turn every failure of the process into one of its own.
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  // Left alone it would fetch its module by a path, which Node takes for no URL.
  const { lz4js } = await init({ wasmBinary: readFileSync(require.resolve('lz4-asm/dist/_lz4.wasm')) });
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[i].has(listener)) process.removeListener(event, listener);
    }
  });
  return (block) => {
    const frame = new Uint8Array(FRAME_HEADER.length + 4 + block.length + 4);
    frame.set(FRAME_HEADER);
    new DataView(frame.buffer).setUint32(FRAME_HEADER.length, block.length, true);
    frame.set(block, FRAME_HEADER.length + 4);
    return lz4js.decompress(frame);
  };
}
