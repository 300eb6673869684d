import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentFormatError } from './byteReader.ts';
import { Segment } from './segment.ts';
import { readSegmentFolder } from './segmentFiles.ts';
import { readSegmentZip } from './segmentZip.ts';

/** Limits of what is read into memory. */
export interface OpenOptions {
  /** The most bytes that the files of the segment may have together, uncompressed; default 8 GiB. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 8 * 2 ** 30;
const zipName = 'index.zip';

/**
 * Opens a segment on disk: an `index.zip`, the folder it was unpacked to, or a folder that holds an `index.zip`. The files are read into
 * memory.
 *
 * @throws SegmentFormatError for what is no readable V9 segment; errors of the file system (no permission, …) as they come
 */
export async function openSegment(path: string, options: OpenOptions = {}): Promise<Segment> {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  if (!(await isFolder(path))) return new Segment(path, await readSegmentZip(path, maxBytes));
  const names = await readdir(path);
  if (names.includes('version.bin') || names.includes('meta.smoosh')) {
    return new Segment(path, await readSegmentFolder(path, names, maxBytes));
  }
  if (names.includes(zipName)) {
    const zip = join(path, zipName);
    return new Segment(zip, await readSegmentZip(zip, maxBytes));
  }
  throw new SegmentFormatError(
    `${path}: the folder holds neither an index.zip nor the files of a segment (version.bin, meta.smoosh, 00000.smoosh)`,
  );
}

/**
 * Opens a segment whose files are in memory, by name. The arrays are kept, not copied: do not change them while the segment is in use.
 *
 * @param label names the segment in errors
 * @throws SegmentFormatError as {@link openSegment}
 */
export function openSegmentFiles(files: ReadonlyMap<string, Uint8Array>, label = 'segment'): Segment {
  return new Segment(label, files);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new SegmentFormatError(`${path}: no such file or folder; expected an index.zip or a segment folder`);
  }
}
