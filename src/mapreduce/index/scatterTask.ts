import { join } from 'node:path';
import { borrowKernel } from '../../kernel/kernel.ts';
import { RangeRouter } from '../../partition/determine/rangeRouter.ts';
import { bucketsOfHashes } from '../../partition/hashShards.ts';
import { createState } from '../../rollup/metrics/createStates.ts';
import type { SectionColumn, SectionHeader, SectionRef } from '../../rollup/run/run.ts';
import { NumericCursor, type RunSource, readHeader } from '../../rollup/run/runReader.ts';
import { type RunColumn, RunWriter } from '../../rollup/run/runWriter.ts';
import { readSection, type SectionContent, type SectionTexts } from '../../rollup/run/sectionReader.ts';
import { newNumber } from '../../row/coerce.ts';
import { storedText } from '../../row/numbers/storedText.ts';
import type { NumericType } from '../../spec/jobSpec.ts';
import type { TaskContext } from '../job.ts';
import type { ChunkPlan, RunManifest, ScatterPayload } from './indexPayload.ts';
import { shardsOf } from './mapOutput.ts';
import { RunFileReader, RunFileWriter } from './runFile.ts';

/** Cuts sections of a run into their chunks' shards: rows keep their order, dictionaries are pruned to what a shard uses. */
export async function scatterRun(payload: ScatterPayload, context: TaskContext): Promise<RunManifest> {
  const { config, plan, sections } = payload;
  const { job, quirks } = config;
  const plans = new Map(plan.map((chunkPlan) => [chunkPlan.chunk, chunkPlan]));
  const types = job.dimensions.dimensions.map(({ type }) => type);
  const newMetrics = () => job.metrics.map((metric) => createState(metric, quirks === 'druid'));
  const path = join(context.attemptDirectory, 'run-00000');
  const file = new RunFileWriter(path);
  const refs: SectionRef[] = [];
  let offset = 0;
  try {
    for (const input of sections) {
      const source = new RunFileReader(input.path);
      try {
        const header = readHeader(source, input.section);
        borrowKernel((kernel) => {
          const section = readSection(kernel, source, header, types, newMetrics);
          const chunkPlan = plans.get(input.section.chunk) as ChunkPlan;
          const shards =
            chunkPlan.type === 'hashed'
              ? bucketsOf(section.hashes as Int32Array, chunkPlan.buckets)
              : rangesOf(source, header, section, chunkPlan, payload);
          const { ends, order } = orderOf(shards, shardsOf(chunkPlan));
          const writer = new RunWriter(file, { ...section, hashes: null }, order, offset);
          refs.push(...writeShards(writer, input.section.chunk, ends));
          offset = writer.offset;
        });
        context.progress.addRows(header.rows);
      } finally {
        source.close();
      }
    }
    return { path, ...file.finish(), sections: refs };
  } finally {
    file.close();
  }
}

/** Writes a section per shard that has rows. */
function writeShards(writer: RunWriter, chunk: number, ends: Int32Array): SectionRef[] {
  const refs: SectionRef[] = [];
  for (let shard = 0; shard < ends.length; shard++) {
    const start = shard === 0 ? 0 : ends[shard - 1];
    if (start < ends[shard]) refs.push(writer.writeSection(chunk, shard, start, ends[shard]));
  }
  return refs;
}

/** Rows by shard. @returns where the rows of each shard end in their order */
function orderOf(shards: Int32Array, count: number): { ends: Int32Array; order: Int32Array } {
  const ends = new Int32Array(count);
  const order = new Int32Array(shards.length);
  gatherShards(shards, ends, order);
  return { ends, order };
}

/** Puts the rows of each shard behind those of the one before, in their order. @param ends receives where each shard's end */
function gatherShards(shards: Int32Array, ends: Int32Array, order: Int32Array): void {
  for (let row = 0; row < shards.length; row++) ends[shards[row]]++;
  for (let shard = 1; shard < ends.length; shard++) ends[shard] += ends[shard - 1];
  const places = ends.slice();
  for (let row = shards.length - 1; row >= 0; row--) order[--places[shards[row]]] = row;
}

function bucketsOf(hashes: Int32Array, buckets: number): Int32Array {
  bucketsOfHashes(hashes, hashes.length, buckets);
  return hashes;
}

function rangesOf(
  source: RunSource,
  header: SectionHeader,
  { kernel, columns, texts }: SectionContent,
  plan: ChunkPlan & { readonly type: 'ranges' },
  { config }: ScatterPayload,
): Int32Array {
  const { dimensions } = config.job.dimensions;
  const router = new RangeRouter(plan.ranges, plan.dimensions.length);
  const positions: Int32Array[] = [];
  const cells: (number | null)[] = [];
  plan.dimensions.forEach((name, d) => {
    const place = dimensions.findIndex((dimension) => dimension.name === name);
    if (place < 0) {
      // Null in every row, and null is at position 0.
      positions.push(new Int32Array(1));
      cells.push(null);
      return;
    }
    const { type } = dimensions[place];
    const values =
      type === 'string'
        ? router.dictionaryPositions(d, texts[place] as SectionTexts)
        : numberPositions(router, d, source, header.columns[place], type);
    const { lists } = columns[place];
    positions.push(lists === null ? values : listPositions(values, lists));
    cells.push(columns[place].cells);
  });
  const shards = new Int32Array(header.rows);
  const cellsAt = (at: number) => kernel.ints.subarray(at / 4, at / 4 + header.rows);
  const nulls = new Int32Array(cells.includes(null) ? header.rows : 0);
  router.routeByPositions(
    positions,
    cells.map((at) => (at === null ? nulls : cellsAt(at))),
    header.rows,
    shards,
  );
  return shards;
}

/** Positions of a section's numbers among the bounds. */
function numberPositions(
  router: RangeRouter,
  d: number,
  source: RunSource,
  { dictionary, values }: SectionColumn,
  type: NumericType,
): Int32Array {
  const positions = new Int32Array(values + 1);
  const number = newNumber();
  const cursor = new NumericCursor(source, dictionary);
  while (cursor.next()) positions[cursor.id] = router.position(d, storedText(type, cursor.low, cursor.high, number));
  return positions;
}

/** Positions of cells that may be lists: that of null where a list has several values. */
function listPositions(values: Int32Array, { ends, ids }: NonNullable<RunColumn['lists']>): Int32Array {
  const positions = new Int32Array(ends.length);
  for (let cell = 1; cell < ends.length; cell++) {
    const first = ids[ends[cell - 1]];
    let at = ends[cell - 1] + 1;
    while (at < ends[cell] && ids[at] === first) at++;
    positions[cell] = at === ends[cell] ? values[first] : 0;
  }
  return positions;
}
