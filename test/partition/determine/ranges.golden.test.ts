import { describe, expect, test } from 'vitest';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { BlockSink } from '../../../src/partition/determine/blockSink.ts';
import { CountCursor } from '../../../src/partition/determine/countRun.ts';
import { planDruidRanges } from '../../../src/partition/determine/druidRanges.ts';
import { visitAllKeys, visitDistinctKeys } from '../../../src/partition/determine/keyMerge.ts';
import { writeKeyRun } from '../../../src/partition/determine/keyRun.ts';
import {
  planRanges,
  type RangeOptions,
  type RangePlan,
  tupleForm,
} from '../../../src/partition/determine/planRanges.ts';
import { ValueCounter } from '../../../src/partition/determine/valueCounter.ts';
import { rangeShardSpec, singleShardSpec } from '../../../src/publish/layout/dataSegment.ts';
import { goldenCase } from '../../golden/goldens.ts';
import { druidShardSpecs, hashesOf, plainKeys, plainSpec } from './goldenKeys.ts';
import { byJson, MemoryFile, textDimension, tupleOf } from './support.ts';

/** All cases of single_dim and range. h14 is assumeGrouped, h11 leaves the dimension to Druid, w02 is Wikipedia. */
const CASES = ['h10', 'h11', 'h12', 'h13', 'h14', 'h44', 'h45', 'h51', 'w02'];

/** With null and "" in the partition dimension the order of Hadoop's sort matters, which a stream of counts does not know. */
const SORTED = CASES.filter((name) => name !== 'h12');

function rangeOptions(name: string, druid: boolean): RangeOptions & { assumeGrouped: boolean } {
  const { partitions, dimensions } = plainSpec(goldenCase(name));
  const target = partitions.targetRowsPerSegment as number | undefined;
  const max = (partitions.maxRowsPerSegment as number | undefined) ?? Math.floor(Number(target) * 1.5);
  const chosen = (partitions.partitionDimensions ?? partitions.partitionDimension) as string[] | string | undefined;
  return {
    type: partitions.type as 'single_dim' | 'range',
    candidates: chosen === undefined ? dimensions.map((name) => [name]) : [[chosen].flat()],
    targetRowsPerSegment: target ?? max,
    maxRowsPerSegment: max,
    samplingFactor: 1,
    druid,
    assumeGrouped: partitions.assumeGrouped === true,
  };
}

/** Runs the passes over the input: a key run per file, two reducers, the cut over both. */
function planByStreams(name: string, druid: boolean): Map<number, RangePlan> {
  const options = rangeOptions(name, druid);
  const parts = 2;
  const files = plainKeys(goldenCase(name));
  const chunks = [...new Set(files.flat().map(({ chunk }) => chunk))].sort((a, b) => a - b);
  const runs = files.map((keys) => {
    const file = new MemoryFile();
    const dimension = (column: string) =>
      textDimension(
        column,
        keys.map(({ values }) => values.get(column) ?? []),
      );
    const groupKeys = {
      chunks,
      chunkIds: Int32Array.from(keys, ({ chunk }) => chunks.indexOf(chunk)),
      hashes: hashesOf(keys),
      candidates: options.candidates.map((names) => names.map(dimension)),
      form: tupleForm(options),
    };
    const all = Int32Array.from(keys, (_, i) => i);
    return { file, sections: writeKeyRun(createKernel(), new BlockSink(file), groupKeys, all, parts) };
  });
  const reducers = Array.from({ length: parts }, (_, part) => {
    const file = new MemoryFile();
    const sink = new BlockSink(file);
    const counter = new ValueCounter({
      kernel: createKernel(),
      candidates: options.candidates.length,
      bytesMax: 20_000,
      newSpill: () => new MemoryFile(),
    });
    const counts = chunks.map((chunk) => {
      const sections = runs.flatMap((run) =>
        run.sections
          .filter((section) => section.part === part && section.chunk === chunk)
          .map((section) => ({ source: run.file, section })),
      );
      const visitKeys = options.assumeGrouped ? visitAllKeys : visitDistinctKeys;
      visitKeys(sections, options.candidates.length, (block, isCounted) => counter.add(block, isCounted));
      return counter.finish(chunk, sink);
    });
    return { file, counts };
  });
  return new Map(
    chunks.map((chunk, i) => {
      const candidates = options.candidates.map((_, candidate) => ({
        poisoned: reducers.some(({ counts }) => counts[i].candidates[candidate].poisoned),
        cursors: reducers.map(({ file, counts }) => new CountCursor(file, counts[i].candidates[candidate].blocks)),
      }));
      const keys = reducers.reduce((sum, { counts }) => sum + counts[i].keys, 0);
      return [chunk, planRanges({ chunk, keys, candidates }, options)];
    }),
  );
}

/** Plans as Druid's dim-selection job does, key by key. */
function planByRecords(name: string): Map<number, RangePlan> {
  const options = rangeOptions(name, true);
  const rows = plainKeys(goldenCase(name)).flat();
  const keys = options.assumeGrouped ? rows : [...new Map(rows.map((key) => [key.json, key])).values()].sort(byJson);
  return planDruidRanges(
    keys.map((key) => ({ chunk: key.chunk, tuples: options.candidates.map((names) => tupleOf(key.values, names)) })),
    options,
  )!;
}

function shardSpecs(name: string, plans: Map<number, RangePlan>) {
  const { type } = rangeOptions(name, true);
  return new Map(
    [...plans].map(([chunk, { dimensions, ranges }]) => [
      chunk,
      ranges.map(({ start, end }, partitionNum) =>
        type === 'single_dim'
          ? singleShardSpec({ dimension: dimensions[0], start, end, partitionNum, numCorePartitions: -1 })
          : rangeShardSpec({ dimensions, start, end, partitionNum, numCorePartitions: -1 }),
      ),
    ]),
  );
}

describe("with Druid's quirks, shards are those that Druid planned", () => {
  test.each(CASES)('%s, record by record', (name) => {
    expect(shardSpecs(name, planByRecords(name))).toEqual(druidShardSpecs(name));
  });

  test.each(SORTED)('%s, from streams of counts', (name) => {
    expect(shardSpecs(name, planByStreams(name, true))).toEqual(druidShardSpecs(name));
  });
});

test('h12 by default: null and "" are values like others', () => {
  const plans = [...planByStreams('h12', false).values()].map(({ ranges }) =>
    ranges.map(({ start, end, rows }) => [start?.[0], end?.[0], rows]),
  );
  const cut = (rows: readonly number[]) => [
    [undefined, '', rows[0]],
    ['', 'x', rows[1]],
    ['x', 'y', rows[2]],
    ['y', undefined, rows[3]],
  ];
  expect(plans).toEqual([cut([26, 26, 25, 23]), cut([25, 18, 27, 30]), cut([22, 17, 28, 33])]);
});
