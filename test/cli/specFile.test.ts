import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSpecFile, STDIN } from '../../src/cli/specFile.ts';
import { TestIo } from './testIo.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-spec-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const io = new TestIo();

describe('readSpecFile', () => {
  test('a file, with or without a byte order mark', async () => {
    const path = file('bom.json', '\ufeff{"ä": 1}');
    expect(await readSpecFile(path, io)).toEqual({ name: path, text: '{"ä": 1}' });
  });

  test('stdin, though it comes in pieces', async () => {
    const stdin = new TestIo({ stdin: '{"name": "Größe 😀"}' });
    expect(await readSpecFile(STDIN, stdin)).toEqual({ name: '(stdin)', text: '{"name": "Größe 😀"}' });
  });

  test('the argument itself', async () => {
    expect(await readSpecFile('{"a": 1}', io)).toEqual({ name: '(argument)', text: '{"a": 1}' });
  });

  test.each([
    ['nothing.json', null, 'cannot read FILE: no such file'],
    ['x.json/y.json', null, 'cannot read FILE: a part of the path is a file, not a directory'],
    ['utf16.json', Buffer.from('\ufeff{}', 'utf16le'), 'FILE is UTF-16 text; save it as UTF-8'],
    ['x.json.gz', gzipSync('{}'), 'FILE is a gzip file; unpack it first'],
    [
      'latin1.json',
      Buffer.from('{\n"a": 1,\n"b": "ä"\n}', 'latin1'),
      'FILE:3 is not UTF-8 text; save the file as UTF-8',
    ],
    ['latin1-end.json', Buffer.from('{\nä', 'latin1'), 'FILE:2 is not UTF-8 text; save the file as UTF-8'],
  ])('%s is refused', async (name, content, message) => {
    file('x.json', '{}');
    const path = content === null ? join(folder, name) : file(name, content);
    await expect(readSpecFile(path, io)).rejects.toMatchObject({
      name: 'UsageError',
      message: message.replace('FILE', path),
    });
  });

  test('a data file is refused before it is read', async () => {
    const path = file('large.json', '');
    truncateSync(path, 3_000_000_000);
    await expect(readSpecFile(path, io)).rejects.toMatchObject({
      name: 'UsageError',
      message: `${path} has 3.00 GB, and a spec may have 50.3 MB; is this a data file?`,
    });
  });

  test('a directory is refused', async () => {
    await expect(readSpecFile(folder, io)).rejects.toMatchObject({
      name: 'UsageError',
      message: `cannot read ${folder}: it is a directory, expected a file with a spec`,
    });
  });

  test('an empty name is refused', async () => {
    await expect(readSpecFile('', io)).rejects.toMatchObject({
      name: 'UsageError',
      message: 'the name of the spec is empty',
    });
  });
});
