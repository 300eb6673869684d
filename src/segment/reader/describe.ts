import type { Column, StringColumn } from './column.ts';
import { RawJson } from './jsonText.ts';
import type { Segment } from './segment.ts';

/**
 * What a segment is: files, lists, metadata, and for each column its type, sizes and encoding. Keys and their order are those of Druid's
 * own view of a segment, so that two descriptions can be compared. Values may hold Map, {@link RawJson} and bigint: write it with jsonText.
 *
 * @param bitmaps whether to list, for each string column, the rows of each value from its bitmap indexes
 */
export function describeSegment(segment: Segment, bitmaps: boolean): Record<string, unknown> {
  const { files, smoosh, factory, storedMetadata, index } = segment;
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const hasAll = index.allColumns !== null;
  return {
    // Maps, not objects: those would put names that look like numbers first.
    files: new Map(sorted.map(([name, bytes]) => [name, bytes.length])),
    version: 9,
    factory: factory === null ? undefined : new RawJson(factory.text),
    'meta.smoosh': smoosh.metaLines,
    numRows: segment.rowCount,
    interval: segment.interval,
    columnNames: [...segment.dimensions, ...segment.metrics],
    availableDimensions: segment.dimensions,
    ordering: segment.metadata?.ordering ?? [{ columnName: '__time', order: 'ascending' }],
    'index.drd': {
      bytes: index.bytes,
      columns: index.columns,
      dimensions: index.dimensions,
      startMillis: index.startMillis,
      endMillis: index.endMillis,
      bitmapSerdeFactory: index.bitmapSerdeText === null ? undefined : new RawJson(index.bitmapSerdeText),
      allColumns: hasAll ? index.allColumns : undefined,
      allDimensions: hasAll ? index.allDimensions : undefined,
    },
    metadata: storedMetadata === null ? null : new RawJson(storedMetadata.text),
    columns: new Map(segment.columnNames.map((name) => [name, describeColumn(segment.column(name), bitmaps)])),
  };
}

function describeColumn(column: Column | null, bitmaps: boolean): Record<string, unknown> {
  if (column === null) return { absent: true };
  return {
    type: column.type,
    ...describeKind(column),
    bitmaps: bitmaps && column.kind === 'string' && column.hasBitmapIndexes ? describeBitmaps(column) : undefined,
    storedBytes: column.storedBytes,
    descriptor: new RawJson(column.descriptor.text),
    encoding: [column.encoding],
  };
}

function describeKind(column: Column): Record<string, unknown> {
  switch (column.kind) {
    case 'long':
    case 'float':
    case 'double':
      return capabilities(false, false, false, column.nullRows.length > 0);
    case 'string': {
      const { dictionary, hasBitmapIndexes, hasMultipleValues } = column;
      const hasNulls = dictionary.size > 0 && dictionary.get(0) === null;
      return {
        ...capabilities(true, hasBitmapIndexes, hasMultipleValues, hasNulls),
        cardinality: dictionary.size,
      };
    }
    case 'null':
      return { ...capabilities(true, true, false, true), cardinality: 1 };
    case 'pair':
      return capabilities(false, false, false, true);
    case 'complex':
      return capabilities(false, false, false, column.hasNulls);
    case 'nested':
      return capabilities(false, column.hasBitmapIndexes, false, column.hasNulls);
  }
}

function capabilities(
  dictionaryEncoded: boolean,
  hasBitmapIndexes: boolean,
  multipleValues: boolean,
  hasNulls: boolean,
): Record<string, boolean> {
  return { dictionaryEncoded, hasBitmapIndexes, multipleValues, hasNulls };
}

function describeBitmaps(column: StringColumn): { value: string | null; rows: number[] }[] {
  return column.dictionary.toArray().map((value, id) => ({ value, rows: [...(column.bitmap(id) ?? [])] }));
}
