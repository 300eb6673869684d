import { ByteReader, SegmentFormatError, utf8 } from './byteReader.ts';

/** One line of `meta.smoosh`: bytes `start` up to `end` (exclusive) of chunk file `chunk`. */
export interface SmooshEntry {
  readonly chunk: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Druid's smoosh container: named entries inside the chunk files `00000.smoosh`, `00001.smoosh`, …, indexed by the text file
 * `meta.smoosh` (`v1,<maxChunkSize>,<chunks>`, then `<name>,<chunk>,<start>,<end>` a line).
 *
 * @see org.apache.druid.java.util.common.io.smoosh.SmooshedFileMapper
 */
export class Smoosh {
  /** Lines of `meta.smoosh` as they stand there, without line ends. */
  readonly metaLines: readonly string[];
  readonly entries: ReadonlyMap<string, SmooshEntry>;
  readonly #segment: string;
  readonly #chunks: readonly ByteReader[];

  /** @throws SegmentFormatError for a missing or malformed `meta.smoosh`, a missing chunk, or an entry outside its chunk */
  constructor(segment: string, files: ReadonlyMap<string, Uint8Array>) {
    const meta = files.get('meta.smoosh');
    if (meta === undefined) throw new SegmentFormatError(`${segment}: the file meta.smoosh is missing`);
    this.#segment = segment;
    this.metaLines = utf8(meta, 0, meta.length)
      .split('\n')
      .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    if (this.metaLines.at(-1) === '') this.metaLines = this.metaLines.slice(0, -1);
    const chunkCount = parseHeader(segment, this.metaLines[0] ?? '');
    const chunks: ByteReader[] = [];
    for (let chunk = 0; chunk < chunkCount; chunk++) {
      const file = chunkName(chunk);
      const bytes = files.get(file);
      if (bytes === undefined) {
        throw new SegmentFormatError(
          `${segment}: the file ${file} is missing; meta.smoosh says there are ${chunkCount} chunk files`,
        );
      }
      chunks.push(new ByteReader(bytes, { segment, file, entry: null }));
    }
    this.#chunks = chunks;
    const entries = new Map<string, SmooshEntry>();
    for (let line = 1; line < this.metaLines.length; line++) {
      const [name, entry] = parseEntry(segment, this.metaLines[line], line + 1, chunks);
      if (entries.has(name)) {
        throw new SegmentFormatError(`${segment}: meta.smoosh, line ${line + 1}: entry "${name}" stands there twice`);
      }
      entries.set(name, entry);
    }
    this.entries = entries;
  }

  /** A reader at the first byte of an entry, or null if there is none of this name. */
  find(name: string): ByteReader | null {
    const entry = this.entries.get(name);
    if (entry === undefined) return null;
    const chunk = this.#chunks[entry.chunk];
    return new ByteReader(chunk.bytes, { ...chunk.place, entry: name }, entry.start, entry.end);
  }

  /** As {@link find}, but a missing entry is an error; `why` says who needs it. */
  get(name: string, why: string): ByteReader {
    const reader = this.find(name);
    if (reader === null) {
      throw new SegmentFormatError(`${this.#segment}: meta.smoosh has no entry "${name}", expected by ${why}`);
    }
    return reader;
  }
}

/** Name of a chunk file: five digits and `.smoosh`. */
function chunkName(chunk: number): string {
  return `${String(chunk).padStart(5, '0')}.smoosh`;
}

function parseHeader(segment: string, line: string): number {
  const match = /^v1,(\d{1,10}),(\d{1,5})$/.exec(line);
  if (match === null) {
    throw new SegmentFormatError(
      `${segment}: meta.smoosh, line 1: expected "v1,<maxChunkSize>,<chunks>", found "${line.slice(0, 80)}"`,
    );
  }
  return Number(match[2]);
}

function parseEntry(
  segment: string,
  line: string,
  lineNumber: number,
  chunks: readonly ByteReader[],
): [string, SmooshEntry] {
  const match = /^(.*),(\d{1,5}),(\d{1,10}),(\d{1,10})$/.exec(line);
  if (match === null) {
    throw new SegmentFormatError(
      `${segment}: meta.smoosh, line ${lineNumber}: expected "<name>,<chunk>,<start>,<end>", found "${line.slice(0, 80)}"`,
    );
  }
  const [, name, chunk, start, end] = match;
  const entry = { chunk: Number(chunk), start: Number(start), end: Number(end) };
  const bytes = chunks[entry.chunk]?.bytes;
  if (bytes === undefined || entry.start > entry.end || entry.end > bytes.length) {
    const holds =
      bytes === undefined ? `there are ${chunks.length} chunk files` : `${chunkName(entry.chunk)} has ${bytes.length}`;
    throw new SegmentFormatError(
      `${segment}: meta.smoosh, line ${lineNumber}: entry "${name}" is said to take bytes ${start} to ${end} of chunk ${chunk}, but ${holds}`,
    );
  }
  return [name, entry];
}
