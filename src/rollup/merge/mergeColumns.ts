import { borrowKernel } from '../../kernel/kernel.ts';
import type { ElementBatch } from '../../segment/writer/elementBatch.ts';
import type { DimensionType } from '../../spec/jobSpec.ts';
import type { SectionColumn, SectionHeader } from '../run/run.ts';
import { NumericCursor, type RunSource, readLists, readNumbers } from '../run/runReader.ts';
import { type CellLists, mergeCells, mergeNumbers } from './mergeValues.ts';
import { TextMerge, textDictionary } from './TextMerge.ts';

/** One section to merge: the same shard of one run. Sections stand in position order. */
export interface SectionInput {
  readonly source: RunSource;
  readonly header: SectionHeader;
  /**
   * Where the columns of the row blocks are among those of the header, -1 for one that is not wanted and is null in every row; by
   * default they are the same.
   */
  readonly stored?: readonly number[];
}

/** A dimension after the first walk: what its cells mean from now on. Cell 0 is null, values count from 1. */
export interface MergedColumn {
  readonly type: DimensionType;
  /** Null occurs, alone or in a list. */
  readonly hasNull: boolean;
  readonly valueCount: number;
  /** Longs, or bits of doubles: value `v` is at `2 * v`. Null for strings, whose values went to `onText`. */
  readonly numbers: Int32Array | null;
  /** Null where no row has a list of several values: cells are value ids. */
  readonly lists: CellLists | null;
  readonly cellCount: number;
  /** Per section, the united cell of each of its cells. Null where there is but one section, whose cells stay what they are. */
  readonly cellRemaps: readonly Int32Array[] | null;
}

/** Takes the values of the string dimensions, dimension by dimension, null first. */
export interface TextValueSink {
  addNullValue(dimension: number): void;
  /** Distinct values in order; the batch is valid during the call. */
  addValues(dimension: number, texts: ElementBatch): void;
}

/** First walk of a merge: unites the dictionaries of all sections, streaming the texts to where they are kept. */
export function mergeColumns(
  sections: readonly SectionInput[],
  types: readonly DimensionType[],
  texts: TextValueSink,
): MergedColumn[] {
  return borrowKernel((kernel) => {
    const merge = new TextMerge(kernel);
    const columns: MergedColumn[] = [];
    for (let dimension = 0; dimension < types.length; dimension++) {
      columns.push(
        sections.length === 1
          ? onlyColumn(sections[0], types[dimension], dimension, merge, texts)
          : mergeColumn(sections, types[dimension], dimension, merge, texts),
      );
    }
    return columns;
  });
}

/** The column of a single section is united as it is: its values and lists are in order and distinct. */
function onlyColumn(
  { source, header }: SectionInput,
  type: DimensionType,
  dimension: number,
  merge: TextMerge,
  texts: TextValueSink,
): MergedColumn {
  const column = header.columns[dimension];
  const { hasNull, values } = column;
  let numbers: Int32Array | null = null;
  if (type !== 'string') numbers = readNumbers(source, column);
  else {
    if (hasNull) texts.addNullValue(dimension);
    if (values > 0) merge.run([textDictionary(source, column)], null, (batch) => texts.addValues(dimension, batch));
  }
  const lists = column.lists.length === 0 ? null : readLists(source, column.lists);
  return { type, hasNull, valueCount: values, numbers, lists, cellCount: column.cells, cellRemaps: null };
}

function mergeColumn(
  sections: readonly SectionInput[],
  type: DimensionType,
  dimension: number,
  merge: TextMerge,
  texts: TextValueSink,
): MergedColumn {
  const columns = sections.map(({ header }) => header.columns[dimension]);
  const hasNull = columns.some((column) => column.hasNull);
  const remaps = columns.map((column) => new Int32Array(column.values + 1));
  let valueCount: number;
  let numbers: Int32Array | null = null;
  if (type === 'string') {
    if (hasNull) texts.addNullValue(dimension);
    const dictionaries = sections.map(({ source }, i) => textDictionary(source, columns[i]));
    valueCount = merge.run(dictionaries, remaps, (batch) => texts.addValues(dimension, batch));
  } else {
    const cursors = sections.map(({ source }, i) => new NumericCursor(source, columns[i].dictionary));
    const most = columns.reduce((sum, column) => sum + column.values, 0);
    numbers = mergeNumbers(cursors, remaps, type === 'long', most);
    valueCount = numbers.length / 2 - 1;
  }
  let lists: CellLists | null = null;
  let cellRemaps = remaps;
  if (columns.some((column) => column.lists.length > 0)) {
    const tables = sections.map(({ source }, i) => cellTable(source, columns[i], remaps[i]));
    cellRemaps = columns.map((column) => new Int32Array(column.cells + 1));
    lists = mergeCells(tables, cellRemaps);
  }
  const cellCount = lists === null ? valueCount : lists.ends.length - 1;
  return { type, hasNull, valueCount, numbers, lists, cellCount, cellRemaps };
}

/** The cells of one section in united value ids. */
function cellTable(source: RunSource, column: SectionColumn, remap: Int32Array): CellLists {
  if (column.lists.length === 0) {
    const ends = Int32Array.from({ length: column.cells + 1 }, (_, cell) => cell);
    return { ends, ids: remap.slice(1) };
  }
  const { ends, ids } = readLists(source, column.lists);
  for (let i = 0; i < ids.length; i++) ids[i] = remap[ids[i]];
  return { ends, ids };
}
