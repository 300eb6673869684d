import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { SegmentFormatError } from './byteReader.ts';
import { isSegmentFile, tooLarge } from './segmentFiles.ts';

/** Deflate turns a byte into at most 1032; an entry that claims more is corrupt or hostile. */
const maxDeflateRatio = 1032;

/**
 * Reads the segment's files out of an `index.zip` into memory. Nothing is written to disk; an entry in a folder, or whose name leads out
 * of the zip, is refused all the same, for Druid's zips are flat. Sizes are checked before memory is taken, checksums after.
 *
 * @throws SegmentFormatError for a malformed zip, names the entry
 */
export async function readSegmentZip(path: string, maxBytes: number): Promise<ReadonlyMap<string, Uint8Array>> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true });
    const files = new Map<string, Uint8Array>();
    let total = 0;
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (name.includes('/')) {
        throw new SegmentFormatError(
          `${path}: entry "${name}" lies in a folder, expected a flat zip as Druid makes it`,
        );
      }
      if (!isSegmentFile(name)) continue;
      if (files.has(name)) throw new SegmentFormatError(`${path}: entry "${name}" stands there twice`);
      total += entry.uncompressedSize;
      if (total > maxBytes) throw tooLarge(path, maxBytes);
      files.set(name, await readEntry(path, zip, entry));
    }
    return files;
  } catch (error) {
    if (error instanceof SegmentFormatError) throw error;
    throw new SegmentFormatError(
      `${path}: expected a readable zip: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    zip?.close();
  }
}

async function readEntry(path: string, zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const { fileName, compressedSize, uncompressedSize } = entry;
  if (uncompressedSize > compressedSize * maxDeflateRatio) {
    throw new SegmentFormatError(
      `${path}: entry "${fileName}" claims ${uncompressedSize} bytes, more than ${compressedSize} compressed ones can hold`,
    );
  }
  const bytes = new Uint8Array(uncompressedSize);
  let length = 0;
  try {
    for await (const part of await zip.openReadStreamPromise(entry)) {
      const chunk = part as Buffer;
      if (length + chunk.length > bytes.length) break;
      bytes.set(chunk, length);
      length += chunk.length;
    }
  } catch (error) {
    throw new SegmentFormatError(
      `${path}: entry "${fileName}" cannot be unpacked after ${length} of ${uncompressedSize} bytes: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (length !== uncompressedSize || crc32(bytes) !== entry.crc32) {
    throw new SegmentFormatError(
      `${path}: entry "${fileName}" is corrupt: its ${length} bytes do not match the size ${uncompressedSize} and checksum in the zip's directory`,
    );
  }
  return bytes;
}
