import { borrowKernel } from '../../kernel/kernel.ts';
import { RowGroups } from '../bitmap/RowGroups.ts';
import type { Scratch } from '../scratch.ts';
import type { ByteSource } from './byteSource.ts';
import { GenericIndexedWriter } from './genericIndexed.ts';
import { type IdColumnWriter, MultiIdColumnWriter } from './idColumn.ts';
import { type IntSequenceWriter, MAX_BLOCK_INTS } from './intSequence.ts';

/**
 * The bitmap index of a string column: a GenericIndexed, flag 0, of a roaring bitmap per dictionary id.
 *
 * @param counts occurrences of each id in the column, a row without ids counting for id 0
 * @param column must be finished
 * @param rows of the column
 */
export function bitmapIndex(
  name: string,
  counts: Int32Array,
  column: IdColumnWriter | MultiIdColumnWriter,
  rows: number,
  scratch: Scratch,
): ByteSource[] {
  const bitmaps = new GenericIndexedWriter(name, 'bitmaps', scratch);
  borrowKernel((kernel) => {
    const groups = new RowGroups(kernel, counts, blockInts(column.ids), rows);
    if (column instanceof MultiIdColumnWriter) groupMulti(groups, column);
    else groupSingle(groups, column.ids);
    groups.writeBitmaps((batch) => bitmaps.appendAll(batch));
  });
  return bitmaps.parts(false);
}

function groupSingle(groups: RowGroups, ids: IntSequenceWriter): void {
  let row = 0;
  for (let b = 0; b < ids.blockCount; b++) {
    const count = ids.readBlock(b, groups.block);
    groups.add(count, row);
    row += count;
  }
}

function groupMulti({ block: idBlock, starts, ends, rows }: RowGroups, column: MultiIdColumnWriter): void {
  const { ids, ends: rowEnds, endUnit, leadingEnds } = column;
  const endBlock = new Int32Array(blockInts(rowEnds));
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
        // A value that stands twice in a row counts once, and its id gets fewer rows than were counted.
        if (at === starts[id] || rows[at - 1] !== row) {
          rows[at] = row;
          ends[id] = at + 1;
        }
      }
    }
  }
}

/** The longest block of `ints`. */
function blockInts(ints: IntSequenceWriter): number {
  return Math.min(ints.count, MAX_BLOCK_INTS);
}
