import { RoaringEncoder, SINGLE_ROW_BYTES, writeSingleRow } from '../bitmap/roaring.ts';
import type { Scratch } from '../scratch.ts';
import type { ByteSource } from './byteSource.ts';
import { GenericIndexedWriter } from './genericIndexed.ts';
import { type IdColumnWriter, MultiIdColumnWriter } from './idColumn.ts';
import { type IntSequenceWriter, MAX_BLOCK_INTS } from './intSequence.ts';

/**
 * Row numbers grouped by dictionary id: id i has `rows[starts[i], ends[i])`, ascending. Made by counting sort: 4 bytes per row (or
 * per id of a multi-value column) and 4 bytes per dictionary value (8 in a multi-value column), for one column at a time.
 */
interface RowsById {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly rows: Int32Array;
}

/** Room to count how often each id occurs, for `bitmapIndex`. */
export function newIdCounts(cardinality: number): Int32Array {
  // One number longer below: as sums, counts are the ends of ids and, seen from one number earlier, their starts.
  return new Int32Array(cardinality + 1).subarray(1);
}

/**
 * The bitmap index of a string column: a GenericIndexed, flag 0, of a roaring bitmap per dictionary id.
 *
 * @param counts from `newIdCounts`: occurrences of each id in the column, a row without ids counting for id 0; used up
 * @param column must be finished
 */
export function bitmapIndex(
  name: string,
  counts: Int32Array,
  column: IdColumnWriter | MultiIdColumnWriter,
  scratch: Scratch,
): ByteSource[] {
  return writeBitmaps(
    name,
    column instanceof MultiIdColumnWriter ? groupMulti(column, counts) : groupSingle(column.ids, counts),
    scratch,
  );
}

function writeBitmaps(name: string, { starts, ends, rows }: RowsById, scratch: Scratch): ByteSource[] {
  const bitmaps = new GenericIndexedWriter(name, 'bitmaps', scratch);
  const encoder = new RoaringEncoder();
  for (let id = 0; id < ends.length; ) {
    const start = starts[id];
    const end = ends[id];
    if (end - start !== 1) {
      const at = bitmaps.begin(encoder.measure(rows, start, end));
      bitmaps.commit(encoder.write(rows, start, bitmaps.stage, at));
      id++;
      continue;
    }
    let singles = 1;
    while (singles < SINGLES_MAX && id + singles < ends.length && ends[id + singles] - starts[id + singles] === 1) {
      singles++;
    }
    const first = bitmaps.appendEqual(singles, SINGLE_ROW_BYTES);
    writeSingleRows(rows, starts, id, singles, bitmaps.stage, first);
    id += singles;
  }
  return bitmaps.parts(false);
}

/** Bitmaps of one row written at once, at most: far less than the stage of a GenericIndexedWriter. */
const SINGLES_MAX = 256;

function writeSingleRows(
  rows: Int32Array,
  starts: Int32Array,
  firstId: number,
  count: number,
  stage: Uint8Array,
  first: number,
): void {
  let at = first;
  for (let id = firstId; id < firstId + count; id++, at += 4 + SINGLE_ROW_BYTES) {
    writeSingleRow(rows[starts[id]], stage, at);
  }
}

function groupSingle(ids: IntSequenceWriter, counts: Int32Array): RowsById {
  const rows = new Int32Array(sumUp(counts));
  const block = newBlock(ids);
  let row = 0;
  for (let b = 0; b < ids.blockCount; b++) {
    const count = ids.readBlock(b, block);
    scatterRows(block, count, row, counts, rows);
    row += count;
  }
  // Every id has got as many rows as were counted, so each one starts where the one before it ends.
  return { starts: new Int32Array(counts.buffer, 0, counts.length), ends: counts, rows };
}

function groupMulti(column: MultiIdColumnWriter, counts: Int32Array): RowsById {
  const { ids, ends: rowEnds, endUnit, leadingEnds } = column;
  const idBlock = newBlock(ids);
  const endBlock = newBlock(rowEnds);
  const rows = new Int32Array(sumUp(counts));
  // An id that stands twice in a row gets fewer rows than were counted.
  const starts = counts.slice();
  const ends = counts;

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

/** Room for any block of `ints`. */
function newBlock(ints: IntSequenceWriter): Int32Array {
  return new Int32Array(Math.min(ints.count, MAX_BLOCK_INTS));
}

function scatterRows(ids: Int32Array, count: number, firstRow: number, ends: Int32Array, rows: Int32Array): void {
  for (let i = 0; i < count; i++) rows[ends[ids[i]]++] = firstRow + i;
}

/** Replaces counts by the sum of those before; returns the sum of all. */
function sumUp(counts: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i];
    counts[i] = sum;
    sum += count;
  }
  return sum;
}
