import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LZ4_BLOCK_BYTES_MAX, lz4Encoder, plainLz4Encoder } from '../../src/kernel/lz4.ts';
import { lz4Decode } from '../../src/kernel/lz4Decode.ts';
import { lz4WasmDecode } from '../../src/kernel/lz4WasmDecode.ts';
import { liblz4Decoder, liblz4HcEncoder } from './liblz4.ts';

const BLOCK_BYTES = 65536;
const wasm = lz4Encoder();
const plain = plainLz4Encoder();

/** mulberry32: uniform in [0, 1), the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Inputs of the kinds that segments hold, `length` bytes each. */
const kinds = {
  random: (length: number, seed: number) => {
    const random = randomFrom(seed);
    return Uint8Array.from({ length }, () => random() * 256);
  },
  repetitive: (length: number, seed: number) => {
    const period = 1 + (seed % 40);
    return Uint8Array.from({ length }, (_, i) => (i % period) * 7 + (i % 997 === 0 ? 1 : 0));
  },
  ids: (length: number, seed: number) => {
    const random = randomFrom(seed);
    const width = 1 + (seed % 4);
    const cardinality = 2 + (seed % 3000);
    const bytes = new Uint8Array(length + width);
    for (let at = 0; at < length; at += width) {
      // About Zipf's law, as values of dimensions are.
      const id = Math.floor(cardinality ** random()) - 1;
      for (let i = 0; i < width; i++) bytes[at + i] = id >>> (8 * i);
    }
    return bytes.subarray(0, length);
  },
  longs: (length: number, seed: number) => {
    const random = randomFrom(seed);
    const longs = new BigInt64Array(Math.ceil(length / 8));
    let time = 1709251200000n;
    for (let i = 0; i < longs.length; i++) {
      time += BigInt(Math.floor(random() * 3) * 1000);
      longs[i] = seed % 2 === 0 ? time : BigInt(Math.floor(2000 ** random()) - 20);
    }
    return new Uint8Array(longs.buffer).subarray(0, length);
  },
  text: (length: number, seed: number) => {
    const random = randomFrom(seed);
    const words = ['segment', 'interval', 'druid', 'ü', 'row', ' shard', '\n', 'dimension'];
    let text = '';
    while (text.length < length) text += `${words[Math.floor(random() * words.length)]} `;
    return new TextEncoder().encode(text).subarray(0, length);
  },
};
const kindNames = Object.keys(kinds) as (keyof typeof kinds)[];

function encoded(encoder: typeof wasm, input: Uint8Array): Uint8Array {
  const target = new Uint8Array(encoder.maxEncodedLength(input.length));
  return target.subarray(0, encoder.encode(input, 0, input.length, target, 0));
}

function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(actual, expected)).toBe(0);
}

function expectDecoded(block: Uint8Array, input: Uint8Array): void {
  const decoded = new Uint8Array(input.length);
  expect(lz4Decode(block, 0, block.length, decoded, 0)).toBe(input.length);
  expectSame(decoded, input);
}

/** Checks what the LZ4 format asks of a block's end; returns the number of matches. */
function checkEnd(block: Uint8Array, decodedLength: number): number {
  let input = 0;
  let output = 0;
  let matches = 0;
  let lastMatchStart = -1;
  const extended = (value: number) => {
    let length = value;
    if (value === 15) {
      do length += block[input];
      while (block[input++] === 255);
    }
    return length;
  };
  for (;;) {
    const token = block[input++];
    const literals = extended(token >>> 4);
    input += literals;
    output += literals;
    if (input === block.length) {
      if (matches > 0) {
        expect(literals).toBeGreaterThanOrEqual(5);
        expect(lastMatchStart).toBeLessThanOrEqual(decodedLength - 12);
      }
      expect(token & 15).toBe(0);
      return matches;
    }
    input += 2;
    lastMatchStart = output;
    output += extended(token & 15) + 4;
    matches++;
  }
}

describe('lz4 encoder', () => {
  it('gives the same block in WASM and plain, which any decoder takes', async () => {
    const liblz4 = await liblz4Decoder();
    const length = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 70_000 }));
    let matches = 0;
    fc.assert(
      fc.property(fc.constantFrom(...kindNames), length, fc.nat(100_000), (kind, bytes, seed) => {
        const input = kinds[kind](bytes, seed);
        const block = encoded(wasm, input);
        expectSame(encoded(plain, input), block);
        matches += checkEnd(block, input.length);
        expectSame(liblz4(block), input);
        expectDecoded(block, input);
        const decoded = new Uint8Array(input.length);
        expect(lz4WasmDecode(block, 0, block.length, decoded, 0)).toBe(input.length);
        expectSame(decoded, input);
      }),
      { numRuns: 150 },
    );
    expect(matches).toBeGreaterThan(1000);
  });

  it('gives the same block for every short input of two letters', () => {
    for (let length = 0; length <= 40; length++) {
      for (let seed = 0; seed < 40; seed++) {
        const random = randomFrom(seed * 41 + length);
        const input = Uint8Array.from({ length }, () => Math.floor(random() * 2));
        const block = encoded(wasm, input);
        expectSame(encoded(plain, input), block);
        checkEnd(block, length);
        expectDecoded(block, input);
      }
    }
  });

  it('stops looking for a longer match at the same length', () => {
    for (let length = 56; length <= 72; length++) {
      const [head, tail, filler] = [1, 2, 3].map((seed) => kinds.random(100, seed));
      const x = head.subarray(0, length);
      // Both x and, better but beginning later, the end of x with what follows it have been seen before.
      const parts = [x, filler.subarray(0, 20), x.subarray(40), tail, filler.subarray(20, 40), x, tail, filler];
      const input = Uint8Array.from(parts.flatMap((part) => [...part]));
      expectSame(encoded(plain, input), encoded(wasm, input));
    }
  });

  it('finds what came before in a window of 65,535 bytes, behind which the next one begins', () => {
    const [marker, tail] = [kinds.random(20, 1), kinds.random(20, 2)];
    const blocks = [65_534, 65_535].map((distance) => {
      const input = new Uint8Array(distance + 40);
      input.set(marker);
      input.set(marker, distance);
      input.set(tail, distance + 20);
      const block = encoded(wasm, input);
      expectSame(encoded(plain, input), block);
      expectDecoded(block, input);
      return block.length;
    });
    expect(blocks[1] - blocks[0]).toBeGreaterThan(10);
  });

  it('lets a match run on into the next window', () => {
    const input = new Uint8Array(100_000);
    input.set(kinds.random(50_000, 1));
    input.copyWithin(50_000, 0);
    const block = encoded(wasm, input);
    expectSame(encoded(plain, input), block);
    expectDecoded(block, input);
    expect(block.length).toBeLessThan(50_500);
  });

  it('gives the same block for inputs of many windows', () => {
    for (const kind of kindNames) {
      const input = kinds[kind](300_000, 12_345);
      const block = encoded(wasm, input);
      expectSame(encoded(plain, input), block);
      expectDecoded(block, input);
    }
  });

  it('depends on nothing but the bytes given', () => {
    const input = kinds.ids(5000, 7);
    const first = encoded(wasm, input);
    encoded(wasm, kinds.text(BLOCK_BYTES, 3));
    const source = new Uint8Array(6000).fill(9);
    source.set(input, 700);
    const target = new Uint8Array(wasm.maxEncodedLength(5000) + 20);
    for (const encoder of [wasm, plain]) {
      target.fill(0xee);
      const length = encoder.encode(source, 700, 5700, target, 11);
      expectSame(target.subarray(11, 11 + length), first);
      expect(target[10]).toBe(0xee);
      expect(target[11 + length]).toBe(0xee);
    }
  });

  it('writes blocks about as small as liblz4 HC does at level 3', async () => {
    const level3 = await liblz4HcEncoder(3);
    for (const kind of kindNames) {
      const input = kinds[kind](BLOCK_BYTES, 12_345);
      const ratio = encoded(wasm, input).length / encoded(level3, input).length;
      // Texts, which segments do not keep in LZ4 blocks, would gain by longer searches.
      expect({ kind, close: ratio > 0.9 && ratio < (kind === 'text' ? 1.2 : 1.06) }).toEqual({ kind, close: true });
    }
  });

  it('never exceeds the bound, which random bytes come near', () => {
    const input = kinds.random(BLOCK_BYTES, 5);
    const { length } = encoded(wasm, input);
    expect(length).toBeGreaterThan(BLOCK_BYTES);
    expect(length).toBeLessThanOrEqual(wasm.maxEncodedLength(BLOCK_BYTES));
    expect(wasm.maxEncodedLength(0)).toBe(16);
    expect(plain.maxEncodedLength(510)).toBe(528);
  });

  it('refuses inputs that are too long and targets that are too small', () => {
    const tooLong = new Uint8Array(LZ4_BLOCK_BYTES_MAX + 1);
    const input = kinds.random(100, 1);
    for (const encoder of [wasm, plain]) {
      expect(() => encoder.encode(tooLong, 0, tooLong.length, new Uint8Array(10), 0)).toThrow(
        new RangeError('an lz4 block takes at most 4194304 bytes, but 4194305 were given'),
      );
      expect(() => encoder.encode(input, 0, 100, new Uint8Array(110), 9)).toThrow(
        new RangeError('the lz4 block needs 102 bytes, but the target has room for 101'),
      );
      expect(encoder.encode(input, 0, 100, new Uint8Array(111), 9)).toBe(102);
    }
  });
});

describe('lz4 decoder in WASM', () => {
  it('gives the results and errors of the plain one on damaged blocks', () => {
    const outcome = (decode: typeof lz4Decode, block: Uint8Array, room: number) => {
      const target = new Uint8Array(room);
      try {
        const length = decode(block, 1, block.length, target, 2);
        return Buffer.from(target.subarray(0, length + 2)).toString('hex');
      } catch (error) {
        return String(error);
      }
    };
    let damaged = 0;
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.nat(400),
        fc.nat(255),
        fc.integer({ min: 2, max: 700 }),
        (seed, at, byte, room) => {
          const block = new Uint8Array([0, ...encoded(wasm, kinds[kindNames[seed % kindNames.length]](400, seed))]);
          if (at < block.length) block[at] = byte;
          const expected = outcome(lz4Decode, block, room);
          if (expected.startsWith('RangeError: malformed lz4 block near byte ')) damaged++;
          expect(outcome(lz4WasmDecode, block, room)).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
    expect(damaged).toBeGreaterThan(50);
  });

  it('decodes matches of every short distance', () => {
    for (let distance = 1; distance <= 40; distance++) {
      for (const length of [13, 29, 64, 100, 1000]) {
        const input = Uint8Array.from({ length: distance + length }, (_, i) => (i % distance) + 1);
        const block = encoded(wasm, input);
        const decoded = new Uint8Array(input.length);
        expect(lz4WasmDecode(block, 0, block.length, decoded, 0)).toBe(input.length);
        expectSame(decoded, input);
      }
    }
  });

  it('decodes blocks longer than those of segments', () => {
    const input = kinds.ids(200_000, 4);
    const block = encoded(wasm, input);
    const decoded = new Uint8Array(input.length);
    expect(lz4WasmDecode(block, 0, block.length, decoded, 0)).toBe(input.length);
    expectSame(decoded, input);
  });
});
