import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArchiveEntry, contentHash, tarHeader, withTarGz } from '../../../../src/mapreduce/yarn/archives/tarGz.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-tar-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function entries(): ArchiveEntry[] {
  const path = join(directory, 'file');
  writeFileSync(path, 'from a file');
  return [
    { name: 'node', source: { path }, isExecutable: true },
    { name: `${'deep/'.repeat(30)}name.js`, source: { bytes: Buffer.from('from memory') }, isExecutable: false },
  ];
}

test('an archive holds its files in the order of their names, ended by two empty blocks', async () => {
  const bytes = await withTarGz(entries(), async (path) => gunzipSync(readFileSync(path)));
  expect(bytes.length).toBe(512 * 6);
  expect(bytes.toString('latin1', 512, 523)).toBe('from memory');
  expect(bytes.toString('latin1', 1024, 1028)).toBe('node');
  expect(bytes.toString('latin1', 1536, 1547)).toBe('from a file');
  expect(bytes.subarray(2048).every((byte) => byte === 0)).toBe(true);
});

test('tar unpacks it', async () => {
  await withTarGz(entries(), async (path) => {
    execFileSync('tar', ['-xzf', path, '-C', directory]);
  });
  expect(readFileSync(join(directory, 'node'), 'utf8')).toBe('from a file');
  expect(readFileSync(join(directory, 'deep/'.repeat(30), 'name.js'), 'utf8')).toBe('from memory');
});

test('its hash follows from names and contents, not from their order', async () => {
  const [a, b] = entries();
  const hash = await contentHash([a, b]);
  expect(await contentHash([b, a])).toBe(hash);
  expect(await contentHash([a, { ...b, source: { bytes: Buffer.from('from memorx') } }])).not.toBe(hash);
  expect(await contentHash([{ ...a, isExecutable: false }, b])).not.toBe(hash);
});

test('names beyond what a header can hold are refused', () => {
  const name = 'x'.repeat(101);
  expect(() => tarHeader(name, 0, 0o644)).toThrow(`The name ${name} is too long for a tar archive.`);
});
