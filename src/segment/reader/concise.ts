import type { ByteReader } from './byteReader.ts';

const rowsPerBlock = 31;

/**
 * Decodes a Concise bitmap, a sequence of big-endian 32-bit words, to ascending row numbers. A word with the top bit set holds 31 rows
 * literally; others stand for runs of zeros or ones, of which the first block may have one bit flipped.
 *
 * @see Colantonio and Di Pietro, "Concise: Compressed 'n' Composable Integer Set" (2010)
 */
export function decodeConcise(bitmap: ByteReader, rowCount: number): Int32Array {
  if ((bitmap.end - bitmap.start) % 4 !== 0) {
    throw bitmap.error(`a concise bitmap has ${bitmap.end - bitmap.start} bytes, expected a multiple of 4`);
  }
  const rows = new Int32Array(countRows(bitmap, rowCount));
  let length = 0;
  let base = 0;
  for (let at = bitmap.start; at < bitmap.end; at += 4) {
    const word = bitmap.view.getInt32(at);
    if (word < 0) {
      length = fillBlock(word & 0x7fffffff, base, rows, length);
      base += rowsPerBlock;
      continue;
    }
    const ones = (word & 0x40000000) !== 0;
    const blocks = (word & 0x01ffffff) + 1;
    const flipped = ((word >>> 25) & 31) - 1;
    if (!ones) {
      if (flipped >= 0) rows[length++] = base + flipped;
    } else {
      for (let row = 0; row < blocks * rowsPerBlock; row++) if (row !== flipped) rows[length++] = base + row;
    }
    base += blocks * rowsPerBlock;
  }
  return rows;
}

function fillBlock(bits: number, base: number, rows: Int32Array, first: number): number {
  let length = first;
  for (let rest = bits; rest !== 0; rest &= rest - 1) rows[length++] = base + (31 - Math.clz32(rest & -rest));
  return length;
}

/** Counts rows before any memory is taken for them, and refuses rows beyond the segment. */
function countRows(bitmap: ByteReader, rowCount: number): number {
  let total = 0;
  let base = 0;
  let last = -1;
  for (let at = bitmap.start; at < bitmap.end; at += 4) {
    const word = bitmap.view.getInt32(at);
    if (word < 0) {
      const bits = word & 0x7fffffff;
      total += bitCount(bits);
      if (bits !== 0) last = base + 31 - Math.clz32(bits);
      base += rowsPerBlock;
    } else {
      const blocks = (word & 0x01ffffff) + 1;
      const flipped = ((word >>> 25) & 31) - 1;
      if ((word & 0x40000000) !== 0) {
        total += blocks * rowsPerBlock - (flipped >= 0 ? 1 : 0);
        last = base + blocks * rowsPerBlock - 1;
        if (blocks === 1 && flipped === rowsPerBlock - 1) last--;
      } else if (flipped >= 0) {
        total++;
        last = base + flipped;
      }
      base += blocks * rowsPerBlock;
    }
    if (last >= rowCount) throw bitmap.error(`row ${last} is in a bitmap of a segment with ${rowCount} rows`, at);
  }
  return total;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
