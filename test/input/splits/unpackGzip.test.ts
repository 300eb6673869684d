import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLineBlocks } from '../../../src/input/lines/lineBlocks.ts';
import { countLines } from '../../../src/input/lines/lineEnds.ts';
import type { SplitInput } from '../../../src/input/splits/splits.ts';
import { unpackGzip } from '../../../src/input/splits/unpackGzip.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-unpack-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function inputOf(content: Buffer): SplitInput {
  const path = join(directory, 'in.gz');
  writeFileSync(path, content);
  return { index: 3, path, start: 0, end: content.length, length: content.length, codec: 'gzip' };
}

async function partsOf(input: SplitInput, partBytes: number, lineBytesMax = 1 << 20): Promise<SplitInput[]> {
  const parts: SplitInput[] = [];
  const options = { partBytes, lineBytesMax, directory: join(directory, 'parts'), ahead: 2 };
  for await (const part of unpackGzip(input, options)) parts.push(part);
  return parts;
}

const textOf = (part: SplitInput) => readFileSync(part.unpacked?.path ?? '', 'latin1');

test('parts end with the line that their wanted end falls into', async () => {
  const parts = await partsOf(inputOf(gzipSync('aa\nbbbb\r\nc\r\rddd\neeeee')), 4);
  expect(parts.map((part) => [part.index, part.start, part.end, textOf(part)])).toEqual([
    [3, 0, 9, 'aa\nbbbb\r\n'],
    [3, 9, 16, 'c\r\rddd\n'],
    [3, 16, 21, 'eeeee'],
  ]);
  expect(parts.map(({ unpacked }) => unpacked?.startsInLine)).toEqual([false, false, false]);
});

test('nothing makes no part, and leaves no file', async () => {
  expect(await partsOf(inputOf(gzipSync('')), 4)).toEqual([]);
  expect(readdirSync(join(directory, 'parts'))).toEqual([]);
});

test('any text of any members: the lines of all parts are those of the file, and a too long one is met once', async () => {
  const lineText = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom('\n', '\r\n', '\r'));
  const texts = fc
    .array(lineText, { maxLength: 30 })
    .map((lines) => lines.map(([n, end]) => 'x'.repeat(n) + end).join(''));
  const options = { blockBytes: 30, maxLineBytes: 30 };
  /** `offset: bytes` of blocks' lines, with marks for those that are too long. */
  const shown = async (inputs: readonly SplitInput[]) => {
    const lines: string[] = [];
    let count = 0;
    for (const input of inputs) {
      for await (const block of readLineBlocks({ index: 0, inputs: [input], bytes: 0 }, options)) {
        const { bytes, start, end, firstOffset, overlongBytes } = block;
        count += overlongBytes === undefined ? countLines(bytes, start, end) : 1;
        if (overlongBytes !== undefined) lines.push(`${firstOffset}: too long`);
        else for (let at = start; at < end; at++) lines.push(`${firstOffset + at - start}: ${bytes[at]}`);
      }
    }
    return { lines, count };
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(texts, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 90 }),
      async (all, bytes) => {
        rmSync(join(directory, 'parts'), { recursive: true, force: true });
        const input = inputOf(Buffer.concat(all.map((text) => gzipSync(text))));
        const parts = await partsOf(input, bytes, 30);
        expect(parts.map(textOf).join('')).toBe(all.join(''));
        expect(await shown(parts)).toEqual(await shown([input]));
      },
    ),
    { numRuns: 150 },
  );
});

test('few parts are made ahead, and no more once nobody reads on', async () => {
  const input = inputOf(gzipSync('line\n'.repeat(1000)));
  const options = { partBytes: 10, lineBytesMax: 100, directory: join(directory, 'parts'), ahead: 2 };
  const parts = unpackGzip(input, options);
  await parts.next();
  await parts.return(undefined);
  expect(readdirSync(join(directory, 'parts')).length).toBeLessThan(8);
});

test('a file that is cut off gives the parts before, then its name and offset', async () => {
  const whole = gzipSync(Buffer.from(Array.from({ length: 40_000 }, (_, i) => `${i * 7919}\n`).join('')));
  const input = inputOf(whole.subarray(0, whole.length >> 1));
  const options = { partBytes: 50_000, lineBytesMax: 100, directory: join(directory, 'parts'), ahead: 1 };
  const parts = unpackGzip(input, options);
  let end = 0;
  const failing = async () => {
    for await (const part of parts) end = part.end;
  };
  await expect(failing()).rejects.toThrow(
    /^\S*in\.gz is cut off: its gzip data end in the middle, after \d+ unpacked bytes\. Fetch or pack the file again\.$/,
  );
  expect(end).toBeGreaterThan(50_000);
  rmSync(input.path);
  await expect(partsOf(input, 10)).rejects.toThrow(/^\S*in\.gz is gone, but had \d+ bytes when the job listed it/);
  expect(existsSync(input.path)).toBe(false);
});
