import { type NodeField, shape } from '../field.ts';

const field = (why: string): NodeField => ({ kind: 'node', why, type: { json: {} } });

/**
 * The flat config of Druid 0.5 and 0.6 (`HadoopDruidIndexerConfig`), before there was a dataSchema. Values are read by the
 * tables of today's fields; this one only tells which names belong there.
 */
export const legacyBodyShape = shape('LegacyConfig', 'The flat config of Druid 0.6.', {
  dataSource: field('name of the datasource'),
  timestampSpec: field('which column holds the time'),
  timestampColumn: field('which column holds the time'),
  timestampFormat: field('how the time is written'),
  dataSpec: { ...field('format of the lines, and the dimensions'), required: true },
  granularitySpec: field('time chunks and intervals'),
  segmentGranularity: field('length of the time chunks'),
  intervals: field('rows outside them are thrown away'),
  pathSpec: { ...field('the input files'), required: true },
  rollupSpec: field('metrics and rounding of times'),
  targetPartitionSize: field('rows wanted in a segment'),
  maxPartitionSize: field('rows allowed in a segment'),
  partitionDimension: field('the dimension that segments hold ranges of'),
  partitionsSpec: field('how a time chunk is divided into segments'),
  workingPath: field('folder for intermediate files'),
  segmentOutputPath: field('the folder of deep storage'),
  version: field('version of the segments'),
  leaveIntermediate: field('keeps intermediate files'),
  cleanupOnFailure: field('removes intermediate files of failed jobs too, but for what another run goes on from'),
  overwriteFiles: field('overwrites intermediate files that exist'),
  ignoreInvalidRows: field('bad rows do not fail the job'),
  combineText: field('reads many small files as one split'),
  jobProperties: field('Hadoop configuration'),
  shardSpecs: field('ready-made shards'),
  updaterJobSpec: field('the metadata store'),
  metadataUpdateSpec: field('the metadata store'),
  registererers: { ...field('Java classes to load'), ignored: 'no Java code is loaded here' },
});

/** `DataSpec` of Druid 0.6. */
export const dataSpecShape = shape('LegacyDataSpec', 'Format of the lines, and the dimensions.', {
  format: field('json, csv or tsv'),
  columns: field('names of the columns'),
  delimiter: field('stands between two values'),
  listDelimiter: field('divides several values in one column'),
  dimensions: field('the dimensions'),
  dimensionExclusions: field('fields that never become dimensions'),
  spatialDimensions: field('spatial dimensions'),
  metrics: { ...field('names of metrics'), ignored: 'the metrics of rollupSpec count' },
});

/** `DataRollupSpec` of Druid 0.6. */
export const rollupSpecShape = shape('LegacyRollupSpec', 'Metrics and rounding of times.', {
  aggs: field('the metrics'),
  rollupGranularity: field('row times are rounded down to this'),
  rowFlushBoundary: field('rolled-up rows one task holds before it spills them'),
});
