/** The descriptor of a segment: what the metadata store holds as `payload` (org.apache.druid.timeline.DataSegment). */

import { intervalText } from '../../time/isoText.ts';
import { type SegmentKey, segmentId } from './layout.ts';

/** How a Historical fetches the segment; `path` is absolute, without a scheme. */
export interface LocalLoadSpec {
  readonly type: 'local';
  readonly path: string;
}

/** `path` with scheme and host. */
export interface HdfsLoadSpec {
  readonly type: 'hdfs';
  readonly path: string;
}

export type LoadSpec = LocalLoadSpec | HdfsLoadSpec;

export interface HashedShardSpec {
  readonly type: 'hashed';
  readonly partitionNum: number;
  /** Segments that must all be there before the Broker shows the interval. */
  readonly partitions: number;
  readonly bucketId: number;
  readonly numBuckets: number;
  readonly partitionDimensions: readonly string[];
  readonly partitionFunction: 'murmur3_32_abs';
}

/** A range of one dimension's values, `start` included, `end` not (SingleDimensionShardSpec). */
export interface SingleShardSpec {
  readonly type: 'single';
  readonly dimension: string;
  /** Null: unbounded. A null value lies before all others. */
  readonly start: string | null;
  readonly end: string | null;
  readonly partitionNum: number;
  readonly numCorePartitions: number;
}

/** A range of tuples of several dimensions' values (DimensionRangeShardSpec). */
export interface RangeShardSpec {
  readonly type: 'range';
  readonly dimensions: readonly string[];
  /** Null: unbounded. Tuples are compared value by value, null first. */
  readonly start: readonly (string | null)[] | null;
  readonly end: readonly (string | null)[] | null;
  readonly partitionNum: number;
  readonly numCorePartitions: number;
}

export interface NumberedShardSpec {
  readonly type: 'numbered';
  readonly partitionNum: number;
  readonly partitions: number;
}

export interface NoneShardSpec {
  readonly type: 'none';
}

export type ShardSpec = HashedShardSpec | SingleShardSpec | RangeShardSpec | NumberedShardSpec | NoneShardSpec;

/** What Druid's Hadoop indexer writes for the number of a range's core partitions (UNKNOWN_NUM_CORE_PARTITIONS). */
export const UNKNOWN_CORE_PARTITIONS = -1;

/** Keys in the order Druid writes them. */
export function hashedShardSpec(options: {
  readonly partitionNum: number;
  readonly partitions: number;
  readonly bucketId: number;
  readonly numBuckets: number;
  readonly partitionDimensions: readonly string[];
}): HashedShardSpec {
  const { partitionNum, partitions, bucketId, numBuckets, partitionDimensions } = options;
  return {
    type: 'hashed',
    partitionNum,
    partitions,
    bucketId,
    numBuckets,
    partitionDimensions,
    partitionFunction: 'murmur3_32_abs',
  };
}

/** Bounds of a range shard spec, and its place in the time chunk. */
interface RangeShardOptions {
  readonly start: readonly (string | null)[] | null;
  readonly end: readonly (string | null)[] | null;
  readonly partitionNum: number;
  /**
   * Segments of the time chunk, as native batch writes: it is served when all of them are there, and others may be appended
   * later. With UNKNOWN_CORE_PARTITIONS Druid looks whether the ranges join from null to null instead, and refuses to append.
   */
  readonly numCorePartitions: number;
}

/** @param options its bounds have one value each */
export function singleShardSpec(options: RangeShardOptions & { readonly dimension: string }): SingleShardSpec {
  const { dimension, start, end, partitionNum, numCorePartitions } = options;
  return {
    type: 'single',
    start: start === null ? null : start[0],
    end: end === null ? null : end[0],
    dimension,
    partitionNum,
    numCorePartitions,
  };
}

/** @param options its bounds have a value for each dimension */
export function rangeShardSpec(
  options: RangeShardOptions & { readonly dimensions: readonly string[] },
): RangeShardSpec {
  const { dimensions, start, end, partitionNum, numCorePartitions } = options;
  return { type: 'range', dimensions, start, end, partitionNum, numCorePartitions };
}

/** What `forceExtendableShardSpecs` publishes in place of any other. */
export function numberedShardSpec(options: {
  readonly partitionNum: number;
  readonly partitions: number;
}): NumberedShardSpec {
  return { type: 'numbered', partitionNum: options.partitionNum, partitions: options.partitions };
}

/** One segment, not partitioned at all. */
export function noneShardSpec(): NoneShardSpec {
  return { type: 'none' };
}

export interface DataSegment extends SegmentKey {
  readonly loadSpec: LoadSpec;
  /** All dimensions of the index in its order, those without a value too, without `__time`. */
  readonly dimensions: readonly string[];
  /** In metricsSpec order. */
  readonly metrics: readonly string[];
  readonly shardSpec: ShardSpec;
  /** Bytes of all files of the segment before they were packed. */
  readonly size: number;
}

/** The descriptor as it stands in JSON. */
export interface SegmentDescriptor {
  readonly dataSource: string;
  readonly interval: string;
  readonly version: string;
  readonly loadSpec: LoadSpec;
  /** Names joined by commas. */
  readonly dimensions: string;
  readonly metrics: string;
  readonly shardSpec: ShardSpec;
  readonly binaryVersion: number;
  readonly size: number;
  readonly identifier: string;
}

/**
 * The descriptor, keys in Druid's order.
 *
 * @throws when a name holds a comma: the descriptor joins names with commas, so such a list would read as other columns
 */
export function segmentDescriptor(segment: DataSegment): SegmentDescriptor {
  return {
    dataSource: segment.dataSource,
    interval: intervalText(segment.interval),
    version: segment.version,
    loadSpec: segment.loadSpec,
    dimensions: joinNames('dimension', segment.dimensions),
    metrics: joinNames('metric', segment.metrics),
    shardSpec: segment.shardSpec,
    binaryVersion: 9,
    size: segment.size,
    identifier: segmentId(segment),
  };
}

function joinNames(kind: string, names: readonly string[]): string {
  const bad = names.find((name) => name.includes(','));
  if (bad !== undefined) {
    throw new Error(
      `The ${kind} name '${bad}' holds a comma, which separates names in a segment's descriptor. Rename it in the spec.`,
    );
  }
  return names.join(',');
}
