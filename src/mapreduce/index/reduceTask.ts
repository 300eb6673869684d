import { finished } from 'node:stream/promises';
import type { BlockEncoder } from '../../kernel/lz4.ts';
import { lz4Encoder } from '../../kernel/lz4.ts';
import { mergeColumns, type SectionInput } from '../../rollup/merge/mergeColumns.ts';
import { mergeRows, outputRowsMax } from '../../rollup/merge/mergeRows.ts';
import { createState } from '../../rollup/metrics/createStates.ts';
import { readHeader } from '../../rollup/run/runReader.ts';
import { writeIndexZip } from '../../segment/indexZip.ts';
import { Scratch } from '../../segment/scratch.ts';
import { segmentMetadata } from '../../segment/writer/metadata.ts';
import {
  type SegmentDescription,
  type SegmentFile,
  type SegmentMetric,
  SegmentWriter,
} from '../../segment/writer/segmentWriter.ts';
import type { MetricSpec, NumericType } from '../../spec/jobSpec.ts';
import { storageFor } from '../../storage/storage.ts';
import type { OpenRun, TaskContext } from '../job.ts';
import type { ReduceManifest, ReducePayload } from './indexPayload.ts';
import { openRunFile } from './runFile.ts';
import { SegmentRows } from './segmentRows.ts';

/**
 * Merges the sections of one shard into a segment and stores it as index.zip under a temporary name.
 *
 * @param encoder compresses the segment's blocks; there is one in production, tests put liblz4 in its place
 */
export async function reduceIndex(
  payload: ReducePayload,
  context: TaskContext,
  encoder: BlockEncoder = lz4Encoder(),
): Promise<ReduceManifest> {
  const scratch = new Scratch(context.attemptDirectory);
  try {
    const { rows, files } = writeSegment(payload, context, scratch, encoder);
    const sink = await storageFor(payload.temporaryZip, payload.config.hadoop).createWrite(payload.temporaryZip);
    const { zipBytes, sha256 } = await writeIndexZip(files, sink);
    await finished(sink);
    return { rows, size: files.reduce((sum, file) => sum + file.size, 0), zipBytes, zipSha256: sha256 };
  } finally {
    scratch.dispose();
  }
}

/** Merges sections into the files of a segment, whose bytes lie in the scratch. */
function writeSegment(
  payload: ReducePayload,
  { progress, openRun = openRunFile }: Pick<TaskContext, 'progress' | 'openRun'>,
  scratch: Scratch,
  encoder: BlockEncoder,
): { rows: number; files: SegmentFile[] } {
  const { job, quirks } = payload.config;
  const readers = new Map<string, OpenRun>();
  try {
    const sections = payload.sections.map(({ path, section }): SectionInput => {
      let source = readers.get(path);
      if (source === undefined) {
        source = openRun(path);
        readers.set(path, source);
      }
      return { source, header: readHeader(source, section) };
    });
    const segment = new SegmentWriter(describe(payload, sections), { encoder, scratch });
    const types = job.dimensions.dimensions.map((dimension) => dimension.type);
    const columns = mergeColumns(sections, types, segment);
    segment.endDictionaries();
    const output = new SegmentRows(segment, columns, outputRowsMax(sections));
    const newMetrics = () => job.metrics.map((metric) => createState(metric, quirks === 'druid'));
    const rows = mergeRows(sections, columns, newMetrics, job.granularity.rollup, (merged) => {
      output.append(merged);
      progress.addRows(merged.rows);
    });
    return { rows, files: segment.finish() };
  } finally {
    for (const reader of readers.values()) reader.close();
  }
}

function describe(payload: ReducePayload, sections: readonly SectionInput[]): SegmentDescription {
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
