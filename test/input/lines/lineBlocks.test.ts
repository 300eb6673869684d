import { mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputFileError } from '../../../src/input/lines/InputFileError.ts';
import { type LineBlockOptions, readLineBlocks } from '../../../src/input/lines/lineBlocks.ts';
import { nextLineEnd, nextLineStart } from '../../../src/input/lines/lineEnds.ts';
import { type InputSplit, planSplits } from '../../../src/input/splits/splits.ts';
import { storageFor } from '../../../src/storage/storage.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-lines-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Line {
  readonly file: number;
  readonly offset: number;
  readonly text: string;
}

/** Reads lines through the helpers that scanners use, checking on the way what a block promises. */
async function linesOf(splits: readonly InputSplit[], options?: LineBlockOptions): Promise<Line[]> {
  const lines: Line[] = [];
  for (const split of splits) {
    for await (const { bytes, start, end, firstOffset, inputIndex, hasLoneCarriageReturns } of readLineBlocks(
      split,
      options,
    )) {
      expect(end).toBeGreaterThan(start);
      for (let from = start; from < end; ) {
        const lineEnd = nextLineEnd(bytes, from, end, hasLoneCarriageReturns);
        expect(lineEnd).toBe(nextLineEnd(bytes, from, end, true));
        lines.push({
          file: inputIndex,
          offset: firstOffset + from - start,
          text: bytes.toString('latin1', from, lineEnd),
        });
        from = nextLineStart(bytes, lineEnd, end);
      }
    }
  }
  return lines;
}

/** The lines of a text the slow way. */
function expectedLines(file: number, text: string): Line[] {
  const lines: Line[] = [];
  const pattern = /([^\r\n]*)(\r\n|\r|\n|$)/gy;
  while (pattern.lastIndex < text.length) {
    const offset = pattern.lastIndex;
    lines.push({ file, offset, text: pattern.exec(text)![1]! });
  }
  return lines;
}

function write(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content, 'latin1');
  return path;
}

async function splitsOf(paths: readonly string[], maxSplitBytes = 1 << 25): Promise<InputSplit[]> {
  const files = await Promise.all(paths.map((path) => storageFor(path).status(path)));
  return planSplits(
    files.map((file) => file!),
    { maxSplitBytes },
  );
}

async function errorOf(promise: Promise<unknown>): Promise<InputFileError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputFileError);
  return error as InputFileError;
}

const pieces = fc.constantFrom('', 'a', 'bcd', '\n', '\r', '\r\n', '\n\r', '\xef', 'x'.repeat(40));
const contents = fc.array(pieces, { maxLength: 40 }).map((some) => some.join(''));

describe('lines and ranges', () => {
  test('every line comes once, in order, whatever the sizes of splits and blocks', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(contents, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 50 }),
        async (texts, maxSplitBytes, blockBytes) => {
          run++;
          const paths = texts.map((text, file) => write(`any-${run}-${file}.txt`, text));
          const lines = await linesOf(await splitsOf(paths, maxSplitBytes), { blockBytes });
          expect(lines).toEqual(texts.flatMap((text, file) => expectedLines(file, text)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('ranges hold the lines that LineRecordReader of Hadoop 3.4.2 gives for them', async () => {
    const fixture = new URL('../../fixtures/lines/hadoop-line-record-reader.json', import.meta.url);
    const cases: { content: string; splitBytes: number | null; splits: string[][] }[] = JSON.parse(
      readFileSync(fixture, 'utf8'),
    );
    for (const [at, { content, splitBytes, splits }] of cases.entries()) {
      const bytes = Buffer.from(content, 'hex');
      const ranges = await splitsOf([write(`hadoop-${at}.txt`, bytes)], splitBytes ?? bytes.length);
      const ours: string[][] = [];
      for (const range of ranges) {
        const lines = await linesOf([range], { blockBytes: 1 + (at % 7) });
        ours.push(lines.map(({ offset, text }) => `${offset}:${Buffer.from(text, 'latin1').toString('hex')}`));
      }
      // Hadoop gives a line behind a byte order mark the offset of the mark; ours is that of its first byte.
      const marked = content.startsWith('efbbbf');
      const theirs = splits.map((lines) => lines.map((line) => (marked ? line.replace(/^0:/, '3:') : line)));
      expect({ content, splitBytes, lines: ours }).toEqual({ content, splitBytes, lines: theirs });
    }
    expect(cases.length).toBe(75);
  });

  test('a line that begins at the end of a range belongs to it, not to the next', async () => {
    const path = write('boundary.txt', 'aa\nbb\ncc\n');
    const splits = await splitsOf([path], 3);
    const perSplit = await Promise.all(splits.map((split) => linesOf([split])));
    expect(perSplit.map((lines) => lines.map(({ text }) => text))).toEqual([['aa', 'bb'], ['cc'], []]);
  });

  test('a range that ends between CR and LF', async () => {
    const path = write('crlf.txt', 'aa\r\nbb\r\n');
    const splits = await splitsOf([path], 3);
    const perSplit = await Promise.all(splits.map((split) => linesOf([split])));
    expect(perSplit.map((lines) => lines.map(({ text }) => text))).toEqual([['aa'], ['bb'], []]);
  });

  test('lines longer than a block and than the room before it', async () => {
    const text = `${'a'.repeat(200_000)}\nshort\n${'b'.repeat(70_000)}\r\n${'c'.repeat(300_000)}`;
    const path = write('long.txt', text);
    expect(await linesOf(await splitsOf([path]), { blockBytes: 4096 })).toEqual(expectedLines(0, text));
    expect(await linesOf(await splitsOf([path], 150_000), { blockBytes: 4096 })).toEqual(expectedLines(0, text));
  });

  test('blocks of a large file are about the size asked for and tell the first of a file', async () => {
    const text = 'some line of text\n'.repeat(20_000);
    const splits = await splitsOf([write('large-0.txt', text), write('large-1.txt', text)]);
    const seen: { inputIndex: number; isFileStart: boolean; firstOffset: number; length: number }[] = [];
    for (const split of splits) {
      for await (const block of readLineBlocks(split, { blockBytes: 100_000 })) {
        const { inputIndex, isFileStart, firstOffset } = block;
        seen.push({ inputIndex, isFileStart, firstOffset, length: block.end - block.start });
        expect(block.hasLoneCarriageReturns).toBe(false);
      }
    }
    expect(seen.length).toBe(8);
    expect(seen.filter(({ isFileStart }) => isFileStart).map(({ inputIndex }) => inputIndex)).toEqual([0, 1]);
    expect(seen.every(({ length }) => length <= 100_000 + 65_536)).toBe(true);
    expect(seen.reduce((sum, { length }) => sum + length, 0)).toBe(2 * text.length);
  });

  test('a byte order mark is no part of the first line', async () => {
    const path = write('bom.txt', '\xef\xbb\xbfone\n\xef\xbb\xbftwo\n');
    const lines = [
      { file: 0, offset: 3, text: 'one' },
      { file: 0, offset: 7, text: '\xef\xbb\xbftwo' },
    ];
    for (const blockBytes of [1, 2, 5, 1000])
      expect(await linesOf(await splitsOf([path]), { blockBytes })).toEqual(lines);
    for (const bytes of [1, 2, 3, 4]) expect(await linesOf(await splitsOf([path], bytes))).toEqual(lines);
  });

  test('an empty file has no lines and keeps its number', async () => {
    const splits = await splitsOf([write('empty-0.txt', ''), write('empty-1.txt', 'x')]);
    expect(await linesOf(splits)).toEqual([{ file: 1, offset: 0, text: 'x' }]);
  });

  test('a caller may stop in the middle', async () => {
    const [split] = await splitsOf([write('stop.txt', 'line\n'.repeat(1000))]);
    for await (const block of readLineBlocks(split!, { blockBytes: 100 })) {
      expect(block.firstOffset).toBe(0);
      break;
    }
  });
});

describe('gzip', () => {
  test('members are read on end, with offsets in the unpacked text', async () => {
    const texts = ['first\nsec', 'ond\r\nthird\r', '\nfourth', ''];
    const path = write('members.gz', Buffer.concat(texts.map((text) => gzipSync(text))));
    for (const blockBytes of [1, 64, 1000]) {
      expect(await linesOf(await splitsOf([path]), { blockBytes })).toEqual(expectedLines(0, texts.join('')));
    }
  });

  test('any text, any block size', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 200 }), async (text, blockBytes) => {
        const path = write(`any-${run++}.gz`, gzipSync(Buffer.from(text, 'latin1')));
        expect(await linesOf(await splitsOf([path]), { blockBytes })).toEqual(expectedLines(0, text));
      }),
      { numRuns: 30 },
    );
  });

  test('cut off in the middle', async () => {
    const whole = gzipSync('some line of text\n'.repeat(100));
    const path = write('cut.gz', whole.subarray(0, whole.length - 12));
    const error = await errorOf(linesOf(await splitsOf([path])));
    expect(error.message).toBe(
      `${path} is cut off: its gzip data end in the middle, after ${error.details.offset} unpacked bytes. Fetch or pack the file again.`,
    );
    expect(error.retryable).toBe(false);
  });

  test('damaged', async () => {
    const damaged = gzipSync('some line of text\n'.repeat(100));
    damaged[damaged.length - 5]! ^= 0xff;
    const path = write('damaged.gz', damaged);
    const error = await errorOf(linesOf(await splitsOf([path])));
    expect(error.message).toBe(
      `${path} is damaged: its gzip data are not valid (incorrect data check), after ${error.details.offset} unpacked bytes. ` +
        'Fetch or pack the file again.',
    );
  });

  test('no gzip at all', async () => {
    const path = write('plain.gz', 'plain text\n');
    const error = await errorOf(linesOf(await splitsOf([path])));
    expect(error.message).toBe(
      `${path} is damaged: its gzip data are not valid (incorrect header check), after 0 unpacked bytes. Fetch or pack the file again.`,
    );
  });

  test('bytes behind the last member are not passed over in silence', async () => {
    const whole = gzipSync('one\n');
    const padded = write('padded.gz', Buffer.concat([whole, Buffer.alloc(7)]));
    expect((await errorOf(linesOf(await splitsOf([padded])))).message).toBe(
      `${padded} is damaged: 7 bytes from byte ${whole.length} on follow the last gzip member and are no gzip data. ` +
        'Pack the file again, or cut it there.',
    );
    const trailing = write('trailing.gz', Buffer.concat([whole, Buffer.from('garbage')]));
    expect((await errorOf(linesOf(await splitsOf([trailing])))).message).toBe(
      `${trailing} is damaged: its gzip data are not valid (incorrect header check), after 0 unpacked bytes. ` +
        'Fetch or pack the file again.',
    );
  });

  test('a member may begin where a fetched chunk does', async () => {
    const noise = Buffer.from(Array.from({ length: 262_144 }, (_, at) => 97 + ((at * at * 7919 + at) % 26)));
    const stored = (length: number) => gzipSync(noise.subarray(0, length), { level: 0 });
    // The first member fills the reader's packed chunks to the byte.
    let length = 262_144 - 18;
    while (stored(length).length > 262_144) length--;
    expect(stored(length).length).toBe(262_144);
    const path = write('aligned.gz', Buffer.concat([stored(length), gzipSync('tail\n')]));
    const lines = await linesOf(await splitsOf([path]));
    expect(lines.map(({ text }) => text)).toEqual([`${noise.toString('latin1', 0, length)}tail`]);
  });
});

describe('files that changed since they were listed', () => {
  test('shrunk', async () => {
    for (const [name, content] of [
      ['shrunk.txt', Buffer.from('line\n'.repeat(100))],
      ['shrunk.gz', gzipSync('line\n'.repeat(100))],
    ] as const) {
      const path = write(name, content);
      const splits = await splitsOf([path]);
      truncateSync(path, 12);
      const error = await errorOf(linesOf(splits));
      expect(error.message).toBe(
        `${path} ends at byte 12, but had ${content.length} bytes when the job listed it. ` +
          'Input must not change while a job reads it; run the job again.',
      );
      expect(error.details).toEqual({ path, offset: 12 });
    }
  });

  test('grown: what was added is left out', async () => {
    const path = write('grown.txt', 'one\ntw');
    const splits = await splitsOf([path]);
    write('grown.txt', 'one\ntwo\nthree\n');
    expect((await linesOf(splits)).map(({ text }) => text)).toEqual(['one', 'tw']);
  });

  test('gone', async () => {
    const path = write('gone.txt', 'one\n');
    const splits = await splitsOf([path]);
    unlinkSync(path);
    const error = await errorOf(linesOf(splits));
    expect(error.message).toBe(
      `${path} is gone, but had 4 bytes when the job listed it (reading from byte 0). Bring it back, or run the job again.`,
    );
    expect(error).toMatchObject({ name: 'InputFileError', retryable: false, details: { path, offset: 0 } });
  });
});

describe('lines that are too long to be held', () => {
  /** Lines, those that are too long as `offset: bytes`. */
  async function shownLines(splits: readonly InputSplit[], options: LineBlockOptions): Promise<string[]> {
    const shown: string[] = [];
    for (const split of splits) {
      for await (const { bytes, start, end, firstOffset, overlongBytes } of readLineBlocks(split, options)) {
        if (overlongBytes !== undefined) {
          expect(end - start).toBeLessThanOrEqual(Math.min(overlongBytes, 65_536));
          shown.push(`${firstOffset}: ${overlongBytes}`);
        } else {
          const text = bytes.toString('latin1', start, end);
          shown.push(...expectedLines(0, text).map((line) => `${firstOffset + line.offset}: ${line.text}`));
        }
      }
    }
    return shown;
  }

  test('are told with offset and length, and passed over', async () => {
    const path = write('overlong.txt', `ok\n${'x'.repeat(300_000)}\nok\n`);
    const splits = await splitsOf([path]);
    const shown = await shownLines(splits, { blockBytes: 10_000, maxLineBytes: 100_000 });
    expect(shown).toEqual(['0: ok', '3: 300000', '300004: ok']);
    const lines = await linesOf(splits, { blockBytes: 10_000, maxLineBytes: 300_000 });
    expect(lines.map(({ text }) => text.length)).toEqual([2, 300_000, 2]);
  });

  test('each is met once, whatever the sizes of splits and blocks, plain or gzip', async () => {
    const lineText = fc.tuple(fc.integer({ min: 0, max: 90 }), fc.constantFrom('\n', '\r\n', '\r'));
    const input = fc.tuple(fc.array(lineText, { maxLength: 12 }), fc.integer({ min: 0, max: 90 }));
    let file = 0;
    await fc.assert(
      fc.asyncProperty(
        input,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 400 }),
        async ([lines, last], blockBytes, maxSplitBytes) => {
          const text = lines.map(([length, end]) => 'x'.repeat(length) + end).join('') + 'y'.repeat(last);
          const expected = expectedLines(0, text).map((line) =>
            line.text.length > 60 ? `${line.offset}: ${line.text.length}` : `${line.offset}: ${line.text}`,
          );
          const options = { blockBytes, maxLineBytes: 60 };
          const plain = write(`overlong-${file++}.txt`, text);
          expect(await shownLines(await splitsOf([plain], maxSplitBytes), options)).toEqual(expected);
          const packed = write(`overlong-${file++}.txt.gz`, gzipSync(text));
          expect(await shownLines(await splitsOf([packed]), options)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});
