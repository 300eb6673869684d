import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunFileReader, RunFileWriter } from '../../../src/mapreduce/index/runFile.ts';
import type { BlockRef } from '../../../src/rollup/run/run.ts';

const FILE_BYTES = 300_000;
const content = Uint8Array.from({ length: FILE_BYTES }, (_, i) => Math.imul(i, 2654435761) >>> 24);
let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-run-'));
  path = join(folder, 'run');
  const writer = new RunFileWriter(path);
  writer.append(content);
  writer.finish();
  writer.close();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const somewhere = fc
  .tuple(fc.nat(FILE_BYTES), fc.oneof(fc.nat(500), fc.nat(100_000)))
  .map(([offset, length]): BlockRef => ({ offset, length: Math.min(length, FILE_BYTES - offset), count: 1 }));
/** Blocks that lie one behind the other, with gaps, as a section's do. */
const inOrder = fc
  .tuple(fc.nat(FILE_BYTES), fc.array(fc.tuple(fc.nat(6000), fc.nat(9000)), { maxLength: 40 }))
  .map(([start, steps]) => {
    let at = start;
    return steps.flatMap(([gap, length]): BlockRef[] => {
      const offset = at + gap;
      at = offset + length;
      return at <= FILE_BYTES ? [{ offset, length, count: 1 }] : [];
    });
  });
const asked = fc
  .array(
    fc.oneof(
      somewhere,
      somewhere.map((ref) => [ref, ref]),
      inOrder,
    ),
  )
  .map((refs) => refs.flat());

test('a block is the bytes at its place, whatever was read before, and into whichever buffer', () => {
  fc.assert(
    fc.property(asked, fc.boolean(), (refs, reuses) => {
      const reader = new RunFileReader(path);
      try {
        let spare: ArrayBuffer | undefined;
        for (const ref of refs) {
          const block = reader.read(ref, spare);
          expect(Buffer.compare(block, content.subarray(ref.offset, ref.offset + ref.length))).toBe(0);
          if (reuses) spare = block.buffer as ArrayBuffer;
        }
      } finally {
        reader.close();
      }
    }),
  );
});

test('a file that ends too early is told by its name, also where blocks before were read in order', () => {
  for (const before of [[], [{ offset: FILE_BYTES - 300, length: 100, count: 1 }]]) {
    const reader = new RunFileReader(path);
    for (const ref of before) reader.read(ref);
    expect(() => reader.read({ offset: FILE_BYTES - 200, length: 250, count: 1 })).toThrow(
      new Error(`${path} ends at byte ${FILE_BYTES}; a block of 250 bytes was expected at ${FILE_BYTES - 200}`),
    );
    reader.close();
  }
});
