import type { DimensionType, IndexSpec, Interval } from '../../spec/jobSpec.ts';

/** What a segment will hold; everything that must be known before the first row. */
export interface SegmentDescription {
  /** Time chunk of the segment. */
  readonly interval: Interval;
  /** In dimension order; methods address a dimension by its place here. */
  readonly dimensions: readonly SegmentDimension[];
  /** In any order; methods address a metric by its place here. Columns are stored in name order. */
  readonly metrics: readonly SegmentMetric[];
  /** metadata.drd. */
  readonly metadata: Uint8Array;
  readonly indexSpec: IndexSpec;
}

export interface SegmentDimension {
  readonly name: string;
  readonly type: DimensionType;
  /** String dimensions: some row of this very segment has two or more values. */
  readonly hasMultipleValues: boolean;
  /** String dimensions: store a bitmap per value. */
  readonly createBitmapIndex: boolean;
}

export interface SegmentMetric {
  readonly name: string;
  readonly column: 'long' | 'float' | 'double' | 'complex' | 'pairLong' | 'pairFloat' | 'pairDouble';
  /** Druid's serialiser of a `complex` column (`hyperUnique`, `serializablePairLongString`); null for all others. */
  readonly typeName: string | null;
}
