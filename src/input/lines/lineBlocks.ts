/**
 * Input splits as blocks of whole lines, in place: the hot path's only copy of the input. Which lines a byte range holds, what ends a
 * line and the byte order mark are those of Hadoop's LineRecordReader.
 */

import { type ByteReader, type Storage, storageFor } from '../../storage/storage.ts';
import type { InputSplit, SplitInput } from '../splits/splits.ts';
import { BlockBuffers } from './blockBuffers.ts';
import { goneOr, type InputWatch, openGzip, shrunk, unwatched } from './gzipReader.ts';
import { CR, hasLoneCarriageReturn, nextLineEnd, startAfterFirstLineEnd, startAfterLastLineEnd } from './lineEnds.ts';

/** Whole lines of one file. Valid until the next block is asked for; the bytes are overwritten then. */
export interface LineBlock {
  /** Number of the input file; with an offset it makes the position of a row. */
  readonly inputIndex: number;
  readonly path: string;
  readonly bytes: Buffer;
  /** The lines: `bytes[start]` begins one, `end` is exclusive. All are ended by LF, CRLF or CR but the last of a file, which may end at `end`. */
  readonly start: number;
  readonly end: number;
  /** Offset in the file (unpacked, for gzip) of `bytes[start]`: that of `bytes[i]` is `firstOffset + i - start`. */
  readonly firstOffset: number;
  /** The first line of the block is the first of the file. */
  readonly isFileStart: boolean;
  /** False: every CR in the block has an LF behind it, so looking for LF finds all line ends. */
  readonly hasLoneCarriageReturns: boolean;
  /**
   * Absent for a block of whole lines. Else the block stands for one line that is too long to be held: the bytes are its beginning,
   * and this is how many it has, the line end left out. It must not be scanned.
   */
  readonly overlongBytes?: number;
  /** Lines right before the first one of the block that are in no block: header rows. Default 0. */
  readonly skippedLines?: number;
}

export interface LineBlockOptions {
  /** Bytes fetched at once, about the size of a block; default 1 MiB. */
  readonly blockBytes?: number;
  /** Longest line that is held; default 16 MiB, at least `blockBytes`. A longer one is passed over: see `LineBlock.overlongBytes`. */
  readonly maxLineBytes?: number;
  /** Where a path lies; by default what its scheme says. */
  readonly storageOf?: (path: string) => Storage;
  /** Gets in between where an input is read as it is stored; the reader that it gives is closed in place of the other. */
  readonly watch?: InputWatch;
}

/** Large enough that calls do not count, small enough for the second-level cache. */
const BLOCK_BYTES_DEFAULT = 1024 * 1024;
/** Real rows have kilobytes; a line of many numbers takes some twenty times its size while it is read. */
export const MAX_LINE_BYTES_DEFAULT = 16 * 1024 * 1024;
/** Of a line that is too long. */
const OVERLONG_SHOWN_BYTES = 64 * 1024;
/** Fetched beyond the end of a split to finish its last line. */
const OVERREAD_BYTES = 64 * 1024;

/**
 * All lines of a split, in position order. While the caller works on a block, the next chunk is already being fetched into a second buffer.
 *
 * @throws InputFileError for files that vanished, shrank or are damaged; storage errors as they come
 */
export async function* readLineBlocks(split: InputSplit, options: LineBlockOptions = {}): AsyncGenerator<LineBlock> {
  const blockBytes = options.blockBytes ?? BLOCK_BYTES_DEFAULT;
  const maxLineBytes = Math.max(blockBytes, options.maxLineBytes ?? MAX_LINE_BYTES_DEFAULT);
  const storageOf = options.storageOf ?? storageFor;
  const buffers = new BlockBuffers(blockBytes);
  for (const input of split.inputs) {
    const reader = await openInput(input, storageOf(input.path), blockBytes, options.watch ?? unwatched);
    try {
      yield* inputBlocks(input, reader, buffers, maxLineBytes);
    } finally {
      await buffers.settle();
      await reader.close();
    }
  }
}

/** The blocks of one input. `buffers` holds what has been fetched and not been given out yet. */
async function* inputBlocks(
  input: SplitInput,
  reader: ByteReader,
  buffers: BlockBuffers,
  maxLineBytes: number,
): AsyncGenerator<LineBlock> {
  const { path, index } = input;
  const place = { inputIndex: index, path, hasLoneCarriageReturns: false };
  // A gzip file is one range, and its unpacked length is unknown. A part of one is all there is, and begins with a line.
  const { unpacked } = input;
  const isPlain = input.codec === 'none' || unpacked !== undefined;
  const fileEnd = unpacked === undefined ? input.length : input.end;
  const rangeEnd = isPlain && input.end < fileEnd ? input.end : Infinity;
  const dataEnd = isPlain ? fileEnd : Infinity;
  buffers.begin(input.start);
  let inFirstLine = unpacked === undefined ? input.start > 0 : unpacked.startsInLine;
  let isFileStart = input.start === 0;
  // Offsets up to which bytes at hand were searched in vain, for the last line end and for the first one behind the range: a long line is
  // searched once, not once for every chunk of it. A CR in last place must be seen again.
  let searchedForLast = 0;
  let searchedForFirst = 0;
  buffers.fetch(reader, fetchSize(buffers, input.start, rangeEnd, dataEnd));
  // What is at hand is looked at before more is fetched: behind a line that was passed over.
  let looksFirst = false;
  for (;;) {
    const isEnd = !looksFirst && (await buffers.take()) === 0;
    looksFirst = false;
    if (isEnd && buffers.endOffset < dataEnd && isPlain) throw shrunk(path, buffers.endOffset, dataEnd);
    const reachedDataEnd = isEnd || buffers.endOffset === dataEnd;

    if (inFirstLine) {
      // The line that a range begins in, even one that begins exactly there, belongs to the range before.
      const start = startAfterFirstLineEnd(buffers.bytes, buffers.from, buffers.to);
      if (start < 0 && reachedDataEnd) return;
      if (start < 0) {
        buffers.from = lastByteIsCarriageReturn(buffers) ? buffers.to - 1 : buffers.to;
        buffers.fetch(reader, fetchSize(buffers, buffers.endOffset, rangeEnd, dataEnd));
        continue;
      }
      buffers.from = start;
      inFirstLine = false;
      if (buffers.fromOffset > rangeEnd) return;
    }

    if (isFileStart && buffers.fromOffset === 0) {
      if (buffers.to - buffers.from < 3 && !reachedDataEnd) {
        buffers.fetch(reader, fetchSize(buffers, buffers.endOffset, rangeEnd, dataEnd));
        continue;
      }
      if (startsWithByteOrderMark(buffers)) buffers.from += 3;
    }

    let end = -1;
    let isLast = false;
    // A byte order mark may reach beyond the end of a tiny range.
    const rangeEndAt = buffers.from + Math.max(0, rangeEnd - buffers.fromOffset);
    if (rangeEndAt < buffers.to) {
      end = startAfterFirstLineEnd(buffers.bytes, Math.max(rangeEndAt, buffers.placeOf(searchedForFirst)), buffers.to);
      isLast = end >= 0;
      if (!isLast) searchedForFirst = buffers.endOffset - 1;
    }
    if (!isLast && reachedDataEnd) {
      end = buffers.to;
      isLast = true;
    }
    if (!isLast) {
      const from = Math.max(buffers.from, buffers.placeOf(searchedForLast));
      end = startAfterLastLineEnd(buffers.bytes, from, buffers.to);
      if (end < 0) searchedForLast = buffers.endOffset - 1;
    }
    // Only the first line at hand can be so long. Its length alone decides, not how much of it a fetch happened to bring.
    const firstBytes = buffers.to - buffers.from > maxLineBytes ? firstLineBytes(buffers) : 0;
    if (firstBytes > maxLineBytes) {
      const firstOffset = buffers.fromOffset;
      const shownEnd = buffers.from + Math.min(firstBytes, OVERLONG_SHOWN_BYTES);
      const bytes = Buffer.from(buffers.bytes.subarray(buffers.from, shownEnd));
      const next = await passLine(buffers, reader, () => fetchSize(buffers, buffers.endOffset, rangeEnd, dataEnd));
      const overlongBytes = next.lineEndOffset - firstOffset;
      yield { ...place, bytes, start: 0, end: bytes.length, firstOffset, isFileStart, overlongBytes };
      isFileStart = false;
      if (buffers.fromOffset > rangeEnd) return;
      looksFirst = buffers.from < buffers.to;
      if (!looksFirst) buffers.fetch(reader, fetchSize(buffers, buffers.endOffset, rangeEnd, dataEnd));
      continue;
    }

    const { bytes, from, fromOffset } = buffers;
    if (end >= 0) buffers.from = end;
    if (!isLast) buffers.fetch(reader, fetchSize(buffers, buffers.endOffset, rangeEnd, dataEnd));
    if (end > from) {
      const hasLoneCarriageReturns = hasLoneCarriageReturn(bytes, from, end);
      yield { ...place, bytes, start: from, end, firstOffset: fromOffset, isFileStart, hasLoneCarriageReturns };
      isFileStart = false;
    }
    if (isLast) return;
  }
}

/** Bytes to fetch from `offset` on: a chunk, but little more than what finishes the last line of the range. */
function fetchSize(buffers: BlockBuffers, offset: number, rangeEnd: number, dataEnd: number): number {
  const rest = offset < rangeEnd ? rangeEnd - offset + OVERREAD_BYTES : OVERREAD_BYTES;
  return Math.min(buffers.chunkBytes, rest, dataEnd - offset);
}

/** Bytes of the first line at hand, as far as it has come, its line end left out. */
function firstLineBytes({ bytes, from, to }: BlockBuffers): number {
  return nextLineEnd(bytes, from, to, true) - from;
}

/**
 * Passes over the first line at hand without holding it; leaves `from` at the line behind it, or at the end of the data.
 *
 * @param size bytes to fetch next
 * @returns the offset at which the line ends
 */
async function passLine(
  buffers: BlockBuffers,
  reader: ByteReader,
  size: () => number,
): Promise<{ readonly lineEndOffset: number }> {
  for (;;) {
    const { bytes, from, to } = buffers;
    const start = startAfterFirstLineEnd(bytes, from, to);
    if (start >= 0) {
      const lineEndOffset = buffers.fromOffset + firstLineBytes(buffers);
      buffers.from = start;
      return { lineEndOffset };
    }
    const keepsLast = lastByteIsCarriageReturn(buffers);
    buffers.from = keepsLast ? to - 1 : to;
    buffers.fetch(reader, size());
    if ((await buffers.take()) === 0) {
      const lineEndOffset = buffers.fromOffset;
      buffers.from = buffers.to;
      return { lineEndOffset };
    }
  }
}

function lastByteIsCarriageReturn(buffers: BlockBuffers): boolean {
  return buffers.to > buffers.from && buffers.bytes[buffers.to - 1] === CR;
}

function startsWithByteOrderMark({ bytes, from, to }: BlockBuffers): boolean {
  return to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
}

async function openInput(
  input: SplitInput,
  storage: Storage,
  chunkBytes: number,
  watch: InputWatch,
): Promise<ByteReader> {
  const { path, start, end, length, codec, unpacked } = input;
  if (unpacked !== undefined) {
    return watch(input, await storageFor(unpacked.path).openRead(unpacked.path, { start: 0, end: end - start }));
  }
  if (codec === 'gzip') return openGzip(input, storage, chunkBytes, watch);
  try {
    return watch(input, await storage.openRead(path, { start, end: length }));
  } catch (error) {
    throw goneOr(error, path, start, length);
  }
}
