import type { ByteReader } from './byteReader.ts';

const cookieWithoutRuns = 12346;
const cookieWithRuns = 12347;
const minContainersForOffsets = 4;
const maxArrayCardinality = 4096;
const bitsetBytes = 8192;

/**
 * Decodes the portable serialisation of a RoaringBitmap to ascending row numbers.
 *
 * @see https://github.com/RoaringBitmap/RoaringFormatSpec
 */
export function decodeRoaring(bitmap: ByteReader, rowCount: number): Int32Array {
  const at = bitmap.position;
  const cookie = bitmap.sizeLE('the roaring cookie');
  const hasRuns = (cookie & 0xffff) === cookieWithRuns;
  if (!hasRuns && cookie !== cookieWithoutRuns) {
    throw bitmap.error(
      `the roaring cookie is ${cookie}, expected ${cookieWithoutRuns} or ${cookieWithRuns} in the low 16 bits`,
      at,
    );
  }
  const containers = hasRuns ? (cookie >>> 16) + 1 : bitmap.sizeLE('the container count');
  const runFlags = hasRuns ? bitmap.slice((containers + 7) >>> 3, 'run flags') : null;
  const heads = bitmap.slice(containers * 4, 'keys and cardinalities');
  if (!hasRuns || containers >= minContainersForOffsets) bitmap.slice(containers * 4, 'container offsets');
  const rows = new Int32Array(totalCardinality(heads, containers, rowCount));
  let length = 0;
  let lastKey = -1;
  for (let container = 0; container < containers; container++) {
    const key = heads.view.getUint16(heads.start + container * 4, true);
    const cardinality = heads.view.getUint16(heads.start + container * 4 + 2, true) + 1;
    if (key <= lastKey) {
      throw heads.error(`container keys are not ascending: ${key} after ${lastKey}`, heads.start + container * 4);
    }
    lastKey = key;
    const base = key * 65536;
    const isRun =
      runFlags !== null && (runFlags.bytes[runFlags.start + (container >>> 3)] & (1 << (container & 7))) !== 0;
    if (isRun) fillRuns(bitmap, base, cardinality, rows, length);
    else if (cardinality <= maxArrayCardinality) fillArray(bitmap, base, cardinality, rows, length);
    else fillBitset(bitmap, base, cardinality, rows, length);
    length += cardinality;
  }
  checkAscending(bitmap, rows, rowCount);
  return rows;
}

function totalCardinality(heads: ByteReader, containers: number, rowCount: number): number {
  let total = 0;
  for (let i = 0; i < containers; i++) total += heads.view.getUint16(heads.start + i * 4 + 2, true) + 1;
  if (total > rowCount) throw heads.error(`the bitmap has ${total} rows, the segment only ${rowCount}`);
  return total;
}

function fillArray(bitmap: ByteReader, base: number, cardinality: number, rows: Int32Array, first: number): void {
  const values = bitmap.slice(cardinality * 2, 'an array container');
  for (let i = 0; i < cardinality; i++) rows[first + i] = base + values.view.getUint16(values.start + i * 2, true);
}

function fillBitset(bitmap: ByteReader, base: number, cardinality: number, rows: Int32Array, first: number): void {
  const words = bitmap.slice(bitsetBytes, 'a bitset container');
  let found = 0;
  for (let word = 0; word < bitsetBytes / 4; word++) {
    let bits = words.view.getUint32(words.start + word * 4, true);
    while (bits !== 0) {
      if (found === cardinality) break;
      rows[first + found++] = base + word * 32 + (31 - Math.clz32(bits & -bits));
      bits &= bits - 1;
    }
  }
  if (found !== cardinality) throw words.error(`a bitset container has ${found} rows, expected ${cardinality}`);
}

function fillRuns(bitmap: ByteReader, base: number, cardinality: number, rows: Int32Array, first: number): void {
  bitmap.need(2, 'the run count');
  const at = bitmap.position;
  const count = bitmap.view.getUint16(at, true);
  bitmap.position += 2;
  const runs = bitmap.slice(count * 4, 'a run container');
  let found = 0;
  for (let run = 0; run < count; run++) {
    const start = runs.view.getUint16(runs.start + run * 4, true);
    const length = runs.view.getUint16(runs.start + run * 4 + 2, true) + 1;
    if (found + length > cardinality) break;
    for (let i = 0; i < length; i++) rows[first + found + i] = base + start + i;
    found += length;
  }
  if (found !== cardinality) throw bitmap.error(`a run container has not the ${cardinality} rows said`, at);
}

function checkAscending(bitmap: ByteReader, rows: Int32Array, rowCount: number): void {
  let last = -1;
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] <= last || rows[i] >= rowCount) {
      throw bitmap.error(`row ${rows[i]} follows row ${last} in a bitmap of a segment with ${rowCount} rows`);
    }
    last = rows[i];
  }
}
