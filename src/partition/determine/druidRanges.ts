import { type Candidate, chooseCandidate } from './chooseCandidate.ts';
import { RangeCutter, type RangeLimits } from './cutRanges.ts';
import { hadoopSort } from './hadoopSort.ts';
import type { RangeOptions, RangePlan } from './planRanges.ts';
import { sampledRows } from './sampling.ts';
import { compareTuples, type Tuple, TupleWriter } from './tuple.ts';

/** A distinct group key of a job, as Druid's group-by job hands it to the next one. */
export interface DruidKey {
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  /** Values in the candidates' dimensions, or null where one of them has several. */
  readonly tuples: readonly (Tuple | null)[];
}

/** `mapreduce.task.io.sort.mb` times `mapreduce.map.sort.spill.percent`, Hadoop's defaults. */
const SPILL_BYTES = 100 * 1024 * 1024 * 0.8;
/** Metadata, lengths and the group part of a record in the sort buffer. */
const RECORD_BYTES = 16 + 4 + 4 + 12;

/** One record of Druid's shuffle: the row counter's has no candidate. */
interface ShuffleRecord {
  readonly chunk: number;
  readonly candidate: number;
  readonly tuple: Tuple | null;
  /** Dimensions, a tab, values, each joined by commas; null is the empty text. */
  readonly sortKey: string;
}

/**
 * Plans ranges of a small job the way Druid's dim-selection job does, record by record, for `--quirks druid`. Records that share a
 * sort key (null and "", texts with commas) reach the cut in the order that Hadoop's sort leaves them in, so values come back and a
 * shard may be planned that takes every row, or none (docs/quirks.md, row 2).
 *
 * @param keys sorted by the bytes of their JSON, as the group-by job leaves them
 * @returns the plan of each time chunk that has keys; null where the records outgrow Hadoop's sort buffer (about 80 MiB): what comes out
 *   then depends on spills and splits, and `planRanges` has to do
 * @throws NoPartitionDimensionError
 */
export function planDruidRanges(keys: readonly DruidKey[], options: RangeOptions): Map<number, RangePlan> | null {
  const records = shuffleRecords(keys, options);
  if (records === null) return null;
  const order = hadoopSort(records.length, (left, right) => {
    const a = records[left];
    const b = records[right];
    if (a.chunk !== b.chunk) return a.chunk - b.chunk;
    return a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0;
  });
  if (order === null) return null;
  const plans = new Map<number, RangePlan>();
  for (let from = 0; from < order.length; ) {
    const { chunk } = records[order[from]];
    let to = from;
    while (to < order.length && records[order[to]].chunk === chunk) to++;
    const ofChunk = Array.from(order.subarray(from, to), (i) => records[i]);
    plans.set(chunk, planChunk(chunk, ofChunk, options));
    from = to;
  }
  return plans;
}

/** What the mapper emits: per key a row counter, then a record per candidate until that one is poisoned. */
function shuffleRecords(keys: readonly DruidKey[], options: RangeOptions): ShuffleRecord[] | null {
  const { candidates } = options;
  const records: ShuffleRecord[] = [];
  const dropped = new Uint8Array(candidates.length);
  let bytes = 0;
  for (const { chunk, tuples } of keys) {
    records.push({ chunk, candidate: -1, tuple: [], sortKey: '\t' });
    bytes += RECORD_BYTES + '{"dims":[],"values":[],"numRows":1}'.length;
    for (let candidate = 0; candidate < candidates.length; candidate++) {
      if (dropped[candidate] === 1) continue;
      const tuple = tuples[candidate];
      const sortKey = `${candidates[candidate].join(',')}\t${(tuple ?? []).map((value) => value ?? '').join(',')}`;
      records.push({ chunk, candidate, tuple, sortKey });
      if (tuple === null) dropped[candidate] = 1;
      bytes += RECORD_BYTES + sortKey.length * 3 + '{"dims":[],"values":[],"numRows":1}'.length;
    }
    if (bytes > SPILL_BYTES) return null;
  }
  return records;
}

function planChunk(chunk: number, records: readonly ShuffleRecord[], options: RangeOptions): RangePlan {
  const limits: RangeLimits = {
    targetRows: sampledRows(options.targetRowsPerSegment, options.samplingFactor),
    maxRows: sampledRows(options.maxRowsPerSegment, options.samplingFactor),
  };
  const keys = records.filter(({ candidate }) => candidate < 0).length;
  const candidates = options.candidates.map((dimensions, i): Candidate => {
    const mine = records.filter(({ candidate }) => candidate === i);
    if (mine.length === 0 || mine.some(({ tuple }) => tuple === null)) return { dimensions, cut: null };
    return { dimensions, cut: cut(mine, options, limits) };
  });
  const chosen = chooseCandidate(candidates, {
    chunk,
    keys,
    limits,
    samplingFactor: options.samplingFactor,
    druidTies: true,
  });
  return { dimensions: chosen.dimensions, ranges: chosen.cut.ranges, largest: chosen.cut.largest };
}

/** Cuts values as they come; only neighbours that are equal are counted together. */
function cut(records: readonly ShuffleRecord[], options: RangeOptions, limits: RangeLimits) {
  const form = { size: options.candidates[0].length, joined: true };
  const cutter = new RangeCutter({
    form,
    limits,
    joinsOverMax: true,
    nullIsUnbounded: options.type === 'single_dim',
  });
  const writer = new TupleWriter(form);
  for (let from = 0; from < records.length; ) {
    const tuple = records[from].tuple as Tuple;
    let to = from + 1;
    while (to < records.length && compareTuples(records[to].tuple as Tuple, tuple) === 0) to++;
    writer.clear();
    writer.addTuple(tuple);
    cutter.add(writer.bytes, 0, writer.length, to - from);
    from = to;
  }
  return cutter.finish();
}
