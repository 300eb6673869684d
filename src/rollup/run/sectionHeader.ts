import type { BlockWriter } from './blockBytes.ts';
import type { BlockRef, FoundDimension, SectionColumn, SectionHeader } from './run.ts';

// Int32 words at the beginning, then those of each column, then a length and a count for each block in the order of the file.
const ROWS = 0;
const HAS_HASHES = 1;
const COLUMNS = 2;
const ROW_BLOCKS = 3;
const FOUND_BYTES = 4;
const HEADER_WORDS = 5;
const VALUES = 0;
const CELLS = 1;
const FLAGS = 2;
const LIST_BLOCKS = 3;
const DICTIONARY_BLOCKS = 4;
const COLUMN_WORDS = 5;
const BLOCK_WORDS = 2;
const HAS_NULL = 1;
const HAS_MULTIPLE = 2;

const NO_BLOCKS: readonly BlockRef[] = [];

/** Writes a header; its section's blocks have been written one behind the other, up to where the header will stand. */
export function writeHeader(block: BlockWriter, { rows, hasHashes, columns, found, blocks }: SectionHeader): void {
  const foundBytes = found.length === 0 ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(found));
  let count = blocks.length;
  for (const { lists, dictionary } of columns) count += lists.length + dictionary.length;
  const words = block.int32(HEADER_WORDS + columns.length * COLUMN_WORDS + count * BLOCK_WORDS);
  words[ROWS] = rows;
  words[HAS_HASHES] = hasHashes ? 1 : 0;
  words[COLUMNS] = columns.length;
  words[ROW_BLOCKS] = blocks.length;
  words[FOUND_BYTES] = foundBytes.length;
  let at = HEADER_WORDS;
  for (const column of columns) {
    words[at + VALUES] = column.values;
    words[at + CELLS] = column.cells;
    words[at + FLAGS] = (column.hasNull ? HAS_NULL : 0) | (column.hasMultiple ? HAS_MULTIPLE : 0);
    words[at + LIST_BLOCKS] = column.lists.length;
    words[at + DICTIONARY_BLOCKS] = column.dictionary.length;
    at += COLUMN_WORDS;
  }
  for (const { lists, dictionary } of columns) at = putBlocks(words, putBlocks(words, at, lists), dictionary);
  putBlocks(words, at, blocks);
  block.uint8(foundBytes.length).set(foundBytes);
}

function putBlocks(words: Int32Array, from: number, blocks: readonly BlockRef[]): number {
  let at = from;
  for (const { length, count } of blocks) {
    words[at++] = length;
    words[at++] = count;
  }
  return at;
}

/**
 * @param bytes a header, at a multiple of 4 of its buffer
 * @param offset where it stands in its run
 */
export function parseHeader(bytes: Uint8Array, offset: number): SectionHeader {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const columnCount = words[COLUMNS];
  const columnsEnd = HEADER_WORDS + columnCount * COLUMN_WORDS;
  let blockCount = words[ROW_BLOCKS];
  for (let at = HEADER_WORDS; at < columnsEnd; at += COLUMN_WORDS) {
    blockCount += words[at + LIST_BLOCKS] + words[at + DICTIONARY_BLOCKS];
  }
  const end = columnsEnd + blockCount * BLOCK_WORDS;
  const refs = takeBlocks(words, columnsEnd, end, offset);
  const columns: SectionColumn[] = [];
  let next = 0;
  for (let at = HEADER_WORDS; at < columnsEnd; at += COLUMN_WORDS) {
    const flags = words[at + FLAGS];
    const dictionaryAt = next + words[at + LIST_BLOCKS];
    const lists = dictionaryAt === next ? NO_BLOCKS : refs.slice(next, dictionaryAt);
    next = dictionaryAt + words[at + DICTIONARY_BLOCKS];
    columns.push({
      values: words[at + VALUES],
      hasNull: (flags & HAS_NULL) !== 0,
      hasMultiple: (flags & HAS_MULTIPLE) !== 0,
      cells: words[at + CELLS],
      dictionary: refs.slice(dictionaryAt, next),
      lists,
    });
  }
  const foundAt = (end * 4 + 7) & ~7;
  const found = parseFound(bytes, foundAt, foundAt + words[FOUND_BYTES]);
  return { rows: words[ROWS], columns, found, blocks: refs.slice(next), hasHashes: words[HAS_HASHES] === 1 };
}

/** All blocks of a section: they stand one behind the other, up to where the header stands. */
function takeBlocks(words: Int32Array, from: number, to: number, end: number): BlockRef[] {
  let offset = end;
  for (let at = from; at < to; at += BLOCK_WORDS) offset -= words[at];
  const blocks: BlockRef[] = [];
  for (let at = from; at < to; at += BLOCK_WORDS) {
    const length = words[at];
    blocks.push({ offset, length, count: words[at + 1] });
    offset += length;
  }
  return blocks;
}

function parseFound(bytes: Uint8Array, from: number, to: number): FoundDimension[] {
  return from === to ? [] : (JSON.parse(new TextDecoder().decode(bytes.subarray(from, to))) as FoundDimension[]);
}
