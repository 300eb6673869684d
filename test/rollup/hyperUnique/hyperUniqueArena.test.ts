import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur3x64_128 } from '../../../src/kernel/murmur3.ts';
import { estimate } from '../../../src/rollup/hyperUnique/estimate.ts';
import { HyperUniqueArena } from '../../../src/rollup/hyperUnique/hyperUniqueArena.ts';
import { ReferenceCollector } from './referenceCollector.ts';

// Written by Druid 33's HyperLogLogCollector: one case a line, images hex or as SHA-256, then the estimate of the collector
// in memory and that of its image.
const DRUID = readFileSync(new URL('../../fixtures/row/hyperUnique.txt', import.meta.url), 'latin1')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' '));

function casesOf(kind: string): string[][] {
  return DRUID.filter((fields) => fields[0] === kind).map((fields) => fields.slice(1));
}

function image(arena: HyperUniqueArena, collector: number): Uint8Array {
  const bytes = new Uint8Array(arena.serializedLength(collector) + 5).fill(0xaa);
  const end = arena.serialize(collector, bytes, 3);
  expect(end).toBe(bytes.length - 2);
  return bytes.slice(3, end);
}

function shown(bytes: Uint8Array, expected: string): string {
  return expected.startsWith('sha256:')
    ? `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    : Buffer.from(bytes).toString('hex');
}

function addText(arena: HyperUniqueArena, collector: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  const hash = new Uint8Array(18);
  murmur3x64_128(bytes, 0, bytes.length, 0, hash, 2);
  arena.addHash(collector, hash, 2);
}

/** A hash whose first 1 bit, lowest bit of each byte first, is at `position` (1 to 64). */
function hashOf(register: number, position: number): Uint8Array {
  const hash = new Uint8Array(16);
  hash[(position - 1) >> 3] = 1 << ((position - 1) & 7);
  hash[14] = register >> 8;
  hash[15] = register;
  return hash;
}

function close(actual: number, expected: string): void {
  expect(Math.abs(actual - Number(expected))).toBeLessThanOrEqual(1e-12 * Number(expected));
}

describe('HyperUniqueArena against Druid', () => {
  it.each(casesOf('add'))(
    'adds %s hashes from seed %s',
    (count, seed, positionMin, positionMax, expected, inMemory, stored) => {
      const arena = new HyperUniqueArena();
      const collector = arena.create();
      let x = Number(seed);
      const next = () => {
        x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
        return x;
      };
      for (let i = 0; i < Number(count); i++) {
        const register = (next() >> 8) & 0x7ff;
        next();
        let position = Number(positionMin);
        for (let y = x >> 7; (y & 1) === 0 && position < Number(positionMax) && position < 24; y >>= 1) position++;
        if (positionMax === '64' && position >= 12) position = 12 + ((x >> 3) % 53);
        arena.addHash(collector, hashOf(register, position), 0);
      }
      const bytes = image(arena, collector);
      expect(shown(bytes, expected)).toBe(expected);
      close(arena.estimate(collector), inMemory);
      close(estimate(bytes, 0, bytes.length), stored);
    },
  );

  it.each(casesOf('fold'))('folds collectors of texts: %s %s %s', (...fields) => {
    const [expected, inMemory, stored] = fields.slice(-3);
    const arena = new HyperUniqueArena();
    const collector = arena.create();
    for (const range of fields.slice(0, -3)) {
      const [from, count] = range.split('+').map(Number);
      const part = arena.create();
      for (let i = from; i < from + count; i++) addText(arena, part, `s${i}`);
      const bytes = image(arena, part);
      arena.fold(collector, bytes, 0, bytes.length);
    }
    const bytes = image(arena, collector);
    expect(shown(bytes, expected)).toBe(expected);
    close(arena.estimate(collector), inMemory);
    close(estimate(bytes, 0, bytes.length), stored);
  });

  it.each(casesOf('image'))(
    'folds images with offsets and overflows: %s %s %s',
    (a, b, c, expected, inMemory, stored) => {
      const arena = new HyperUniqueArena();
      const collector = arena.create();
      for (const hex of [a, b, c]) {
        const part = Buffer.from(`ff${hex}ff`, 'hex');
        arena.fold(collector, part, 1, part.length - 1);
      }
      const bytes = image(arena, collector);
      expect(shown(bytes, expected)).toBe(expected);
      close(arena.estimate(collector), inMemory);
      close(estimate(bytes, 0, bytes.length), stored);
    },
  );

  it('folds full dense images, raising the offset once per fold', () => {
    const arena = new HyperUniqueArena();
    const collector = arena.create();
    for (const [offset, fill, nonZero, overflowValue, overflowRegister, , expected, inMemory] of casesOf('dense')) {
      const part = Buffer.alloc(1031, Number(fill));
      part.set([1, Number(offset)]);
      part.writeUInt16BE(Number(nonZero), 2);
      part[4] = Number(overflowValue);
      part.writeUInt16BE(Number(overflowRegister), 5);
      const other = arena.create();
      arena.fold(other, part, 0, part.length);
      arena.fold(collector, part, 0, part.length);
      expect(shown(image(arena, collector), expected)).toBe(expected);
      close(arena.estimate(collector), inMemory);
    }
  });

  it('stores the empty collector, one value, three values and the empty text as Druid does', () => {
    const arena = new HyperUniqueArena();
    const [none, a, abc, empty] = [arena.create(), arena.create(), arena.create(), arena.create()];
    addText(arena, a, 'a');
    for (const text of ['a', 'b', 'c', 'b']) addText(arena, abc, text);
    addText(arena, empty, '');
    const hex = (collector: number) => Buffer.from(image(arena, collector)).toString('hex');
    expect(hex(none)).toBe('01000000000000');
    expect(hex(a)).toBe('0100000100000002fa10');
    expect(hex(abc)).toBe('0100000300000002970102fa10038420');
    expect(hex(empty)).toBe('01000000400000');
    expect(estimate(image(arena, empty), 0, 7)).toBe(0);
    expect(arena.estimate(none)).toBe(0);
  });

  it('keeps a zero tail where two registers share a byte, and reads it back', () => {
    const arena = new HyperUniqueArena();
    const [first, second] = [arena.create(), arena.create()];
    for (const [register, position] of [
      [10, 3],
      [11, 2],
      [2047, 20],
    ])
      arena.addHash(first, hashOf(register, position), 0);
    for (const [register, position] of [
      [10, 9],
      [500, 1],
    ])
      arena.addHash(second, hashOf(register, position), 0);
    expect(Buffer.from(image(arena, first)).toString('hex')).toBe('010000021407ff000c32000000');
    const bytes = image(arena, second);
    arena.fold(first, bytes, 0, bytes.length);
    expect(Buffer.from(image(arena, first)).toString('hex')).toBe('010000031407ff000c92010110000000');
  });

  it('stores 100000 texts as Druid does', () => {
    const arena = new HyperUniqueArena();
    const collector = arena.create();
    for (let i = 0; i < 100_000; i++) addText(arena, collector, `x${i}`);
    const bytes = image(arena, collector);
    expect(bytes.length).toBe(1031);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      'bea6439019cdeb29d305178d3b89ba3f2b9a60e14aa6bac8daf8fc17a3a7689f',
    );
    expect(estimate(bytes, 0, bytes.length)).toBeCloseTo(102653.8953, 4);
  });
});

/** Register and position; few registers, so that bytes collide, or all of them. */
const sighting = (positionMax: number) =>
  fc.tuple(fc.oneof(fc.nat(40), fc.nat(2047)), fc.integer({ min: 1, max: positionMax }));

describe('HyperUniqueArena', () => {
  it('agrees with a plain dense collector, whatever the order of adds and folds among many collectors', () => {
    const step = fc.oneof(
      fc.record({ to: fc.nat(4), add: fc.array(sighting(64), { maxLength: 60 }) }),
      fc.record({ to: fc.nat(4), from: fc.nat(4) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const arena = new HyperUniqueArena();
        const ids = Array.from({ length: 5 }, () => arena.create());
        const references = ids.map(() => new ReferenceCollector());
        for (const step of steps) {
          if ('add' in step) {
            for (const [register, position] of step.add) {
              arena.addHash(ids[step.to], hashOf(register, position), 0);
              references[step.to].add(register, position);
            }
          } else {
            arena.foldCollector(ids[step.to], ids[step.from]);
            references[step.to].fold(references[step.from]);
          }
        }
        for (const id of ids) expect(image(arena, id)).toEqual(references[id].serialize());
      }),
      { numRuns: 150 },
    );
  });

  it('folds to what adding everything gives while nothing overflows', () => {
    fc.assert(
      fc.property(fc.array(fc.array(sighting(15), { maxLength: 400 }), { maxLength: 5 }), (parts) => {
        const arena = new HyperUniqueArena();
        const [added, folded] = [arena.create(), arena.create()];
        for (const part of parts) {
          const piece = arena.create();
          for (const [register, position] of part) {
            arena.addHash(added, hashOf(register, position), 0);
            arena.addHash(piece, hashOf(register, position), 0);
          }
          const bytes = image(arena, piece);
          arena.fold(folded, bytes, 0, bytes.length);
        }
        expect(image(arena, folded)).toEqual(image(arena, added));
      }),
      { numRuns: 60 },
    );
  });

  it('reads back what it has written', () => {
    fc.assert(
      fc.property(fc.array(sighting(64), { maxLength: 300 }), (sightings) => {
        const arena = new HyperUniqueArena();
        const [original, copy] = [arena.create(), arena.create()];
        for (const [register, position] of sightings) arena.addHash(original, hashOf(register, position), 0);
        const bytes = image(arena, original);
        arena.fold(copy, bytes, 0, bytes.length);
        expect(image(arena, copy)).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('takes few bytes for collectors of few values and uses its memory again after reset', () => {
    const arena = new HyperUniqueArena();
    const fill = () => {
      for (let i = 0; i < 20_000; i++) {
        const collector = arena.create();
        for (let k = 0; k < 3; k++) addText(arena, collector, `${i}.${k}`);
      }
    };
    fill();
    const memory = arena.memoryUsage();
    expect(memory).toBeLessThan(20_000 * 64);
    arena.reset();
    expect(arena.create()).toBe(0);
    expect(arena.serializedLength(0)).toBe(7);
    fill();
    expect(arena.memoryUsage()).toBe(memory);
  });

  it('leaves a collector alone when the image is empty', () => {
    const arena = new HyperUniqueArena();
    const collector = arena.create();
    arena.fold(collector, new Uint8Array(3), 2, 2);
    expect(image(arena, collector)).toEqual(Uint8Array.of(1, 0, 0, 0, 0, 0, 0));
    expect(estimate(new Uint8Array(3), 2, 2)).toBe(0);
  });

  it('says what is wrong with bytes that are no hyperUnique', () => {
    const arena = new HyperUniqueArena();
    const collector = arena.create();
    const fold = (hex: string) => () => arena.fold(collector, Buffer.from(hex, 'hex'), 0, hex.length / 2);
    expect(fold('0100')).toThrow(
      new RangeError(
        "a hyperUnique value of 2 bytes does not begin with version 1 and a header of 7 bytes; only that form of Druid's HyperLogLogCollector is read",
      ),
    );
    expect(fold('00000000000000')).toThrow(
      new RangeError(
        "a hyperUnique value of 7 bytes does not begin with version 1 and a header of 7 bytes; only that form of Druid's HyperLogLogCollector is read",
      ),
    );
    expect(fold('0100000000000011')).toThrow(
      new RangeError(
        'a hyperUnique value of 8 bytes is neither dense (1031 bytes) nor sparse (7 bytes and 3 for each register)',
      ),
    );
    expect(fold('01000001000000040701')).toThrow(
      new RangeError('a sparse hyperUnique value names register byte 1024, beyond 0 to 1023'),
    );
    expect(fold('01000001000000000601')).toThrow(
      new RangeError('a sparse hyperUnique value names register byte -1, beyond 0 to 1023'),
    );
  });
});
