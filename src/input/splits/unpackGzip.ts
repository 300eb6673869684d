/**
 * Cuts a large gzip file into parts that many tasks can read at once: one reader unpacks it, in order, into a file for each part. Where
 * it is cut follows from the unpacked bytes alone.
 */

import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError } from '../../storage/local/StorageError.ts';
import { type Storage, storageFor } from '../../storage/storage.ts';
import { openGzip } from '../lines/gzipReader.ts';
import { CR, LF, startAfterFirstLineEnd } from '../lines/lineEnds.ts';
import type { SplitInput } from './splits.ts';

export interface UnpackOptions {
  /** Unpacked bytes of a part at least; it ends with the line that this falls into. */
  readonly partBytes: number;
  /** The longest line that a reader holds. A part is cut within a longer one, so that no line can fill the disk. */
  readonly lineBytesMax: number;
  /** Directory for the parts' files; made when missing. */
  readonly directory: string;
  /** Parts that are made before they are asked for. */
  readonly ahead: number;
  /** Where the file lies; by default what its scheme says. */
  readonly storageOf?: (path: string) => Storage;
}

/** Unpacked bytes handled at once. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * The parts of a gzip file, in order, as inputs of splits. Their files are the caller's to remove.
 *
 * @throws InputFileError when the file vanished, shrank or is damaged, after the parts before that place
 */
export async function* unpackGzip(input: SplitInput, options: UnpackOptions): AsyncGenerator<SplitInput> {
  await mkdir(options.directory, { recursive: true });
  const parts = unpackParts(input, options);
  const pending: Promise<IteratorResult<SplitInput>>[] = [];
  try {
    for (;;) {
      while (pending.length <= options.ahead) {
        const next = parts.next();
        // Its failure is told when its turn comes.
        next.catch(() => undefined);
        pending.push(next);
      }
      const { done, value } = await (pending.shift() as (typeof pending)[number]);
      if (done) return;
      yield value;
    }
  } finally {
    await parts.return(undefined);
  }
}

async function* unpackParts(input: SplitInput, options: UnpackOptions): AsyncGenerator<SplitInput> {
  const { partBytes, directory } = options;
  // A line that goes on here is longer than may be held, wherever it began.
  const partBytesMax = partBytes + options.lineBytesMax + 1;
  const reader = await openGzip(input, (options.storageOf ?? storageFor)(input.path), CHUNK_BYTES);
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let part = await PartFile.create(join(directory, `${input.index}-0`), 0, false);
  let packedBytes = 0;
  const finish = async (): Promise<SplitInput> => {
    const packed = reader.packedBytes - packedBytes;
    packedBytes = reader.packedBytes;
    await part.close();
    const { path, startsInLine, start, bytes } = part;
    return { ...input, start, end: start + bytes, unpacked: { path, startsInLine, packedBytes: packed } };
  };
  try {
    for (let number = 1; ; ) {
      const count = await reader.read(chunk, 0, chunk.length);
      if (count === 0) break;
      for (let from = 0; from < count; ) {
        const cut = cutPlace(chunk, from, count, part, partBytes);
        // No line end: the line goes on, as far as it may.
        const room = Math.max(0, partBytesMax - part.bytes);
        const end = cut >= 0 ? cut : Math.min(count, from + room);
        await part.write(chunk, from, end);
        from = end;
        // A CR may have ended the line.
        if (cut < 0 && (part.bytes < partBytesMax || part.endsWithCarriageReturn)) continue;
        yield await finish();
        part = await PartFile.create(join(directory, `${input.index}-${number++}`), part.start + part.bytes, cut < 0);
      }
    }
    const last = await finish();
    if (part.bytes > 0) yield last;
    else await unlink(part.path);
  } finally {
    await part.close();
    await reader.close();
  }
}

/** Where the first line begins that lies behind the part's wanted end, or -1 when that is not known yet. */
function cutPlace(chunk: Buffer, from: number, count: number, part: PartFile, partBytes: number): number {
  const wanted = partBytes - part.bytes;
  // A CR at the end of what is written: an LF belongs to it.
  if (wanted < 0 && part.endsWithCarriageReturn) return chunk[from] === LF ? from + 1 : from;
  const searchFrom = from + Math.max(0, wanted);
  return searchFrom < count ? startAfterFirstLineEnd(chunk, searchFrom, count) : -1;
}

/** The file of a part that is being written. */
class PartFile {
  readonly path: string;
  /** Offset in the unpacked data. */
  readonly start: number;
  readonly startsInLine: boolean;
  bytes = 0;
  endsWithCarriageReturn = false;
  readonly #file: Awaited<ReturnType<typeof open>>;
  #closed = false;

  private constructor(path: string, start: number, startsInLine: boolean, file: Awaited<ReturnType<typeof open>>) {
    this.path = path;
    this.start = start;
    this.startsInLine = startsInLine;
    this.#file = file;
  }

  static async create(path: string, start: number, startsInLine: boolean): Promise<PartFile> {
    try {
      // Input may be private.
      return new PartFile(path, start, startsInLine, await open(path, 'w', 0o600));
    } catch (error) {
      throw new StorageError(`create ${path}`, path, error);
    }
  }

  async write(chunk: Buffer, from: number, to: number): Promise<void> {
    if (from === to) return;
    try {
      for (let at = from; at < to; ) at += (await this.#file.write(chunk, at, to - at)).bytesWritten;
    } catch (error) {
      throw new StorageError(`write ${this.path}`, this.path, error);
    }
    this.bytes += to - from;
    this.endsWithCarriageReturn = chunk[to - 1] === CR;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }
}
