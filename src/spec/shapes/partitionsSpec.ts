import { shape, type Union } from '../field.ts';

const rows = { kind: 'integer', minimum: 1, minusOneUnset: true } as const;
const targetRowsPerSegment = {
  ...rows,
  why: 'rows wanted in a segment',
  oldNames: ['targetPartitionSize'],
} as const;
const assumeGrouped = {
  kind: 'boolean',
  why: 'the input is rolled up already, so that its rows need not be counted first',
  default: false,
} as const;

/** `HashedPartitionsSpec`. */
export const hashedShape = shape('HashedPartitionsSpec', 'Rows are spread over segments by a hash.', {
  targetRowsPerSegment,
  maxRowsPerSegment: {
    ...rows,
    why: 'the same as targetRowsPerSegment',
  },
  numShards: {
    ...rows,
    why: 'segments in each time chunk; saves the pass that counts rows',
  },
  partitionDimensions: { kind: 'strings', why: 'the dimensions hashed; empty: time and all of them', default: [] },
  partitionFunction: { kind: 'string', why: 'the hash', oneOf: ['murmur3_32_abs'], default: 'murmur3_32_abs' },
  partitionDimension: { kind: 'string', why: 'the dimension of single_dim partitioning' },
  maxPartitionSize: { ...rows, why: 'rows allowed in a segment', ignored: 'hashed partitioning has a target only' },
  assumeGrouped: { ...assumeGrouped, ignored: 'rows are counted by an estimate for hashed partitioning' },
});

/** `SingleDimensionPartitionsSpec`. */
export const singleDimShape = shape('SingleDimPartitionsSpec', 'Each segment holds a range of one dimension.', {
  partitionDimension: { kind: 'string', why: 'the dimension; chosen from the data where left out' },
  targetRowsPerSegment,
  maxRowsPerSegment: {
    ...rows,
    why: 'rows allowed in a segment; half as many again as the target where left out',
    oldNames: ['maxPartitionSize'],
  },
  assumeGrouped,
  numShards: { ...rows, why: 'segments in each time chunk, for hashed partitioning' },
});

/** `DimensionRangePartitionsSpec`. */
export const rangeShape = shape('RangePartitionsSpec', 'Each segment holds a range of several dimensions.', {
  partitionDimensions: { kind: 'strings', why: 'the dimensions, first one first', required: true },
  targetRowsPerSegment,
  maxRowsPerSegment: {
    ...rows,
    why: 'rows allowed in a segment; half as many again as the target where left out',
    oldNames: ['maxPartitionSize'],
  },
  assumeGrouped,
  numShards: { ...rows, why: 'segments in each time chunk, for hashed partitioning' },
});

/** `PartitionsSpec`. */
export const partitionsSpecUnion = {
  name: 'PartitionsSpec',
  about: 'How a time chunk is divided into segments.',
  discriminator: 'type',
  defaultType: 'hashed',
  shapes: { hashed: hashedShape, single_dim: singleDimShape, range: rangeShape },
  oldNames: {
    random: 'hashed',
    hadoop_hashed_partitions: 'hashed',
    dimension: 'single_dim',
    hadoop_single_dim_partitions: 'single_dim',
  },
  unknownIs: 'hashed',
  feature: 'partitionsSpec',
  noun: 'partitionsSpec type',
} as const satisfies Union;
