import type { Scratch } from '../scratch.ts';
import type { BlockCodec } from './blockCodec.ts';
import type { ByteSource } from './byteSource.ts';
import { ComplexColumnWriter } from './complexColumn.ts';
import { complexDescriptor, numericDescriptor } from './descriptor.ts';
import { NumericColumnWriter } from './numericColumn.ts';
import { PairColumnWriter } from './pairColumn.ts';
import type { SegmentMetric } from './segmentDescription.ts';

/** How the columns of a segment are stored. */
export interface ColumnStorage {
  readonly scratch: Scratch;
  /** Of dictionary ids; null is `dimensionCompression` "uncompressed". */
  readonly ids: BlockCodec | null;
  /** Of `__time`, numeric dimensions and numeric metrics; null is `metricCompression` "none". */
  readonly numbers: BlockCodec | null;
  /** Of first and last pairs. */
  readonly pairs: BlockCodec;
}

export interface MetricColumn {
  readonly name: string;
  readonly descriptor: ByteSource;
  readonly writer: NumericColumnWriter | ComplexColumnWriter | PairColumnWriter;
}

/** The column of `metric`. */
export function metricColumn({ name, column, typeName }: SegmentMetric, storage: ColumnStorage): MetricColumn {
  const { scratch, numbers, pairs } = storage;
  const numeric = (type: 'long' | 'float' | 'double', valueBytes: 4 | 8) => ({
    name,
    descriptor: numericDescriptor(type),
    writer: new NumericColumnWriter(name, valueBytes, numbers, scratch),
  });
  const pair = (pairType: string, valueBytes: 4 | 8) => ({
    name,
    descriptor: complexDescriptor(pairType),
    writer: new PairColumnWriter(name, valueBytes, pairs, scratch),
  });
  switch (column) {
    case 'long':
      return numeric('long', 8);
    case 'float':
      return numeric('float', 4);
    case 'double':
      return numeric('double', 8);
    case 'pairLong':
      return pair('serializablePairLongLong', 8);
    case 'pairFloat':
      return pair('serializablePairLongFloat', 4);
    case 'pairDouble':
      return pair('serializablePairLongDouble', 8);
    case 'complex':
      if (typeName === null) throw new Error(`metric "${name}" is complex: its description needs a typeName`);
      return {
        name,
        descriptor: complexDescriptor(typeName),
        writer: new ComplexColumnWriter(name, typeName, scratch),
      };
  }
}
