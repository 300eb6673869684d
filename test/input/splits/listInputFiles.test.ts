import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryRules, directoryRules, listInputFiles } from '../../../src/input/splits/listInputFiles.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'segmill-input-'));
  for (const name of [
    'd/a.json',
    'd/b.json',
    'd/_SUCCESS',
    'd/.a.json.crc',
    'n/x.json',
    'n/sub/y.json',
    'n/_tmp/z.json',
  ]) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), name);
  }
  mkdirSync(join(root, 'empty'));
});
afterAll(() => rmSync(root, { recursive: true }));

const plain: DirectoryRules = { recursive: false, ignoreSubdirectories: false };

async function list(paths: readonly string[], rules = plain): Promise<string[]> {
  const files = await listInputFiles(
    paths.map((path) => `${root}/${path}`),
    rules,
  );
  return files.map(({ path }) => relative(root, path));
}

const advice = () =>
  `\nCheck inputSpec.paths: relative paths count from ${process.cwd()}, ` +
  'and names beginning with _ or . are found only by a pattern that begins so too.';

test('files, directories and patterns, sorted, hidden names left out', async () => {
  expect(await list(['n/x.json', 'd'])).toEqual(['d/a.json', 'd/b.json', 'n/x.json']);
  expect(await list(['d/{b,a}.json'])).toEqual(['d/a.json', 'd/b.json']);
  expect(await list(['d*'])).toEqual(['d/a.json', 'd/b.json']);
  expect(await list(['empty'])).toEqual([]);
});

test('what is named twice is listed twice', async () => {
  expect(await list(['d/a.json', 'd/*.json'])).toEqual(['d/a.json', 'd/a.json', 'd/b.json']);
});

test('a directory inside an input directory is an error, is entered, or is passed over', async () => {
  await expect(list(['n'])).rejects.toThrow(
    new Error(
      `Not a file: file:${root}/n/sub is a directory inside an input directory. To read what is in it set ` +
        '"mapreduce.input.fileinputformat.input.dir.recursive": "true" in tuningConfig.jobProperties; to pass over it set ' +
        '"mapreduce.input.fileinputformat.input.dir.nonrecursive.ignore.subdirs": "true".',
    ),
  );
  expect(await list(['n'], { ...plain, recursive: true })).toEqual(['n/sub/y.json', 'n/x.json']);
  expect(await list(['n'], { ...plain, ignoreSubdirectories: true })).toEqual(['n/x.json']);
  // A pattern that finds the directory itself reads it.
  expect(await list(['n/*'])).toEqual(['n/sub/y.json', 'n/x.json']);
});

test('paths that do not exist are all named, first in the words of Hadoop', async () => {
  await expect(list(['nowhere'])).rejects.toThrow(
    new Error(`Input path does not exist: file:${root}/nowhere${advice()}`),
  );
  await expect(list(['d', '{d,gone}/a.json', 'd/*.csv'])).rejects.toThrow(
    new Error(
      `Input path does not exist: file:${root}/gone/a.json\n` +
        `Input path does not exist: Input Pattern file:${root}/d/*.csv matches 0 files${advice()}`,
    ),
  );
});

test('directoryRules', () => {
  expect(directoryRules({})).toEqual(plain);
  const recursive = 'mapreduce.input.fileinputformat.input.dir.recursive';
  expect(directoryRules({ [recursive]: ' TRUE ' })).toEqual({ recursive: true, ignoreSubdirectories: false });
  expect(directoryRules({ [recursive]: 'yes' })).toEqual(plain);
  expect(directoryRules({ 'mapreduce.input.fileinputformat.input.dir.nonrecursive.ignore.subdirs': 'true' })).toEqual({
    recursive: false,
    ignoreSubdirectories: true,
  });
});
