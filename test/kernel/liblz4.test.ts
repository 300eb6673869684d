import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lz4Decode } from '../../src/kernel/lz4Decode.ts';
import { lz4WasmDecode } from '../../src/kernel/lz4WasmDecode.ts';
import { liblz4Level9Encoder } from './liblz4.ts';

/** Blocks of segments that Druid 33.0.0 wrote, each behind its length (uint32, little-endian). */
const fixture = readFileSync(new URL('../fixtures/kernel/druid-lz4-blocks.bin', import.meta.url));

function druidBlocks(): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < fixture.length; ) {
    const start = at + 4;
    at = start + fixture.readUInt32LE(at);
    blocks.push(fixture.subarray(start, at));
  }
  return blocks;
}

describe('liblz4 HC level 9', () => {
  it('gives the blocks of Druid, compressible or not', async () => {
    const encoder = await liblz4Level9Encoder();
    const decoded = new Uint8Array(65536);
    const target = new Uint8Array(encoder.maxEncodedLength(65536));
    let incompressible = 0;
    let fullSize = 0;
    const blocks = druidBlocks();
    const different = blocks.filter((block) => {
      const length = lz4Decode(block, 0, block.length, decoded, 0);
      if (block.length >= length) incompressible++;
      if (length === 65536) fullSize++;
      const encoded = encoder.encode(decoded, 0, length, target, 0);
      return Buffer.compare(target.subarray(0, encoded), block) !== 0;
    });
    expect(different).toEqual([]);
    expect(blocks.length).toBe(1613);
    expect(incompressible).toBeGreaterThan(100);
    expect(fullSize).toBe(33);
  });

  it('writes the single empty token for an empty block', async () => {
    const encoder = await liblz4Level9Encoder();
    const target = new Uint8Array(16).fill(7);
    expect(encoder.encode(new Uint8Array(4), 2, 2, target, 3)).toBe(1);
    expect([...target.subarray(2, 5)]).toEqual([7, 0, 7]);
  });
});

describe("Druid's blocks", () => {
  it('decode alike in WASM and plain', () => {
    const plain = new Uint8Array(65536);
    const wasm = new Uint8Array(65536);
    for (const block of druidBlocks()) {
      const length = lz4Decode(block, 0, block.length, plain, 0);
      expect(lz4WasmDecode(block, 0, block.length, wasm, 0)).toBe(length);
      expect(Buffer.compare(wasm.subarray(0, length), plain.subarray(0, length))).toBe(0);
    }
  });
});
