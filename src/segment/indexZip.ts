import { createHash, hash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Zip, type ZipInputFile } from 'fflate';
import { deflateOnePiece, deflateParts, isOnePiece } from './deflateParts.ts';
import type { SegmentFile } from './writer/segmentFile.ts';

/** The earliest time a zip can hold, in whatever zone this runs: DOS times are local, so the stored bytes are the same everywhere. */
const ENTRY_TIME = new Date(1980, 0, 1);
const UNIX = 3;
/** Mode of a plain file, rw-r--r--, where Unix keeps it. */
const ENTRY_ATTRIBUTES = 0o100644 << 16;
const DEFLATED = 8;
/** Longer zips, and entries, need zip64. */
const ZIP_BYTES_MAX = 0xffff_ffff;

/** What was written. */
export interface IndexZipSummary {
  readonly zipBytes: number;
  /** Of the zip, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Zips the files of a segment as Druid's pushers do: flat, in the order given (SegmentWriter's is Druid's: `version.bin`,
 * `factory.json`, `meta.smoosh`, `00000.smoosh`). The same content gives the same bytes on the same Node version: entries carry a
 * fixed time and mode.
 *
 * @param sink is ended when all is written, destroyed on failure
 * @param bytesMax length of the longest zip, or file in it
 * @throws Error for a segment longer than `bytesMax`
 */
export async function writeIndexZip(
  files: readonly SegmentFile[],
  sink: NodeJS.WritableStream,
  bytesMax = ZIP_BYTES_MAX,
): Promise<IndexZipSummary> {
  const sha256 = createHash('sha256');
  let zipBytes = 0;
  await pipeline(async function* () {
    for await (const chunk of zipChunks(files, bytesMax)) {
      sha256.update(chunk);
      zipBytes += chunk.length;
      if (zipBytes > bytesMax) throw tooLong(bytesMax);
      yield chunk;
    }
  }, sink);
  return { zipBytes, sha256: sha256.digest('hex') };
}

/** Holds the zip that was made last. */
let smallZip = new Uint8Array(1 << 16);

/**
 * The same bytes at once: where a job makes thousands of small segments, streams cost more than what flows through them.
 *
 * @returns null for files that are too long for that; the bytes are valid until the next call
 */
export function smallIndexZip(
  files: readonly SegmentFile[],
): (IndexZipSummary & { readonly bytes: Uint8Array }) | null {
  if (!files.every((file) => isOnePiece(file.parts))) return null;
  let zipBytes = 0;
  const zip = newZip((chunk) => {
    if (zipBytes + chunk.length > smallZip.length) {
      const longer = new Uint8Array(2 * (zipBytes + chunk.length));
      longer.set(smallZip);
      smallZip = longer;
    }
    smallZip.set(chunk, zipBytes);
    zipBytes += chunk.length;
  });
  for (const file of files) {
    const entry = addEntry(zip, file, ZIP_BYTES_MAX);
    entry.ondata(null, deflateOnePiece(file.parts, entry), false);
    endEntry(entry, file);
  }
  zip.end();
  const bytes = smallZip.subarray(0, zipBytes);
  return { bytes, zipBytes, sha256: hash('sha256', bytes) };
}

async function* zipChunks(files: readonly SegmentFile[], bytesMax: number): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = newZip((chunk) => ready.push(chunk));
  for (const file of files) {
    const entry = addEntry(zip, file, bytesMax);
    for await (const chunk of deflateParts(file.parts, entry)) {
      entry.ondata(null, chunk, false);
      yield* ready.splice(0);
    }
    endEntry(entry, file);
  }
  zip.end();
  yield* ready;
}

/** @param take receives the bytes of the zip, piece by piece */
function newZip(take: (chunk: Uint8Array) => void): Zip {
  return new Zip((error, chunk) => {
    if (error) throw error;
    take(chunk);
  });
}

function addEntry(zip: Zip, file: SegmentFile, bytesMax: number): ReturnType<typeof newEntry> {
  if (file.size > bytesMax) throw tooLong(bytesMax);
  const entry = newEntry(file.name);
  zip.add(entry);
  return entry;
}

function endEntry(entry: ReturnType<typeof newEntry>, file: SegmentFile): void {
  if (entry.size !== file.size)
    throw new Error(`${file.name} of the segment should have ${file.size} bytes, but ${entry.size} were read`);
  entry.ondata(null, new Uint8Array(0), true);
}

function newEntry(filename: string): ZipInputFile & Required<Pick<ZipInputFile, 'ondata'>> {
  return {
    filename,
    size: 0,
    crc: 0,
    compression: DEFLATED,
    mtime: ENTRY_TIME,
    os: UNIX,
    attrs: ENTRY_ATTRIBUTES,
    // Set by Zip.add.
    ondata: () => {},
  };
}

function tooLong(bytesMax: number): Error {
  return new Error(
    `the index.zip of this segment would hold more than ${bytesMax} bytes, the most that a zip can hold without zip64: ` +
      'make smaller segments (lower tuningConfig.partitionsSpec.targetRowsPerSegment, or a finer segmentGranularity)',
  );
}
