import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SectionInputRef } from '../../../src/mapreduce/index/indexPayload.ts';
import { RunFileWriter } from '../../../src/mapreduce/index/runFile.ts';
import { BlockWriter } from '../../../src/rollup/run/blockBytes.ts';
import { writeHeader } from '../../../src/rollup/run/sectionHeader.ts';
import { jobWith, mapRecords, reduceSections } from './mergeJob.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-section-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const DIMENSIONS = [
  'key',
  'mv',
  { type: 'string', name: 'array', multiValueHandling: 'ARRAY' },
  { type: 'long', name: 'long' },
  { type: 'float', name: 'float' },
  { type: 'double', name: 'double' },
];

/** A section without rows and values, which leaves a merge what it was but for its being one of several. */
function emptySection(columns: number): SectionInputRef {
  const column = { values: 0, cells: 0, hasNull: false, hasMultiple: false, dictionary: [], lists: [] };
  const block = new BlockWriter();
  writeHeader(block, { rows: 0, hasHashes: false, columns: Array(columns).fill(column), found: [], blocks: [] });
  const path = join(directory, 'empty');
  const file = new RunFileWriter(path);
  file.append(block.bytes());
  file.finish();
  file.close();
  const header = { offset: 0, length: block.length, count: 1 };
  return { path, section: { chunk: 0, shard: 0, rows: 0, start: 0, header } };
}

const text = fc.constantFrom('', 'a', 'aa', 'b', 'é', '\u{ffff}', '\u{1f600}');
const textOrNull = fc.option(text);
const number = fc.option(fc.constantFrom(0, -0, 1.5, -7, 2 ** 40));
const records = fc.array(
  fc.record(
    {
      ts: fc.nat(3).map((hours) => hours * 1_800_000),
      key: fc.oneof(
        textOrNull,
        fc.nat(400).map((i) => `k${i}`),
      ),
      mv: fc.oneof(textOrNull, fc.array(textOrNull, { maxLength: 3 })),
      array: fc.oneof(textOrNull, fc.array(text, { maxLength: 3 })),
      long: number,
      float: number,
      double: number,
      n: fc.nat(),
    },
    { requiredKeys: ['ts'] },
  ),
  { minLength: 1, maxLength: 60 },
);

test('a single section gives the bytes that it gives as one of two', async () => {
  const empty = emptySection(DIMENSIONS.length);
  await fc.assert(
    fc.asyncProperty(records, fc.nat(300), fc.boolean(), fc.boolean(), async (few, more, inMap, rollup) => {
      // More values than a byte tells apart, in some runs.
      const many = Array.from({ length: more }, (_, i) => ({ ts: i % 5, key: `m${i}`, mv: ['x', `v${i}`], n: i }));
      const { sections } = await mapRecords(
        directory,
        [...few, ...many],
        jobWith(directory, DIMENSIONS, 100_000, inMap),
      );
      expect(sections.length).toBe(1);
      const job = jobWith(directory, DIMENSIONS, 100_000, rollup);
      const alone = readFileSync(await reduceSections(directory, sections, job));
      const withEmpty = readFileSync(await reduceSections(directory, [...sections, empty], job));
      expect(alone.equals(withEmpty)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
