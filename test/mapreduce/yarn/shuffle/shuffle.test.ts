import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { BadRowsError, NoDataError } from '../../../../src/mapreduce/index/errors.ts';
import { runIndexJob } from '../../../../src/mapreduce/index/indexJob.ts';
import type { EngineFactory } from '../../../../src/mapreduce/index/jobEngine.ts';
import { BlockKind, encodeBlockKey } from '../../../../src/mapreduce/yarn/shuffle/blockKey.ts';
import { RawBytesReader, RawBytesWriter } from '../../../../src/mapreduce/yarn/shuffle/rawBytes.ts';
import { type BlockGroup, ShuffleInput } from '../../../../src/mapreduce/yarn/shuffle/shuffleInput.ts';
import { NoPartitionDimensionError } from '../../../../src/partition/determine/chooseCandidate.ts';
import { jobOf } from '../../index/checkJob.ts';
import { InlineEngine } from '../../index/inlineEngine.ts';
import { Random } from '../../index/random.ts';
import { randomJob } from '../../index/randomJob.ts';
import { RecutEngine } from '../../index/recutEngine.ts';
import { ShuffledEngine } from '../shuffledEngine.ts';

const UNLIMITED = 2 ** 31 - 1;
const SEEDS = Array.from({ length: 14 }, (_, i) => 4000 + i);

let directory = '';
afterEach(() => rmSync(directory, { recursive: true, force: true }));

let made = 0;

describe('segments have the same bytes where runs come through a shuffle', () => {
  test.each(SEEDS)('seed %i', async (seed) => {
    directory = mkdtempSync(join(tmpdir(), 'segmill-shuffle-'));
    const random = new Random(seed ^ 0x51f7);
    const spec = JSON.parse(randomJob(seed, join(directory, 'input')).specText('@OUT@', UNLIMITED));
    const { parseSpec } = spec.spec.dataSchema.parser;
    // The cluster engine finds no dimensions in the data.
    if (jobOf(JSON.stringify(spec)).dimensions.discover) {
      parseSpec.dimensionsSpec = { dimensions: ['kind', 'n', 'decimal'] };
    }
    const names = jobOf(JSON.stringify(spec)).dimensions.dimensions.map(({ name }) => name);
    const limits = { targetRowsPerSegment: 1 + random.below(50), maxRowsPerSegment: 1_000_000 };
    const byTarget = { type: 'hashed', targetRowsPerSegment: limits.targetRowsPerSegment };
    // All others need to know the time chunks.
    const hasIntervals = 'intervals' in spec.spec.dataSchema.granularitySpec;
    const partitions = random.pick<Record<string, unknown>>([
      { type: 'hashed', numShards: 1 + random.below(3) },
      byTarget,
      { type: 'single_dim', ...limits, partitionDimension: random.pick(names) },
      { type: 'range', ...limits, partitionDimensions: random.shuffled([...names]).slice(0, 2) },
    ]);
    spec.spec.tuningConfig.partitionsSpec = hasIntervals ? partitions : byTarget;
    const splitBytes = random.pick([1500, 6000]);
    const zips = async (name: string, wrap: (root: string) => ReturnType<EngineFactory>) => {
      const out = join(directory, name);
      mkdirSync(out);
      const job = jobOf(JSON.stringify(spec).replaceAll('@OUT@', out));
      const signal = new AbortController().signal;
      const options = { workers: 3, quirks: 'none', keepRuns: 'never', signal } as const;
      try {
        const { segments } = await runIndexJob(job, options, wrap);
        return segments.map(({ interval, partitionNum, zipSha256 }) => `${interval} ${partitionNum} ${zipSha256}`);
      } catch (error) {
        if (error instanceof NoDataError || error instanceof BadRowsError) return [];
        if (error instanceof NoPartitionDimensionError) return [];
        throw error;
      }
    };
    const expected = await zips('plain', (root) => new RecutEngine(new InlineEngine(root), splitBytes));
    const shuffled = await zips('shuffled', (root) => {
      mkdirSync(join(root, 'shuffle'), { recursive: true });
      return new RecutEngine(new ShuffledEngine(new InlineEngine(root), join(root, 'shuffle')), splitBytes);
    });
    expect(shuffled).toEqual(expected);
    made += expected.length;
  });

  test('and there were many of them', () => {
    expect(made).toBeGreaterThan(SEEDS.length);
  });
});

describe('ShuffleInput', () => {
  interface Block {
    readonly kind: BlockKind;
    readonly map: number;
    readonly offset: number;
    readonly bytes: Uint8Array;
    readonly shard?: number;
  }

  function inputOf(blocks: readonly Block[]): ShuffleInput {
    directory = mkdtempSync(join(tmpdir(), 'segmill-shuffle-'));
    const path = join(directory, 'records');
    const output = openSync(path, 'w');
    const writer = new RawBytesWriter(output);
    for (const { kind, map, offset, bytes, shard = 0 } of blocks) {
      writer.write(encodeBlockKey({ chunk: 0, shard, kind, map, run: 0, offset }, 0, 1), bytes);
    }
    writer.flush();
    closeSync(output);
    return new ShuffleInput(new RawBytesReader(openSync(path, 'r')), join(directory, 'early'));
  }

  const header = (map: number, shard = 0): Block => ({
    kind: BlockKind.header,
    map,
    offset: 1000,
    bytes: Buffer.from(`header ${map}`),
    shard,
  });
  const rows = (map: number, offset: number, bytes: Uint8Array, shard = 0): Block => ({
    kind: BlockKind.rows,
    map,
    offset,
    bytes,
    shard,
  });
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  test('gives blocks in whatever order they are asked for, each alone in its buffer', () => {
    const input = inputOf([header(0), header(1), rows(0, 0, Buffer.from('a')), rows(1, 0, Buffer.from('b'))]);
    const group = input.nextGroup() as BlockGroup;
    expect(group.headers.map(({ path, bytes }) => [path, text(bytes)])).toEqual([
      ['0/0', 'header 0'],
      ['1/0', 'header 1'],
    ]);
    const block = input.openRun('1/0').read({ offset: 0, length: 1, count: 1 });
    expect(text(block)).toBe('b');
    expect([block.byteOffset, block.buffer.byteLength]).toEqual([0, 1]);
    expect(text(input.openRun('0/0').read({ offset: 0, length: 1, count: 1 }))).toBe('a');
    expect(text(input.openRun('0/0').read({ offset: 1000, length: 8, count: 1 }))).toBe('header 0');
    expect(input.nextGroup()).toBeNull();
  });

  test('passes over what a shard does not ask for', () => {
    const input = inputOf([header(0), rows(0, 0, Buffer.from('a')), header(0, 1), rows(0, 0, Buffer.from('b'), 1)]);
    expect(input.nextGroup()?.shard).toBe(0);
    expect(input.nextGroup()?.shard).toBe(1);
    expect(text(input.openRun('0/0').read({ offset: 0, length: 1, count: 1 }))).toBe('b');
    expect(input.nextGroup()).toBeNull();
  });

  test('blocks that come much too early wait on disk', () => {
    const blocks = Array.from({ length: 70 }, (_, i) => rows(0, i, Buffer.alloc(1 << 20, i)));
    const input = inputOf([header(0), ...blocks]);
    input.nextGroup();
    const run = input.openRun('0/0');
    for (let i = 69; i >= 0; i--) {
      const block = run.read({ offset: i, length: 1 << 20, count: 1 });
      expect([block.length, block[0], block[block.length - 1]]).toEqual([1 << 20, i, i]);
    }
    expect(input.spilled).toBe(5 << 20);
    input.close();
  });

  test('a block that never comes is an error', () => {
    const input = inputOf([header(0), rows(0, 0, Buffer.from('a'))]);
    input.nextGroup();
    expect(() => input.openRun('0/0').read({ offset: 7, length: 3, count: 1 })).toThrow(
      "The shuffle brought no block at 0/0/7 of 3 bytes; a map task's output is not whole.",
    );
  });
});
