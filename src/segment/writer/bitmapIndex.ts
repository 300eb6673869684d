import { RoaringEncoder, SINGLE_ROW_BYTES, writeSingleRow } from '../bitmap/roaring.ts';
import type { Scratch } from '../scratch.ts';
import type { ByteSource } from './byteSource.ts';
import { GenericIndexedWriter } from './genericIndexed.ts';
import { type IdColumnWriter, MultiIdColumnWriter } from './idColumn.ts';
import { type IntSequenceWriter, MAX_BLOCK_INTS } from './intSequence.ts';

/**
 * Row numbers grouped by dictionary id: id i has `rows[starts[i], ends[i])`, ascending. Made by counting sort: 4 bytes per row (or
 * per id of a multi-value column) and 8 bytes per dictionary value, for one column at a time.
 */
interface RowsById {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly rows: Int32Array;
}

/** The bitmap index of a string column: a GenericIndexed, flag 0, of a roaring bitmap per dictionary id. `column` must be finished. */
export function bitmapIndex(
  name: string,
  cardinality: number,
  column: IdColumnWriter | MultiIdColumnWriter,
  scratch: Scratch,
): ByteSource[] {
  return writeBitmaps(
    name,
    column instanceof MultiIdColumnWriter ? groupMulti(column, cardinality) : groupSingle(column.ids, cardinality),
    scratch,
  );
}

function writeBitmaps(name: string, { starts, ends, rows }: RowsById, scratch: Scratch): ByteSource[] {
  const bitmaps = new GenericIndexedWriter(name, 'bitmaps', scratch);
  const encoder = new RoaringEncoder();
  for (let id = 0; id < ends.length; id++) {
    const start = starts[id];
    const end = ends[id];
    if (end - start === 1) {
      const at = bitmaps.begin(SINGLE_ROW_BYTES);
      writeSingleRow(rows[start], bitmaps.stage, at);
      bitmaps.commit(at + SINGLE_ROW_BYTES);
    } else {
      const at = bitmaps.begin(encoder.measure(rows, start, end));
      bitmaps.commit(encoder.write(rows, start, bitmaps.stage, at));
    }
  }
  return bitmaps.parts(false);
}

function groupSingle(ids: IntSequenceWriter, cardinality: number): RowsById {
  const block = new Int32Array(MAX_BLOCK_INTS);
  const counts = new Int32Array(cardinality);
  for (let b = 0; b < ids.blockCount; b++) countIds(block, ids.readBlock(b, block), counts);
  const starts = startsOf(counts);
  const ends = starts.slice();
  const rows = new Int32Array(ids.count);
  let row = 0;
  for (let b = 0; b < ids.blockCount; b++) {
    const count = ids.readBlock(b, block);
    scatterRows(block, count, row, ends, rows);
    row += count;
  }
  return { starts, ends, rows };
}

function groupMulti(column: MultiIdColumnWriter, cardinality: number): RowsById {
  const { ids, ends: rowEnds, endUnit, leadingEnds } = column;
  const idBlock = new Int32Array(MAX_BLOCK_INTS);
  const endBlock = new Int32Array(MAX_BLOCK_INTS);
  const counts = new Int32Array(cardinality);
  for (let b = 0; b < ids.blockCount; b++) countIds(idBlock, ids.readBlock(b, idBlock), counts);
  counts[0] += countEmptyRows(rowEnds, leadingEnds, endBlock);
  const starts = startsOf(counts);
  const ends = starts.slice();
  const rows = new Int32Array(cardinality === 0 ? 0 : starts[cardinality - 1] + counts[cardinality - 1]);

  let idBlocksRead = 0;
  let idBlockLength = 0;
  let idInBlock = 0;
  let row = -leadingEnds;
  let end = 0;
  for (let b = 0; b < rowEnds.blockCount; b++) {
    const count = rowEnds.readBlock(b, endBlock);
    for (let i = 0; i < count; i++, row++) {
      const start = end;
      end = endBlock[i];
      if (row < 0) continue;
      if (start === end) rows[ends[0]++] = row;
      for (let left = (end - start) / endUnit; left > 0; left--) {
        if (idInBlock === idBlockLength) {
          idBlockLength = ids.readBlock(idBlocksRead++, idBlock);
          idInBlock = 0;
        }
        const id = idBlock[idInBlock++];
        const at = ends[id];
        // A value that stands twice in a row counts once.
        if (at === starts[id] || rows[at - 1] !== row) {
          rows[at] = row;
          ends[id] = at + 1;
        }
      }
    }
  }
  return { starts, ends, rows };
}

/** Rows without any value; the index counts them as null, id 0. */
function countEmptyRows(rowEnds: IntSequenceWriter, leadingEnds: number, block: Int32Array): number {
  let empty = 0;
  let end = 0;
  for (let b = 0; b < rowEnds.blockCount; b++) {
    const count = rowEnds.readBlock(b, block);
    for (let i = b === 0 ? leadingEnds : 0; i < count; i++) {
      if (block[i] === end) empty++;
      end = block[i];
    }
  }
  return empty;
}

function countIds(ids: Int32Array, count: number, counts: Int32Array): void {
  for (let i = 0; i < count; i++) counts[ids[i]]++;
}

function scatterRows(ids: Int32Array, count: number, firstRow: number, ends: Int32Array, rows: Int32Array): void {
  for (let i = 0; i < count; i++) rows[ends[ids[i]]++] = firstRow + i;
}

function startsOf(counts: Int32Array): Int32Array {
  const starts = new Int32Array(counts.length);
  for (let i = 1; i < counts.length; i++) starts[i] = starts[i - 1] + counts[i - 1];
  return starts;
}
