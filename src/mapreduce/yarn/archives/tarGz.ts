import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** A file of an archive. */
export interface ArchiveEntry {
  /** Path within the archive. */
  readonly name: string;
  readonly source: { readonly path: string } | { readonly bytes: Uint8Array };
  readonly isExecutable: boolean;
}

const BLOCK = 512;
/** Of the name field, and of the prefix field before it. */
const NAME_MAX = 100;
const PREFIX_MAX = 155;

/** SHA-256 of names and contents, in the order of names: the same files give the same text on every machine. */
export async function contentHash(entries: readonly ArchiveEntry[]): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of sorted(entries)) {
    hash.update(`${entry.name}\0${entry.isExecutable}\0${await sizeOf(entry)}\0`);
    for await (const chunk of contentOf(entry)) hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}

/**
 * Packs files as a `tar.gz` without times or owners, into a temporary file.
 *
 * @param use gets its path; the file goes when it has resolved
 */
export async function withTarGz<Result>(
  entries: readonly ArchiveEntry[],
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'segmill-archive-'));
  try {
    const path = join(directory, 'archive.tar.gz');
    const file = await open(path, 'w');
    await pipeline(Readable.from(tarBlocks(sorted(entries))), createGzip(), file.createWriteStream());
    return await use(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function sorted(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function* tarBlocks(entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    const size = await sizeOf(entry);
    yield tarHeader(entry.name, size, entry.isExecutable ? 0o755 : 0o644);
    for await (const chunk of contentOf(entry)) yield chunk as Uint8Array;
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function sizeOf({ source }: ArchiveEntry): Promise<number> {
  return 'bytes' in source ? source.bytes.length : (await stat(source.path)).size;
}

function contentOf({ source }: ArchiveEntry): AsyncIterable<unknown> {
  return 'bytes' in source ? Readable.from([source.bytes]) : createReadStream(source.path, { highWaterMark: 1 << 20 });
}

/** A ustar header (POSIX.1-1988). @throws for names that it cannot hold */
export function tarHeader(name: string, size: number, mode: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const { prefix, last } = splitName(name);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(last, 0);
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  // The checksum is made with blanks in its own place.
  header.fill(' ', 148, 156);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function splitName(name: string): { prefix: string; last: string } {
  if (Buffer.byteLength(name) <= NAME_MAX) return { prefix: '', last: name };
  for (let slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
    const prefix = name.slice(0, slash);
    const last = name.slice(slash + 1);
    if (Buffer.byteLength(prefix) <= PREFIX_MAX && Buffer.byteLength(last) <= NAME_MAX) return { prefix, last };
  }
  throw new Error(`The name ${name} is too long for a tar archive.`);
}
