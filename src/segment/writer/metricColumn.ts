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
  const { scratch } = storage;
  switch (column) {
    case 'long':
    case 'double':
      return { name, descriptor: numericDescriptor(column), writer: newNumeric(name, 8, storage) };
    case 'float':
      return { name, descriptor: numericDescriptor(column), writer: newNumeric(name, 4, storage) };
    case 'pairLong':
      return { name, descriptor: complexDescriptor('serializablePairLongLong'), writer: newPair(name, 8, storage) };
    case 'pairFloat':
      return { name, descriptor: complexDescriptor('serializablePairLongFloat'), writer: newPair(name, 4, storage) };
    case 'pairDouble':
      return { name, descriptor: complexDescriptor('serializablePairLongDouble'), writer: newPair(name, 8, storage) };
    case 'complex':
      if (typeName === null) throw new Error(`metric "${name}" is complex: its description needs a typeName`);
      return {
        name,
        descriptor: complexDescriptor(typeName),
        writer: new ComplexColumnWriter(name, typeName, scratch),
      };
  }
}

function newNumeric(name: string, valueBytes: 4 | 8, { numbers, scratch }: ColumnStorage): NumericColumnWriter {
  return new NumericColumnWriter(name, valueBytes, numbers, scratch);
}

function newPair(name: string, valueBytes: 4 | 8, { pairs, scratch }: ColumnStorage): PairColumnWriter {
  return new PairColumnWriter(name, valueBytes, pairs, scratch);
}
