/**
 * Cuts the input into splits, the units of the map phase. Splits follow from the files and one fixed size alone, never from workers or
 * engine: they decide where runs are cut, and so the order in which doubles are added up.
 */

import type { FileStatus } from '../../storage/storage.ts';

export type InputCodec = 'none' | 'gzip';

/** A file, or a byte range of it, inside a split. */
export interface SplitInput {
  /** Number of the file among all input files in order; a row's position is (index, offset). */
  readonly index: number;
  readonly path: string;
  /** Byte range in the file as stored. The lines of a range are those that begin after `start` (at 0 for the first) up to `end` inclusive. */
  readonly start: number;
  readonly end: number;
  /** Bytes of the whole file as stored, at the time of listing. */
  readonly length: number;
  readonly codec: InputCodec;
  /** A part of a large gzip file: `start` and `end` count its unpacked bytes, which lie in a file of their own. */
  readonly unpacked?: UnpackedPart;
}

/** Where the bytes of a part of a gzip file lie, unpacked. */
export interface UnpackedPart {
  /** On this machine. */
  readonly path: string;
  /** It begins within a line that is too long to be held, and that belongs to the part before. */
  readonly startsInLine: boolean;
  /** Bytes of the packed file that it was made of, about; for progress. */
  readonly packedBytes: number;
}

/** Contiguous pieces of the input, in input order. Plain data. */
export interface InputSplit {
  /** Number of the split; splits in this order, and inputs in theirs, give all rows in position order. */
  readonly index: number;
  readonly inputs: readonly SplitInput[];
  /** Stored bytes of all inputs together. */
  readonly bytes: number;
}

/** 32 MiB: some 70,000 rows of 480 bytes, a second of work, so that workers end together. */
export const MAX_SPLIT_BYTES_DEFAULT = 32 * 1024 * 1024;

/**
 * What a gzip byte counts for when small files are gathered: event data shrinks to about an eighth. A gzip file is not cut before it is
 * unpacked, so a large one is a split of its own.
 */
const GZIP_WEIGHT = 8;

/** Codecs that Hadoop would choose by these suffixes (CompressionCodecFactory) and that this program cannot read yet. */
const UNREAD_SUFFIXES = ['.bz2', '.deflate', '.lz4', '.snappy', '.zst'];

/**
 * Splits files: plain ones into ranges of exactly `maxSplitBytes` and a rest; rests and small files are gathered, in input order, as long
 * as they fit into one split. Empty files keep their number and appear in no split.
 *
 * @param files in any order; they are numbered in UTF-16 order of their paths
 * @throws for a file whose suffix names a codec that cannot be read
 */
export function planSplits(files: readonly FileStatus[], options: { readonly maxSplitBytes: number }): InputSplit[] {
  const { maxSplitBytes } = options;
  if (!Number.isSafeInteger(maxSplitBytes) || maxSplitBytes < 1) {
    throw new Error(`maxSplitBytes is ${maxSplitBytes}; it must be a whole number of bytes above 0.`);
  }
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const splits: InputSplit[] = [];
  let pending: SplitInput[] = [];
  let pendingWeight = 0;
  const flush = () => {
    if (pending.length === 0) return;
    const bytes = pending.reduce((sum, input) => sum + input.end - input.start, 0);
    splits.push({ index: splits.length, inputs: pending, bytes });
    pending = [];
    pendingWeight = 0;
  };
  const gather = (input: SplitInput, weight: number) => {
    if (pendingWeight + weight > maxSplitBytes) flush();
    pending.push(input);
    pendingWeight += weight;
  };
  for (const [index, { path, length }] of sorted.entries()) {
    const codec = codecOf(path);
    if (length === 0) continue;
    if (codec === 'gzip') {
      gather({ index, path, start: 0, end: length, length, codec }, length * GZIP_WEIGHT);
      continue;
    }
    for (let start = 0; start < length; start += maxSplitBytes) {
      const end = Math.min(length, start + maxSplitBytes);
      gather({ index, path, start, end, length, codec }, end - start);
    }
  }
  flush();
  return splits;
}

/** Bytes of a split as they count for the work that it is: what is packed counts for what it may hold. */
export function splitWeight({ inputs }: InputSplit): number {
  return inputs.reduce((sum, { start, end, codec }) => sum + (end - start) * (codec === 'gzip' ? GZIP_WEIGHT : 1), 0);
}

/** Whether a split is a gzip file so large that it should be unpacked into parts (`unpackGzip`), which many tasks read. */
export function isLargeGzip({ inputs }: InputSplit, maxSplitBytes: number): boolean {
  const [{ codec, length, unpacked }] = inputs;
  return codec === 'gzip' && unpacked === undefined && length * GZIP_WEIGHT > maxSplitBytes;
}

/** For people: `part-00000.json bytes 0-33554432`, `a.json and 11 more files`. */
export function splitLabel(split: InputSplit): string {
  const first = split.inputs[0]!;
  const name = first.path.slice(first.path.lastIndexOf('/') + 1);
  const whole = first.unpacked === undefined && first.start === 0 && first.end === first.length;
  const unpacked = first.unpacked === undefined ? '' : 'unpacked ';
  const range = whole ? name : `${name} ${unpacked}bytes ${first.start}-${first.end}`;
  const more = split.inputs.length - 1;
  return more === 0 ? range : `${range} and ${more} more ${more === 1 ? 'file' : 'files'}`;
}

/** The codec that Hadoop chooses for a file name; suffixes are in lower case there too. */
function codecOf(path: string): InputCodec {
  if (path.endsWith('.gz')) return 'gzip';
  const suffix = UNREAD_SUFFIXES.find((known) => path.endsWith(known));
  if (suffix === undefined) return 'none';
  throw new Error(
    `Cannot read ${path}: files ending in ${suffix} are compressed, and only .gz is read so far. Unpack it, or pack it with gzip.`,
  );
}
