import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { SegmentFile } from './writer/segmentFile.ts';

/**
 * Druid zips at 6. On segments of Druid's Wikipedia sample level 4 takes two thirds of the time and 2% more bytes; level 1 half of
 * the time and 5% more, for columns are LZ4 blocks already.
 */
const DEFAULT_LEVEL = 4;

/** The earliest time a zip can hold, in whatever zone this runs: DOS times are local, so the stored bytes are the same everywhere. */
const ENTRY_TIME = new Date(1980, 0, 1);
const ENTRY_MODE = 0o100644;

export interface IndexZipOptions {
  /** Deflate level, 0 (stored) to 9. */
  readonly level?: number;
}

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
 */
export async function writeIndexZip(
  files: readonly SegmentFile[],
  sink: NodeJS.WritableStream,
  options: IndexZipOptions = {},
): Promise<IndexZipSummary> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: Error) => output.destroy(error);
  zip.on('error', fail);
  for (const file of files) {
    const entry = {
      mtime: ENTRY_TIME,
      forceDosTimestamp: true,
      mode: ENTRY_MODE,
      size: file.size,
      compressionLevel: options.level ?? DEFAULT_LEVEL,
    };
    zip.addReadStreamLazy(file.name, entry, (start) => start(null, fileStream(file).on('error', fail)));
  }
  zip.end();

  const hash = createHash('sha256');
  let zipBytes = 0;
  await pipeline(
    output,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        zipBytes += chunk.length;
        yield chunk;
      }
    },
    sink,
  );
  return { zipBytes, sha256: hash.digest('hex') };
}

/** Chunks are copied: a stream holds several at a time, a segment file only the last. */
function fileStream(file: SegmentFile): Readable {
  return Readable.from(
    (function* () {
      for (const chunk of file.chunks()) yield Buffer.from(chunk);
    })(),
    { objectMode: false },
  );
}
