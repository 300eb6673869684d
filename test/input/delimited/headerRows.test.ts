import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileHeader } from '../../../src/input/delimited/headerRows.ts';
import { InputFileError } from '../../../src/input/lines/InputFileError.ts';
import { type InputSplit, planSplits } from '../../../src/input/splits/splits.ts';
import { csv, scanSplits } from './support.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-headers-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Writes files and cuts them into splits. */
function splitsOf(files: Readonly<Record<string, string | Buffer>>, maxSplitBytes = 1_000_000): InputSplit[] {
  const statuses = Object.entries(files).map(([name, content]) => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return { path, length: Buffer.byteLength(content), isDirectory: false, modificationMs: 0 };
  });
  return planSplits(statuses, { maxSplitBytes });
}

const header = (skipHeaderRows: number, hasHeaderRow = true) => ({ ...csv(null), skipHeaderRows, hasHeaderRow });

describe('header rows', () => {
  test('each file has its own', async () => {
    const splits = splitsOf({ 'a.csv': 'x,y\n1,2\n', 'b.csv': 'y,z,x\r\n3,4,5\r\n6\r\n' });
    expect(splits.length).toBe(1);
    expect(await scanSplits(header(0), splits)).toEqual([{ x: '1', y: '2' }, { y: '3', z: '4', x: '5' }, { y: '6' }]);
  });

  test('go before the columns of the spec', async () => {
    const parse = { ...header(0), columns: ['p', 'q'] };
    expect(await scanSplits(parse, splitsOf({ 'c.csv': 'x,y\n1,2\n' }))).toEqual([{ x: '1', y: '2' }]);
  });

  test('are skipped where the spec lists the columns', async () => {
    const parse = { ...header(2, false), columns: ['p', 'q'] };
    expect(await scanSplits(parse, splitsOf({ 'd.csv': 'made by\n"x\n1,2\n' }))).toEqual([{ p: '1', q: '2' }]);
  });

  test('come behind skipped rows; nameless columns are numbered, lists are none, quotes are quotes', async () => {
    const splits = splitsOf({ 'e.csv': '\ufeffmade by,,\n\nx|y,,"z ""1""",\n1,2,3,4\n' });
    expect(await scanSplits(header(2), splits)).toEqual([{ 'x|y': '1', column_2: '2', 'z "1"': '3', column_4: '4' }]);
  });

  test('may be all that there is, or more', async () => {
    expect(await scanSplits(header(0), splitsOf({ 'f.csv': 'x,y' }))).toEqual([]);
    expect(await scanSplits(header(5), splitsOf({ 'g.csv': 'x,y\n1,2\n' }))).toEqual([]);
  });

  test('are read from packed files', async () => {
    const splits = splitsOf({ 'h.csv.gz': gzipSync('skipped\nx,y\n1,2\n') });
    expect(await scanSplits(header(1), splits)).toEqual([{ x: '1', y: '2' }]);
  });

  test('a byte order mark is no part of the first name', async () => {
    expect(await scanSplits(header(0), splitsOf({ 'i.csv': '\ufeffx,y\n1,2\n' }))).toEqual([{ x: '1', y: '2' }]);
  });

  test('end where the data begin', async () => {
    const [split] = splitsOf({ 'j.csv': 'skipped\r\nx,y\r\n1,2\r\n' });
    expect(await readFileHeader(split.inputs[0], header(1))).toEqual({ columns: ['x', 'y'], dataOffset: 14 });
    expect(await readFileHeader(split.inputs[0], header(1, false))).toEqual({ columns: null, dataOffset: 9 });
  });

  test('must not name a column twice', async () => {
    const splits = splitsOf({ 'k.csv': 'skipped\nx,y,x\n1,2,3\n' });
    const error = await scanSplits(header(1), splits).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputFileError);
    expect((error as InputFileError).message).toBe(
      `The header row of ${join(directory, 'k.csv')} (at byte 8) names the column "x" twice. Give each column a name of its own, or ` +
        'list the columns in the parseSpec and leave this row out with "skipHeaderRows": 2, "hasHeaderRow": false.',
    );
    expect((error as InputFileError).details).toEqual({ path: join(directory, 'k.csv'), offset: 8 });
  });

  test('are found wherever the file is cut', async () => {
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const cell = fc.stringMatching(/^[a-z"|]{1,5}$/);
    const line = fc.tuple(cell, cell, end);
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 16, max: 64 }),
        async (lines, skipped, maxSplitBytes, blockBytes) => {
          const text = `${'to skip\n'.repeat(skipped)}first,second\n${lines.map((parts) => `${parts[0]},${parts[1]}${parts[2]}`).join('')}`;
          const whole = await scanSplits(header(skipped), splitsOf({ 'l.csv': text }));
          expect(whole.length).toBe(lines.length);
          const cut = await scanSplits(header(skipped), splitsOf({ 'l.csv': text }, maxSplitBytes), { blockBytes });
          expect(cut).toEqual(whole);
        },
      ),
      { numRuns: 40 },
    );
  });
});
