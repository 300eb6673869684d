import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Scratch, type ScratchFile } from '../../src/segment/scratch.ts';

const PAGE_BYTES = 65_536;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'scratch-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function content(file: ScratchFile): Buffer {
  return Buffer.concat(Array.from(file.chunks(), (chunk) => chunk.slice()));
}

function pattern(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + seed * 7 + (i >>> 8)) & 0xff;
  return bytes;
}

test('files keep what was appended, in memory or not', () => {
  const appends = fc.array(fc.tuple(fc.nat(2), fc.nat(150_000)), { maxLength: 12 });
  fc.assert(
    fc.property(appends, fc.constantFrom(0, PAGE_BYTES, 3 * PAGE_BYTES, 1e9), (steps, memoryLimit) => {
      const scratch = new Scratch(directory, memoryLimit);
      const files = [scratch.create(), scratch.create(), scratch.create()];
      const copies: Buffer[][] = [[], [], []];
      steps.forEach(([which, length], seed) => {
        const bytes = pattern(length + 2, seed);
        files[which].append(bytes, 1, length + 1);
        copies[which].push(bytes.subarray(1, length + 1));
      });
      files.forEach((file, i) => {
        const whole = Buffer.concat(copies[i]);
        expect(file.length).toBe(whole.length);
        expect(content(file).equals(whole)).toBe(true);
        const position = Math.floor(whole.length / 3);
        const target = Buffer.alloc(100_000);
        const count = file.read(position, target);
        expect(count).toBe(Math.min(100_000, whole.length - position));
        expect(target.subarray(0, count).equals(whole.subarray(position, position + count))).toBe(true);
      });
      scratch.dispose();
    }),
    { numRuns: 40 },
  );
  expect(readdirSync(directory)).toEqual([]);
});

test('the backing file is made only beyond the memory limit', () => {
  const scratch = new Scratch(directory, 2 * PAGE_BYTES);
  const file = scratch.create();
  file.append(pattern(3 * PAGE_BYTES, 1));
  expect(readdirSync(directory)).toEqual([]);
  file.append(pattern(1, 1));
  expect(readdirSync(directory)).toHaveLength(1);
  scratch.dispose();
  expect(readdirSync(directory)).toEqual([]);
});

test('pages of a disposed file serve others', () => {
  const scratch = new Scratch(directory, PAGE_BYTES);
  const first = scratch.create();
  first.append(pattern(4 * PAGE_BYTES, 1));
  first.dispose();
  expect(first.length).toBe(0);
  const kept = scratch.create();
  const other = scratch.create();
  kept.append(pattern(3 * PAGE_BYTES + 5, 2));
  other.append(pattern(3 * PAGE_BYTES + 5, 3));
  expect(content(kept).equals(pattern(3 * PAGE_BYTES + 5, 2))).toBe(true);
  expect(content(other).equals(pattern(3 * PAGE_BYTES + 5, 3))).toBe(true);
  scratch.dispose();
});

test('pieces and files never share bytes, also when those of a cleared scratch serve again', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 30_000 })), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 4 }), (segments) => {
      const scratch = new Scratch(directory, PAGE_BYTES);
      for (const made of segments) {
        const pieces: Uint8Array[] = [];
        const files: ScratchFile[] = [];
        made.forEach(([isPiece, length], seed) => {
          const bytes = pattern(length, seed);
          if (isPiece) {
            const piece = scratch.piece(length);
            expect(piece.length).toBe(length);
            expect(piece.byteOffset % 8).toBe(0);
            piece.set(bytes);
            pieces[seed] = piece;
          } else {
            files[seed] = scratch.create();
            files[seed].append(bytes);
          }
        });
        made.forEach(([isPiece, length], seed) => {
          const kept = isPiece ? pieces[seed] : content(files[seed]);
          expect(pattern(length, seed).equals(kept)).toBe(true);
        });
        scratch.clear();
      }
      scratch.dispose();
    }),
    { numRuns: 60 },
  );
});

test('reading past the end gives nothing', () => {
  const scratch = new Scratch(directory);
  const file = scratch.create();
  file.append(Uint8Array.of(1, 2, 3));
  expect(file.read(3, new Uint8Array(4))).toBe(0);
  expect(file.read(9, new Uint8Array(4))).toBe(0);
  scratch.dispose();
});

test('a disposed scratch makes no files and says why reading fails', () => {
  const scratch = new Scratch(directory, 0);
  const file = scratch.create();
  file.append(pattern(2 * PAGE_BYTES, 1));
  scratch.dispose();
  scratch.dispose();
  expect(() => scratch.create()).toThrow(new Error('the scratch was disposed: no further files can be made in it'));
  expect(() => content(file)).toThrow(
    new Error('the scratch was disposed while one of its files was still being read'),
  );
});
