import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/kernel/kernel.ts';
import { murmur3x64_128, murmur3x86_32 } from '../../src/kernel/murmur3.ts';

interface GuavaHash {
  seed: number;
  length: number;
  murmur3_32: number;
  murmur3_128: string;
}

/** Of Druid's HashBasedNumberedShardSpec and Rows.toGroupKey. */
interface DruidKey {
  groupKey: string;
  murmur3_32: number;
  murmur3_128: string;
}

const fixtures = new URL('../fixtures/kernel/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, fixtures), 'utf8'));
const guava = (read('murmur3-guava.json') as { hashes: GuavaHash[] }).hashes;
const druid = read('hash-partition.json') as DruidKey[];

/** The bytes that the Guava fixture was made of. */
function guavaInput(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i * 151 + 89);
}

function hex128(bytes: Uint8Array, start: number, end: number, seed: number): string {
  const out = new Uint8Array(18);
  murmur3x64_128(bytes, start, end, seed, out, 1);
  expect([out[0], out[17]]).toEqual([0, 0]);
  return Buffer.from(out.subarray(1, 17)).toString('hex');
}

describe('murmur3', () => {
  it("equals Guava's, for every length of the last block and seeds of both signs", () => {
    expect(guava.length).toBe(134);
    for (const { seed, length, ...expected } of guava) {
      const bytes = guavaInput(length);
      const murmur3_32 = murmur3x86_32(bytes, 0, length, seed);
      expect({ murmur3_32, murmur3_128: hex128(bytes, 0, length, seed) }).toEqual(expected);
    }
  });

  it("equals Druid's hashes of group keys", () => {
    for (const { groupKey, murmur3_32, murmur3_128 } of druid) {
      const bytes = new TextEncoder().encode(`xx${groupKey}yy`);
      expect(murmur3x86_32(bytes, 2, bytes.length - 2)).toBe(murmur3_32);
      expect(hex128(bytes, 2, bytes.length - 2, 0)).toBe(murmur3_128);
    }
  });

  it('is the same in the kernel', () => {
    const kernel = createKernel();
    const address = kernel.allocate(300);
    const out = kernel.allocate(16);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 299 }), fc.nat(1), (bytes, shift) => {
        const start = address + shift;
        kernel.bytes.set(bytes, start);
        kernel.exports.murmur3x64_128(start, bytes.length, out);
        expect(Buffer.from(kernel.bytes.subarray(out, out + 16)).toString('hex')).toBe(
          hex128(bytes, 0, bytes.length, 0),
        );
        expect(kernel.exports.murmur3x86_32(start, bytes.length)).toBe(murmur3x86_32(bytes, 0, bytes.length));
      }),
      { numRuns: 200 },
    );
  });
});
