import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentFormatError } from './byteReader.ts';

/** Whether a file name is one of a V9 segment's; anything else in a folder or zip is left alone. */
export function isSegmentFile(name: string): boolean {
  return /^(version\.bin|factory\.json|meta\.smoosh|\d{5}\.smoosh)$/.test(name);
}

/** Reads the segment's files of a folder into memory. `names` are the folder's entries. */
export async function readSegmentFolder(
  path: string,
  names: readonly string[],
  maxBytes: number,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for (const name of names.filter(isSegmentFile).sort()) {
    total += (await stat(join(path, name))).size;
    if (total > maxBytes) throw tooLarge(path, maxBytes);
    files.set(name, await readFile(join(path, name)));
  }
  return files;
}

/** The error for a segment beyond the limit. */
export function tooLarge(path: string, maxBytes: number): SegmentFormatError {
  return new SegmentFormatError(`${path}: the files of the segment have more than ${maxBytes} bytes, the limit set`);
}
