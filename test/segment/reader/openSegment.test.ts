import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Zip, ZipDeflate } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SegmentFormatError } from '../../../src/segment/reader/byteReader.ts';
import { dumpSegment } from '../../../src/segment/reader/dump.ts';
import { openSegment } from '../../../src/segment/reader/openSegment.ts';
import { fixturePath, goldenLines, segmentVectors, vectorFiles } from './support.ts';

const files = vectorFiles(segmentVectors().default);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segmill-reader-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function writeZip(name: string, entries: Iterable<[string, Uint8Array]>): Promise<string> {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((_error, chunk) => chunks.push(chunk));
  for (const [entry, bytes] of entries) {
    const file = new ZipDeflate(entry);
    zip.add(file);
    file.push(bytes.slice(), true);
  }
  zip.end();
  const path = join(folder, name);
  await writeFile(path, Buffer.concat(chunks));
  return path;
}

async function writeFolder(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [file, bytes] of files) await writeFile(join(path, file), bytes);
  return path;
}

async function rowCount(path: string): Promise<number> {
  return (await openSegment(path)).rowCount;
}

describe('openSegment', () => {
  it('opens an index.zip, a folder that holds one, and an unpacked segment', async () => {
    expect(await rowCount(join(fixturePath('h01-basic'), 'index.zip'))).toBe(60);
    expect(await rowCount(fixturePath('h01-basic'))).toBe(60);
    expect(await rowCount(await writeFolder('unpacked'))).toBe(6);
  });

  it('leaves other files of a folder or zip alone', async () => {
    const path = await writeFolder('with-more');
    await writeFile(join(path, 'descriptor.json'), '{}');
    expect([...(await openSegment(path)).files.keys()].sort()).toEqual([...files.keys()].sort());
    const zip = await writeZip('with-more.zip', [...files, ['descriptor.json', Buffer.from('{}')]]);
    expect([...(await openSegment(zip)).files.keys()].sort()).toEqual([...files.keys()].sort());
  });

  it('says what is missing', async () => {
    const nowhere = join(folder, 'nowhere');
    await expect(openSegment(nowhere)).rejects.toThrow(
      new SegmentFormatError(`${nowhere}: no such file or folder; expected an index.zip or a segment folder`),
    );
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await expect(openSegment(empty)).rejects.toThrow(
      new SegmentFormatError(
        `${empty}: the folder holds neither an index.zip nor the files of a segment (version.bin, meta.smoosh, 00000.smoosh)`,
      ),
    );
  });

  it('refuses names that leave the zip, and folders in it', async () => {
    const zip = await writeZip('deep.zip', [['a/version.bin', Uint8Array.of(0, 0, 0, 9)]]);
    await expect(openSegment(zip)).rejects.toThrow(
      new SegmentFormatError(`${zip}: entry "a/version.bin" lies in a folder, expected a flat zip as Druid makes it`),
    );
    const bytes = await readFile(zip);
    const escaping = join(folder, 'escaping.zip');
    await writeFile(escaping, bytes.toString('latin1').replaceAll('a/version.bin', '../ersion.bin'), 'latin1');
    await expect(openSegment(escaping)).rejects.toThrow(
      new SegmentFormatError(`${escaping}: expected a readable zip: invalid relative path: ../ersion.bin`),
    );
  });

  it('refuses more bytes than the limit', async () => {
    const zip = await writeZip('limited.zip', files);
    await expect(openSegment(zip, { maxBytes: 1000 })).rejects.toThrow(
      new SegmentFormatError(`${zip}: the files of the segment have more than 1000 bytes, the limit set`),
    );
    const path = await writeFolder('limited');
    await expect(openSegment(path, { maxBytes: 1000 })).rejects.toThrow(
      new SegmentFormatError(`${path}: the files of the segment have more than 1000 bytes, the limit set`),
    );
  });

  it('refuses a corrupt or truncated zip', async () => {
    const source = join(fixturePath('h01-basic'), 'index.zip');
    const bytes = await readFile(source);
    const truncated = join(folder, 'truncated.zip');
    await writeFile(truncated, bytes.subarray(0, bytes.length - 100));
    await expect(openSegment(truncated)).rejects.toThrow(`${truncated}: expected a readable zip: `);
    const corrupt = join(folder, 'corrupt.zip');
    await copyFile(source, corrupt);
    const changed = Buffer.from(bytes);
    changed[2000] ^= 0xff;
    await writeFile(corrupt, changed);
    await expect(openSegment(corrupt)).rejects.toThrow(
      /entry "00000\.smoosh" (is corrupt: its|cannot be unpacked after) /,
    );
  });

  it('reads what Druid wrote', async () => {
    const [, first] = goldenLines('h03-norollup');
    const lines = dumpSegment(await openSegment(fixturePath('h03-norollup')), { rows: true });
    lines.next();
    expect(lines.next().value).toBe(first);
  });
});
