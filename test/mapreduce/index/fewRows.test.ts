import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lz4Encoder, plainLz4Encoder } from '../../../src/kernel/lz4.ts';
import type { SectionInputRef } from '../../../src/mapreduce/index/indexPayload.ts';
import type { RowWatcher } from '../../../src/mapreduce/index/writeSegment.ts';
import { writeSegment } from '../../../src/mapreduce/index/writeSegment.ts';
import { writeIndexZip } from '../../../src/segment/indexZip.ts';
import { Scratch } from '../../../src/segment/scratch.ts';
import { SegmentWriter } from '../../../src/segment/writer/segmentWriter.ts';
import type { JobSpec } from '../../../src/spec/jobSpec.ts';
import { jobWith, mapRecords } from '../../rollup/merge/mergeJob.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-few-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const DIMENSIONS = [
  'key',
  'mv',
  { type: 'string', name: 'plain', createBitmapIndex: false },
  { type: 'string', name: 'plainList', createBitmapIndex: false },
  { type: 'long', name: 'long' },
  { type: 'float', name: 'float' },
  { type: 'double', name: 'double' },
  'nowhere',
];

interface Row {
  readonly ts: number;
  readonly [field: string]: unknown;
}

/** Rows of all kinds of values, none of which are equal. */
function rowsOf(count: number, listLength: (row: number) => number = (row) => row % 4): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    ts: 0,
    key: i % 7 === 0 ? null : `k${i % 300}`,
    mv: Array.from({ length: listLength(i) }, (_, k) => (k === 2 ? null : `v${(i * 5 + k) % 40}`)),
    plain: ['é', '\u{ffff}', '\u{1f600}'][i % 3],
    plainList: i % 2 === 0 ? ['a', 'a', 'b'] : 'c',
    long: i % 5 === 0 ? null : i - 3,
    float: i % 3 === 0 ? undefined : i / 3,
    double: -i / 7,
    n: i,
  }));
}

/** Looks at nothing, for which rows have to be merged. */
const WATCHER: RowWatcher = { begin: () => undefined, rows: () => undefined, end: () => undefined };

/** The zip of the segment of `sections`, and how many of its columns the kernel made. */
async function write(
  sections: readonly SectionInputRef[],
  job: JobSpec,
  watcher: RowWatcher | null,
  encoder = lz4Encoder(),
): Promise<{ made: number; zip: Buffer }> {
  const scratch = new Scratch(directory);
  const { putColumn } = SegmentWriter.prototype;
  let made = 0;
  SegmentWriter.prototype.putColumn = function (...column) {
    made++;
    putColumn.apply(this, column);
  };
  try {
    const shard = { config: { job, quirks: 'none' as const }, interval: { start: 0, end: 86_400_000 }, sections };
    const progress = { addBytes: () => undefined, addRows: () => undefined };
    const context = { attemptDirectory: directory, attempt: 0, progress };
    const { files } = writeSegment(shard, context, scratch, encoder, watcher);
    const path = join(directory, 'index.zip');
    await writeIndexZip(files, createWriteStream(path));
    return { made, zip: await readFile(path) };
  } finally {
    SegmentWriter.prototype.putColumn = putColumn;
    scratch.dispose();
  }
}

function expectEqual(zip: Buffer, other: Buffer): void {
  // What toEqual says of megabytes is of no use.
  expect(zip.equals(other)).toBe(true);
}

const job = (maxRowsInMemory = 100_000, rollup = true) => jobWith(directory, DIMENSIONS, maxRowsInMemory, rollup);

describe('the kernel makes the columns that writers make of rows one by one', () => {
  test.each([
    ['1 row', rowsOf(1)],
    ['rows of all kinds', rowsOf(500)],
    ['as many rows as are few', rowsOf(4096)],
    [
      'lists of one value, null among them',
      rowsOf(50, () => 1).map((row, i) => (i % 3 ? row : { ...row, mv: [null] })),
    ],
    ['nothing but nulls', [{ ts: 0 }]],
    ['as many ids of lists as there is room for', rowsOf(4096, () => 4)],
  ])('%s', async (_, rows) => {
    const { sections } = await mapRecords(directory, rows, job());
    const few = await write(sections, job(), null);
    expect(few.made).toBe(new Set(rows.flatMap(stored)).size);
    expectEqual(few.zip, (await write(sections, job(), WATCHER)).zip);
  });

  /** Dimensions that are stored: strings with a value, and all numbers. */
  function stored(row: Row): string[] {
    const strings = ['key', 'mv', 'plain', 'plainList'].filter((name) => {
      const value = row[name];
      return Array.isArray(value) ? value.some((one) => one !== null) : typeof value === 'string';
    });
    return [...strings, 'long', 'float', 'double'];
  }
});

describe('rows are merged and written one by one', () => {
  async function expectMerged(rows: Row[], mapped: JobSpec, reduced: JobSpec, encoder = lz4Encoder()): Promise<void> {
    const { sections } = await mapRecords(directory, rows, mapped);
    const merged = await write(sections, reduced, null, encoder);
    expect(merged.made).toBe(0);
    expectEqual(merged.zip, (await write(sections, reduced, WATCHER, encoder)).zip);
  }

  test('where they are more than a few', () => expectMerged(rowsOf(4097), job(), job()));

  test('where lists have more ids than there is room for', () =>
    expectMerged(
      rowsOf(4096, () => 5),
      job(),
      job(),
    ));

  test('where there are several sections', () => expectMerged(rowsOf(30), job(10), job()));

  test('where some are to be combined', () => expectMerged([...rowsOf(9), ...rowsOf(9)], job(100_000, false), job()));

  test('where blocks are not those of the kernel', () => expectMerged(rowsOf(30), job(), job(), plainLz4Encoder()));
});

test('texts out of order are an error', async () => {
  const rows = rowsOf(30).map((row) => ({ ...row, key: `k${row.n}` }));
  const { sections } = await mapRecords(directory, rows, job());
  const [{ path }] = sections;
  const bytes = await readFile(path);
  bytes.write('k9', bytes.indexOf('k0k1'));
  writeFileSync(path, bytes);
  await expect(write(sections, job(), null)).rejects.toThrow(new Error('a dictionary of a run is out of order'));
});
