import { type ByteSource, bytesSource, totalLength } from './byteSource.ts';
import { utf8 } from './bytes.ts';
import { MAX_SMOOSH_CHUNK_BYTES } from './limits.ts';
import { type SegmentFile, segmentFile } from './segmentFile.ts';

/** A named part of the smoosh container: a column, `index.drd`, `metadata.drd`. */
export interface SmooshEntry {
  readonly name: string;
  readonly parts: readonly ByteSource[];
}

/**
 * Lays entries one after the other into chunk files `00000.smoosh`, `00001.smoosh`, ... and describes them in `meta.smoosh`, as
 * Druid's `FileSmoosher` does. An entry stands in one chunk.
 *
 * @param maxChunkBytes chunk length at which a further file begins
 * @returns `meta.smoosh` first, then the chunk files
 * @throws Error for an entry longer than a chunk, or a name that meta.smoosh cannot hold
 */
export function smooshFiles(entries: readonly SmooshEntry[], maxChunkBytes = MAX_SMOOSH_CHUNK_BYTES): SegmentFile[] {
  const chunks: SegmentFile[] = [];
  const lines: string[] = [];
  let parts: ByteSource[] = [];
  let size = 0;
  const endChunk = () => chunks.push(segmentFile(`${String(chunks.length).padStart(5, '0')}.smoosh`, parts, size));
  for (const entry of entries) {
    const length = totalLength(entry.parts);
    if (length > maxChunkBytes) {
      throw new Error(
        `column "${entry.name}" takes ${length} bytes, more than a file of a segment can hold (${maxChunkBytes}): make smaller segments`,
      );
    }
    if (size + length > maxChunkBytes) {
      endChunk();
      parts = [];
      size = 0;
    }
    for (const part of entry.parts) parts.push(part);
    lines.push(`${entry.name},${chunks.length},${size},${size + length}\n`);
    size += length;
  }
  endChunk();
  let meta = `v1,${maxChunkBytes},${chunks.length}\n`;
  for (const entry of orderOf(entries)) meta += lines[entry];
  return [segmentFile('meta.smoosh', [bytesSource(utf8(meta))]), ...chunks];
}

/** Of the segment before: those of a job have the same columns, but for some that are all null. */
let last: { readonly names: readonly string[]; readonly order: readonly number[] } = { names: [], order: [] };

/** Places of entries by their names, which can be stored. */
function orderOf(entries: readonly SmooshEntry[]): readonly number[] {
  if (entries.length !== last.names.length || !entries.every(({ name }, i) => name === last.names[i])) {
    const names = entries.map(({ name }) => name);
    names.forEach(checkName);
    last = { names, order: [...names.keys()].sort((a, b) => (names[a] < names[b] ? -1 : 1)) };
  }
  return last.order;
}

/** Throws for a name that a line of meta.smoosh cannot hold. */
export function checkName(name: string): void {
  if (!/[,\n\r]/.test(name)) return;
  throw new Error(
    `column ${JSON.stringify(name)} cannot be stored: a segment's table of contents separates names by commas and line ends; ` +
      'rename it, for instance with a flattenSpec field or a transform',
  );
}
