import type { BlockEncoder } from '../../kernel/lz4.ts';
import { type MergedColumn, mergeColumns, type SectionInput } from '../../rollup/merge/mergeColumns.ts';
import { type MergedRows, mergeRows } from '../../rollup/merge/mergeRows.ts';
import { createState } from '../../rollup/metrics/createStates.ts';
import { readHeader } from '../../rollup/run/runReader.ts';
import type { Scratch } from '../../segment/scratch.ts';
import { segmentMetadata } from '../../segment/writer/metadata.ts';
import {
  type SegmentDescription,
  type SegmentFile,
  type SegmentMetric,
  SegmentWriter,
} from '../../segment/writer/segmentWriter.ts';
import type { MetricSpec, NumericType } from '../../spec/jobSpec.ts';
import type { TaskContext } from '../job.ts';
import type { ShardInput } from './indexPayload.ts';
import { RunFileReader } from './runFile.ts';
import { SegmentRows } from './segmentRows.ts';

/** Looks at the rows of a segment while it is written. */
export interface RowWatcher {
  /** Comes before the rows. The sections stay open until `end` has returned. */
  begin(columns: readonly MergedColumn[], sections: readonly SectionInput[]): void;
  rows(merged: MergedRows): void;
  end(): void;
}

/** Merges sections into the files of a segment, whose bytes lie in the scratch. @param watcher null for none */
export function writeSegment(
  payload: ShardInput,
  context: Pick<TaskContext, 'progress'>,
  scratch: Scratch,
  encoder: BlockEncoder,
  watcher: RowWatcher | null,
): { rows: number; files: SegmentFile[] } {
  const { job, quirks } = payload.config;
  const readers = new Map<string, RunFileReader>();
  try {
    const sections = payload.sections.map(({ path, section }): SectionInput => {
      let source = readers.get(path);
      if (source === undefined) {
        source = new RunFileReader(path);
        readers.set(path, source);
      }
      return { source, header: readHeader(source, section) };
    });
    const segment = new SegmentWriter(describe(payload, sections), { encoder, scratch });
    const types = job.dimensions.dimensions.map((dimension) => dimension.type);
    const columns = mergeColumns(sections, types, segment);
    segment.endDictionaries();
    const output = new SegmentRows(segment, columns);
    watcher?.begin(columns, sections);
    const newMetrics = () => job.metrics.map((metric) => createState(metric, quirks === 'druid'));
    const rows = mergeRows(sections, columns, newMetrics, job.granularity.rollup, (merged) => {
      output.append(merged);
      watcher?.rows(merged);
      context.progress.addRows(merged.rows);
    });
    watcher?.end();
    return { rows, files: segment.finish() };
  } finally {
    for (const reader of readers.values()) reader.close();
  }
}

function describe(payload: ShardInput, sections: readonly SectionInput[]): SegmentDescription {
  const { job } = payload.config;
  return {
    interval: payload.interval,
    dimensions: job.dimensions.dimensions.map(({ name, type, createBitmapIndex }, i) => ({
      name,
      type,
      createBitmapIndex,
      hasMultipleValues: sections.some((section) => section.header.columns[i].lists.length > 0),
    })),
    metrics: job.metrics.map((metric) => ({ name: metric.name, ...storedAs(metric) })),
    metadata: segmentMetadata(job),
    indexSpec: job.tuning.indexSpec,
  };
}

const PAIR_COLUMNS: Record<NumericType, SegmentMetric['column']> = {
  long: 'pairLong',
  float: 'pairFloat',
  double: 'pairDouble',
};

/** The column that holds a metric (AggregatorFactory.getIntermediateType). */
function storedAs(metric: MetricSpec): Omit<SegmentMetric, 'name'> {
  switch (metric.type) {
    case 'count':
      return { column: 'long', typeName: null };
    case 'numeric':
      return { column: metric.valueType, typeName: null };
    case 'numericByTime':
      return { column: PAIR_COLUMNS[metric.valueType], typeName: null };
    case 'stringByTime':
      return { column: 'complex', typeName: 'serializablePairLongString' };
    case 'hyperUnique':
      return { column: 'complex', typeName: 'hyperUnique' };
    case 'filtered':
      return storedAs(metric.aggregator);
  }
}
