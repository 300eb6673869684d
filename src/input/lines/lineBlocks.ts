/**
 * Input splits as blocks of whole lines, in place: the hot path's only copy of the input. Which lines a byte range holds, what ends a
 * line and the byte order mark are those of Hadoop's LineRecordReader.
 */

import { type ByteReader, type Storage, storageFor } from '../../storage/storage.ts';
import type { InputSplit, SplitInput } from '../splits/splits.ts';
import { GzipReader, shrunk } from './gzipReader.ts';
import { InputFileError } from './InputFileError.ts';
import { CR, hasLoneCarriageReturn, startAfterFirstLineEnd, startAfterLastLineEnd } from './lineEnds.ts';

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
}

export interface LineBlockOptions {
  /** Bytes fetched at once, about the size of a block; default 1 MiB. */
  readonly blockBytes?: number;
  /** Longest line that is read; default 16 MiB. A longer one is an error (found out within one block more). */
  readonly maxLineBytes?: number;
  /** Where a path lies; by default what its scheme says. */
  readonly storageOf?: (path: string) => Storage;
}

/** Large enough that calls do not count, small enough for the second-level cache. */
const BLOCK_BYTES_DEFAULT = 1024 * 1024;
/** Real rows have kilobytes; a line of many numbers takes some twenty times its size while it is read. */
const MAX_LINE_BYTES_DEFAULT = 16 * 1024 * 1024;
/** Room before a fetched chunk for the unfinished line of the last one. */
const HEAD_BYTES = 64 * 1024;
/** Fetched beyond the end of a split to finish its last line. */
const OVERREAD_BYTES = 64 * 1024;

/**
 * All lines of a split, in position order. While the caller works on a block, the next chunk is already being fetched into a second buffer.
 *
 * @throws InputFileError for files that vanished, shrank, are damaged or have an over-long line; storage errors as they come
 */
export async function* readLineBlocks(split: InputSplit, options: LineBlockOptions = {}): AsyncGenerator<LineBlock> {
  const blockBytes = options.blockBytes ?? BLOCK_BYTES_DEFAULT;
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES_DEFAULT;
  const storageOf = options.storageOf ?? storageFor;
  const buffers = new BlockBuffers(blockBytes);
  for (const input of split.inputs) {
    const reader = await openInput(input, storageOf(input.path), blockBytes);
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
  // A gzip file is one range, and its unpacked length is unknown.
  const isPlain = input.codec === 'none';
  const rangeEnd = isPlain && input.end < input.length ? input.end : Infinity;
  const dataEnd = isPlain ? input.length : Infinity;
  buffers.begin(input.start);
  let inFirstLine = input.start > 0;
  let isFileStart = input.start === 0;
  // Offsets up to which bytes at hand were searched in vain, for the last line end and for the first one behind the range: a long line is
  // searched once, not once for every chunk of it. A CR in last place must be seen again.
  let searchedForLast = 0;
  let searchedForFirst = 0;
  buffers.fetch(reader, fetchSize(buffers, input.start, rangeEnd, dataEnd));
  for (;;) {
    const count = await buffers.take();
    const isEnd = count === 0;
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
    if (end < 0 && buffers.to - buffers.from > maxLineBytes) throw overlong(path, buffers.fromOffset, maxLineBytes);

    const { bytes, from, fromOffset } = buffers;
    if (end >= 0) buffers.from = end;
    if (!isLast) buffers.fetch(reader, fetchSize(buffers, buffers.endOffset, rangeEnd, dataEnd));
    if (end > from) {
      const hasLoneCarriageReturns = hasLoneCarriageReturn(bytes, from, end);
      yield {
        inputIndex: index,
        path,
        bytes,
        start: from,
        end,
        firstOffset: fromOffset,
        isFileStart,
        hasLoneCarriageReturns,
      };
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

function lastByteIsCarriageReturn(buffers: BlockBuffers): boolean {
  return buffers.to > buffers.from && buffers.bytes[buffers.to - 1] === CR;
}

function startsWithByteOrderMark({ bytes, from, to }: BlockBuffers): boolean {
  return to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
}

/**
 * Two buffers that change places: one is read by the caller, the other is being filled. The unfinished line at the end of the one is
 * copied in front of the other's bytes; only a line longer than that room makes a buffer grow.
 */
class BlockBuffers {
  readonly chunkBytes: number;
  /** The bytes at hand: `from` up to `to`. Bytes before `from` belong to the caller until `take`. */
  bytes: Buffer;
  from = 0;
  to = 0;
  /** Offset in the file of `bytes[to]`. */
  endOffset = 0;
  #spare: Buffer;
  #fetching: Promise<number> | null = null;

  constructor(chunkBytes: number) {
    this.chunkBytes = chunkBytes;
    this.bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + chunkBytes);
    this.#spare = Buffer.allocUnsafeSlow(HEAD_BYTES + chunkBytes);
  }

  /** Offset in the file of `bytes[from]`. */
  get fromOffset(): number {
    return this.endOffset - (this.to - this.from);
  }

  /** Where the byte of an offset in the file stands, or stood or will stand, in `bytes`. */
  placeOf(offset: number): number {
    return this.to - (this.endOffset - offset);
  }

  begin(offset: number): void {
    this.from = 0;
    this.to = 0;
    this.endOffset = offset;
  }

  /** Starts to fetch at most `maxBytes` bytes; `take` waits for them. */
  fetch(reader: ByteReader, maxBytes: number): void {
    this.#fetching = maxBytes === 0 ? Promise.resolve(0) : reader.read(this.#spare, HEAD_BYTES, maxBytes);
    // A failure is told by `take`; it must not count as unhandled while the caller still works on its block.
    this.#fetching.catch(() => undefined);
  }

  /** Joins what was fetched to what is left; gives the number of bytes fetched, 0 at the end of the data. */
  async take(): Promise<number> {
    const count = await this.#fetching!;
    this.#fetching = null;
    const left = this.to - this.from;
    if (left <= HEAD_BYTES) {
      this.bytes.copy(this.#spare, HEAD_BYTES - left, this.from, this.to);
      const filled = this.#spare;
      // A buffer that grew for a long line is let go with it.
      this.#spare =
        this.bytes.length > HEAD_BYTES + this.chunkBytes ? Buffer.allocUnsafeSlow(filled.length) : this.bytes;
      this.bytes = filled;
      this.from = HEAD_BYTES - left;
      this.to = HEAD_BYTES + count;
    } else {
      this.#makeRoom(left, count);
      this.#spare.copy(this.bytes, this.to, HEAD_BYTES, HEAD_BYTES + count);
      this.to += count;
    }
    this.endOffset += count;
    return count;
  }

  #makeRoom(left: number, count: number): void {
    if (this.to + count <= this.bytes.length) return;
    const grown = left + count > this.bytes.length ? Buffer.allocUnsafeSlow((left + count) * 2) : this.bytes;
    this.bytes.copy(grown, 0, this.from, this.to);
    this.bytes = grown;
    this.from = 0;
    this.to = left;
  }

  /** Waits until no fetch writes into the buffers any more. */
  async settle(): Promise<void> {
    await this.#fetching?.catch(() => undefined);
    this.#fetching = null;
  }
}

async function openInput(input: SplitInput, storage: Storage, chunkBytes: number): Promise<ByteReader> {
  const { path, start, length, codec } = input;
  try {
    const reader = await storage.openRead(path, { start, end: length });
    return codec === 'gzip' ? new GzipReader(path, reader, length, chunkBytes) : reader;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new InputFileError(
      `${path} is gone, but had ${length} bytes when the job listed it (reading from byte ${start}). Bring it back, or run the job again.`,
      path,
      start,
      error,
    );
  }
}

function overlong(path: string, offset: number, maxLineBytes: number): InputFileError {
  return new InputFileError(
    `The line at byte ${offset} of ${path} is longer than ${maxLineBytes} bytes. Input is read by lines ended by LF, CRLF or CR: ` +
      `write one row a line, or leave this file out.`,
    path,
    offset,
  );
}
