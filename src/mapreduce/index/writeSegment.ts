import type { BlockEncoder } from '../../kernel/lz4.ts';
import { type MergedColumn, mergeColumns, type SectionInput } from '../../rollup/merge/mergeColumns.ts';
import { type MergedRows, mergeRows, outputRowsMax } from '../../rollup/merge/mergeRows.ts';
import { createState } from '../../rollup/metrics/createStates.ts';
import type { Scratch } from '../../segment/scratch.ts';
import { metadataBytes } from '../../segment/writer/metadata.ts';
import {
  type SegmentDescription,
  type SegmentFile,
  type SegmentMetric,
  SegmentWriter,
} from '../../segment/writer/segmentWriter.ts';
import type { DimensionSpec, MetricSpec, NumericType } from '../../spec/jobSpec.ts';
import type { TaskContext } from '../job.ts';
import { type RowOptions, writeFewRows } from './fewRows.ts';
import type { ShardInput } from './indexPayload.ts';
import { SegmentRows } from './segmentRows.ts';
import { ShardSections } from './shardSections.ts';

/** What is known of a segment before its rows come. */
export interface MergedShard {
  /** Of the segment, in its order. */
  readonly dimensions: readonly string[];
  readonly columns: readonly MergedColumn[];
  /** Open until `end` has returned. */
  readonly sections: readonly SectionInput[];
}

/** Looks at the rows of a segment while it is written. */
export interface RowWatcher {
  /** Comes before the rows. */
  begin(shard: MergedShard): void;
  rows(merged: MergedRows): void;
  end(): void;
}

/** Merges sections into the files of a segment, whose bytes lie in the scratch. @param watcher null for none */
export function writeSegment(
  payload: ShardInput,
  context: TaskContext,
  scratch: Scratch,
  encoder: BlockEncoder,
  watcher: RowWatcher | null,
): { rows: number; dimensions: string[]; files: SegmentFile[] } {
  const sections = new ShardSections(payload.config, payload.sections, context);
  try {
    const { job, quirks } = payload.config;
    const { inputs, dimensions } = sections;
    const description = describe(payload, dimensions, inputs);
    const segment = new SegmentWriter(description, { encoder, scratch });
    const options: RowOptions = {
      dimensions: description.dimensions,
      firstSparse: quirks === 'druid' ? job.dimensions.dimensions.length : dimensions.length,
      rollup: job.granularity.rollup,
      newMetrics: () => job.metrics.map((metric) => createState(metric, quirks === 'druid')),
    };
    const few = watcher === null ? writeFewRows(inputs, segment, options) : null;
    if (few !== null) context.progress.addRows(few);
    const rows = few ?? mergeSections(inputs, segment, options, watcher, context);
    return { rows, dimensions: dimensions.map(({ name }) => name), files: segment.finish() };
  } finally {
    sections.close();
  }
}

/** The way of any number of sections and rows. @returns rows of the segment */
function mergeSections(
  inputs: readonly SectionInput[],
  segment: SegmentWriter,
  { dimensions, firstSparse, rollup, newMetrics }: RowOptions,
  watcher: RowWatcher | null,
  { progress }: TaskContext,
): number {
  const types = dimensions.map((dimension) => dimension.type);
  const columns = mergeColumns(inputs, types, segment);
  segment.endDictionaries();
  const output = new SegmentRows(segment, columns, { rowsMax: outputRowsMax(inputs), firstSparse });
  watcher?.begin({ dimensions: dimensions.map(({ name }) => name), columns, sections: inputs });
  const rows = mergeRows(inputs, columns, newMetrics, rollup, (merged) => {
    output.append(merged);
    watcher?.rows(merged);
    progress.addRows(merged.rows);
  });
  watcher?.end();
  return rows;
}

function describe(
  payload: ShardInput,
  dimensions: readonly DimensionSpec[],
  sections: readonly SectionInput[],
): SegmentDescription {
  const { job } = payload.config;
  return {
    interval: payload.interval,
    dimensions: dimensions.map(({ name, type, createBitmapIndex }, i) => ({
      name,
      type,
      createBitmapIndex,
      hasMultipleValues: sections.some((section) => section.header.columns[i].hasMultiple),
    })),
    metrics: job.metrics.map((metric) => storedAs(metric, metric.name)),
    metadata: metadataBytes(job),
    indexSpec: job.tuning.indexSpec,
  };
}

const PAIR_COLUMNS: Record<NumericType, SegmentMetric['column']> = {
  long: 'pairLong',
  float: 'pairFloat',
  double: 'pairDouble',
};

/** The column that holds a metric (AggregatorFactory.getIntermediateType). */
function storedAs(metric: MetricSpec, name: string): SegmentMetric {
  switch (metric.type) {
    case 'count':
      return { name, column: 'long', typeName: null };
    case 'numeric':
      return { name, column: metric.valueType, typeName: null };
    case 'numericByTime':
      return { name, column: PAIR_COLUMNS[metric.valueType], typeName: null };
    case 'stringByTime':
      return { name, column: 'complex', typeName: 'serializablePairLongString' };
    case 'hyperUnique':
      return { name, column: 'complex', typeName: 'hyperUnique' };
    case 'filtered':
      return storedAs(metric.aggregator, name);
  }
}
