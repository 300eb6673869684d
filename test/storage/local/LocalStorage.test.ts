import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalStorage, localPath } from '../../../src/storage/local/LocalStorage.ts';
import { storageFor } from '../../../src/storage/storage.ts';

const storage = new LocalStorage();
let root: string;

const FILES = `
  d/a.json d/b.json d/c.txt d/_log d/.crc d/sub/s.json d/sub/deep/t.json _hid/h.json .dot/x.json e{x}/q.json
  d2/1.json d2/2.json d2/[z].json d2/😀.json d2/a,b.json d2/per%20cent.json d2/a^b d2/a!b d2/a-b d2/$x.json
`;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'segmill-storage-'));
  for (const file of FILES.trim().split(/\s+/)) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  mkdirSync(join(root, 'empty'));
});
afterAll(() => rmSync(root, { recursive: true }));

async function glob(pattern: string): Promise<string> {
  const found = await storage.glob(`${root}/${pattern}`);
  return found.map(({ path, isDirectory }) => relative(root, path) + (isDirectory ? '/' : '')).join(' ');
}

describe('globs', () => {
  // What Hadoop 3.4.2 finds for the same patterns and files, but for the rows of the second table.
  test.each([
    ['d/*.json', 'd/a.json d/b.json'],
    ['d', 'd/'],
    ['d/*', 'd/a.json d/b.json d/c.txt d/sub/'],
    ['d/**', 'd/a.json d/b.json d/c.txt d/sub/'],
    [
      '*/*.json',
      '.dot/x.json _hid/h.json d/a.json d/b.json d2/$x.json d2/1.json d2/2.json d2/[z].json d2/a,b.json d2/per%20cent.json d2/😀.json e{x}/q.json',
    ],
    ['_hid/h.json', '_hid/h.json'],
    ['d2/[1-2].json', 'd2/1.json d2/2.json'],
    ['d2/[^1].json', 'd2/2.json d2/😀.json'],
    ['d2/[!1].json', 'd2/2.json d2/😀.json'],
    ['d2/?.json', 'd2/1.json d2/2.json d2/😀.json'],
    ['d2/\\[z\\].json', 'd2/[z].json'],
    ['d2/[z].json', ''],
    ['d2/{1,2,9}.json', 'd2/1.json d2/2.json'],
    ['{d,d2}/?.json', 'd/a.json d/b.json d2/1.json d2/2.json d2/😀.json'],
    ['{d/a,d2/1}.json', 'd/a.json d2/1.json'],
    ['{d,nowhere}/?.json', 'd/a.json d/b.json'],
    ['d2/per%20cent.json', 'd2/per%20cent.json'],
    ['d2/a[!^-]b', 'd2/a!b'],
    ['d2/a[-!]b', 'd2/a!b d2/a-b'],
    ['d2/a[\\^]b', 'd2/a^b'],
    ['d2/$*', 'd2/$x.json'],
    ['nowhere', ''],
    ['nowhere/*.json', ''],
    ['d/*.nothing', ''],
    ['empty', 'empty/'],
    ['empty/*', ''],
    ['d/../d2/1.json', 'd2/1.json'],
    ['/d///a.json', 'd/a.json'],
    ['e\\{x\\}', 'e{x}/'],
    ['d/a.json/', 'd/a.json'],
    ['d/a.json/x', ''],
    ['d/*/x', ''],
  ])('%s', async (pattern, expected) => {
    expect(await glob(pattern)).toBe(expected);
  });

  test.each([
    ['d/_log', 'd/_log'],
    ['d/_*', 'd/_log'],
    ['d/.c*', 'd/.crc'],
    ['d/\\_*', 'd/_log'],
    ['_hid', '_hid/'],
    ['{_,d/_}*', '_hid/ d/_log'],
  ])('%s names what is hidden (Hadoop refuses)', async (pattern, expected) => {
    expect(await glob(pattern)).toBe(expected);
  });

  test('each match comes once', async () => {
    expect(await glob('{d/*,d/a*,d/a.json}.json')).toBe('d/a.json d/b.json');
  });

  test.each([
    ['d2/a[', 'opens a [ and does not close it. Write \\[ for a bracket in a name.'],
    ['d2/a[]b', 'has an empty [ ] in it. Name at least one character.'],
    ['d2/[b-a].json', 'has a range that runs backwards: b-a.'],
    ['d2/*\\', 'ends a name with a lone backslash. Write \\\\ for a backslash.'],
  ])('%s is no pattern', async (pattern, problem) => {
    await expect(glob(pattern)).rejects.toThrow(new Error(`The pattern ${root}/${pattern} ${problem}`));
  });
});

describe('paths', () => {
  test('with and without scheme, relative, with dots', () => {
    expect(localPath('file:/a/b')).toBe('/a/b');
    expect(localPath('file:///a/b')).toBe('/a/b');
    expect(localPath('FILE:/a//b/../c/')).toBe('/a/c');
    expect(localPath('a/./b')).toBe(join(process.cwd(), 'a/b'));
    expect(localPath('/a%20b')).toBe('/a%20b');
    for (const path of [
      '/',
      '/a/',
      '/a/.',
      '/a/..',
      '/./a',
      '/../a',
      '/.',
      '/..',
      '/a/.b/..c/...',
      '/a/b./c..',
      '/a\nb/./c',
    ])
      expect(localPath(path)).toBe(resolve(path));
    expect(storage.uriOf('a')).toBe(`file:${process.cwd()}/a`);
  });

  test('that are none', () => {
    expect(() => localPath('')).toThrow(new Error("The path '' is empty. Write a file, a directory or a pattern."));
    expect(() => localPath('file://host/a')).toThrow(
      new Error(
        'The path file://host/a names a host, which local files do not have. Write file:/path or file:///path.',
      ),
    );
  });
});

describe('storageFor', () => {
  test('local paths', () => {
    for (const path of ['/a', 'a', './logs:today', 'file:/a', '/a:b/hdfs://x', 'c:x', '2024-01-01T00:00']) {
      expect(storageFor(path).scheme).toBe('file');
    }
  });

  test('other schemes are named', () => {
    expect(() => storageFor('s3://bucket/a')).toThrow(
      new Error(
        "No storage for the scheme 's3:' of s3://bucket/a. There are local paths, file:, hdfs:, webhdfs: and swebhdfs:. " +
          'For a local file whose name holds a colon write ./s3://bucket/a',
      ),
    );
  });

  test('HDFS wants to be told how it is reached', () => {
    expect(() => storageFor('hdfs://nn/a')).toThrow(
      new Error(
        'hdfs://nn/a lies in HDFS, and nothing says how that is reached. Give the job a HadoopClient (IndexOptions.hadoop).',
      ),
    );
    const hadoop = { conf: {}, user: 'me', proxyUser: null, tokens: [] };
    expect(storageFor('hdfs://nn/a', hadoop).uriOf('hdfs://nn//a/../b/')).toBe('hdfs://nn/b');
    expect(storageFor('hdfs://nn/b', hadoop)).toBe(storageFor('hdfs://nn/a', hadoop));
  });
});

describe('files', () => {
  test('status and list', async () => {
    const status = await storage.status(`${root}/d/a.json`);
    expect(status).toEqual({
      path: `${root}/d/a.json`,
      length: 8,
      modificationMs: expect.any(Number),
      isDirectory: false,
    });
    expect(Math.abs(status!.modificationMs - Date.now())).toBeLessThan(60_000);
    expect(await storage.status(`${root}/d`)).toMatchObject({ length: 0, isDirectory: true });
    expect(await storage.status(`${root}/nowhere`)).toBeNull();
    expect(await storage.status(`${root}/d/a.json/x`)).toBeNull();
    const names = (await storage.list(`file:${root}/d`)).map(({ path }) => relative(`${root}/d`, path));
    expect(names).toEqual(['.crc', '_log', 'a.json', 'b.json', 'c.txt', 'sub']);
    expect(await storage.list(`${root}/nowhere`)).toEqual([]);
  });

  test('a list of many files, one of them a link to nothing', async () => {
    mkdirSync(join(root, 'many'));
    for (let at = 0; at < 150; at++) writeFileSync(join(root, `many/${at}`), '');
    symlinkSync('nowhere', join(root, 'many/link'));
    const children = await storage.list(`${root}/many`);
    expect(children.length).toBe(150);
    expect(children.map(({ path }) => path)).toEqual(children.map(({ path }) => path).sort());
  });

  test('write, read ranges, rename, remove', async () => {
    const path = `${root}/new/deep/file`;
    await storage.mkdirs(`${root}/new/deep`);
    await storage.mkdirs(`${root}/new/deep`);
    const stream = await storage.createWrite(path);
    stream.write('0123');
    stream.end('456789');
    await finished(stream);
    const read = async (start?: number, end?: number) => {
      const reader = await storage.openRead(path, {
        ...(start === undefined ? {} : { start }),
        ...(end === undefined ? {} : { end }),
      });
      const target = Buffer.alloc(20, '.');
      let filled = 1;
      for (let count = -1; count !== 0; filled += count) count = await reader.read(target, filled, 3);
      await reader.close();
      return target.toString('latin1', 0, filled + 1);
    };
    expect(await read()).toBe('.0123456789.');
    expect(await read(2, 7)).toBe('.23456.');
    expect(await read(8, 100)).toBe('.89.');
    expect(await read(30)).toBe('..');
    await storage.write(`${root}/new/other`, Buffer.from('longer than other'));
    await storage.write(`${root}/new/other`, Buffer.from('other'));
    expect(readFileSync(`${root}/new/other`, 'utf8')).toBe('other');
    await storage.write(`${root}/new/deep/est/file`, Buffer.from('x'));
    expect(readFileSync(`${root}/new/deep/est/file`, 'utf8')).toBe('x');
    await storage.remove(`${root}/new/deep/est`, { recursive: true });
    await storage.rename(`${root}/new/other`, path);
    expect(await storage.status(path)).toMatchObject({ length: 5 });
    await storage.remove(path, { recursive: false });
    await storage.remove(path, { recursive: false });
    await storage.remove(`${root}/new/deep`, { recursive: false });
    writeFileSync(`${root}/new/file`, '');
    await storage.remove(`${root}/new`, { recursive: true });
    expect(await storage.status(`${root}/new`)).toBeNull();
  });

  test('errors are sentences that name the path', async () => {
    const nowhere = `${root}/nowhere/file`;
    const failure = (message: string, code: string) => ({ name: 'StorageError', message, code });
    await expect(storage.openRead(nowhere)).rejects.toMatchObject(
      failure(`Cannot open ${nowhere}: no such file or directory.`, 'ENOENT'),
    );
    await expect(storage.createWrite(nowhere)).rejects.toMatchObject(
      failure(`Cannot create ${nowhere}: no such file or directory.`, 'ENOENT'),
    );
    await expect(storage.write(`${root}/d`, Buffer.from('x'))).rejects.toMatchObject(
      failure(`Cannot create ${root}/d: it is a directory.`, 'EISDIR'),
    );
    await expect(storage.write(`${root}/d/a.json/x/y`, Buffer.from('x'))).rejects.toMatchObject(
      failure(
        `Cannot make the directory ${root}/d/a.json/x: a part of the path is a file, not a directory.`,
        'ENOTDIR',
      ),
    );
    await expect(storage.rename(nowhere, `${root}/x`)).rejects.toMatchObject(
      failure(`Cannot rename ${nowhere} to ${root}/x: no such file or directory.`, 'ENOENT'),
    );
    await expect(storage.remove(`${root}/d`, { recursive: false })).rejects.toMatchObject(
      failure(`Cannot remove ${root}/d: the directory is not empty.`, 'ENOTEMPTY'),
    );
    await expect(storage.mkdirs(`${root}/d/a.json/x`)).rejects.toMatchObject(
      failure(
        `Cannot make the directory ${root}/d/a.json/x: a part of the path is a file, not a directory.`,
        'ENOTDIR',
      ),
    );
    const directory = await storage.openRead(`${root}/d`);
    await expect(directory.read(Buffer.alloc(9), 0, 9)).rejects.toMatchObject(
      failure(`Cannot read ${root}/d at byte 0: it is a directory.`, 'EISDIR'),
    );
    await directory.close();
  });

  test.skipIf(process.getuid?.() === 0)('no permission', async () => {
    const path = join(root, 'secret');
    writeFileSync(path, '');
    chmodSync(path, 0);
    await expect(storage.openRead(path)).rejects.toMatchObject({
      message: `Cannot open ${path}: permission denied for the user who runs this process.`,
    });
  });
});
