import { createHash, type Hash } from 'node:crypto';
import type { InputSplit, SplitInput } from '../../input/splits/splits.ts';
import { type ByteReader, type Storage, storageFor } from '../../storage/storage.ts';

/** Looked at of each end of a file, or of the range of it that a split reads. */
const BLOCK_BYTES = 4096;

/** What a split reads of a file: bytes as stored, but of a part of a large gzip file, which is unpacked. */
interface ReadRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

function rangeOf({ path, start, end, length, codec, unpacked }: SplitInput): ReadRange {
  if (unpacked !== undefined) return { path: unpacked.path, start: 0, end: end - start };
  return codec === 'gzip' ? { path, start: 0, end: length } : { path, start, end };
}

/** Hashes the first and the last block of a range, wherever the pieces that it comes in are cut. */
class EndsHash {
  readonly #range: ReadRange;
  readonly #first: Hash = createHash('sha256');
  readonly #last: Hash = createHash('sha256');

  constructor(range: ReadRange) {
    this.#range = range;
  }

  /** @param at offset of the first of the bytes */
  add(bytes: Uint8Array, at: number): void {
    const { start, end } = this.#range;
    addPart(this.#first, bytes, at, start, Math.min(end, start + BLOCK_BYTES));
    addPart(this.#last, bytes, at, Math.max(start, end - BLOCK_BYTES), end);
  }

  digest(): string {
    return this.#first.digest('hex') + this.#last.digest('hex');
  }
}

/** Adds what of some bytes lies between two offsets. */
function addPart(hash: Hash, bytes: Uint8Array, at: number, from: number, to: number): void {
  const begin = Math.max(0, from - at);
  const end = Math.min(bytes.length, to - at);
  if (begin < end) hash.update(bytes.subarray(begin, end));
}

/** Hashes the ends of a split's inputs while they are read, at the cost of no read of its own. */
export class InputHasher {
  readonly #inputs: readonly SplitInput[];
  readonly #hashes: (EndsHash | null)[];

  constructor({ inputs }: InputSplit) {
    this.#inputs = inputs;
    this.#hashes = inputs.map(() => null);
  }

  /** @param stored reads an input's bytes as they are stored, from the first that is wanted */
  watch(input: SplitInput, stored: ByteReader): ByteReader {
    const place = this.#inputs.indexOf(input);
    // Header rows are read beforehand, of whole files.
    if (place < 0) return stored;
    const range = rangeOf(input);
    const hash = new EndsHash(range);
    this.#hashes[place] = hash;
    let at = range.start;
    return {
      read: async (target, offset, maxBytes) => {
        const count = await stored.read(target, offset, maxBytes);
        hash.add(target.subarray(offset, offset + count), at);
        at += count;
        return count;
      },
      close: () => stored.close(),
    };
  }

  /** Of all inputs, when they are read. */
  digest(): string {
    return combined(this.#hashes.map((hash) => hash?.digest() ?? ''));
  }
}

/**
 * What `InputHasher` gives for a split, from the inputs as they are now.
 *
 * @throws storage errors
 */
export async function hashInputs(
  { inputs }: InputSplit,
  storageOf: (path: string) => Storage = storageFor,
): Promise<string> {
  const digests: string[] = [];
  for (const input of inputs) {
    const range = rangeOf(input);
    const { start, end } = range;
    const hash = new EndsHash(range);
    const isShort = end - start <= 2 * BLOCK_BYTES;
    const parts = isShort
      ? [range]
      : [
          { ...range, end: start + BLOCK_BYTES },
          { ...range, start: end - BLOCK_BYTES },
        ];
    for (const part of parts) await readPart(storageOf(part.path), part, hash);
    digests.push(hash.digest());
  }
  return combined(digests);
}

async function readPart(storage: Storage, { path, start, end }: ReadRange, hash: EndsHash): Promise<void> {
  const reader = await storage.openRead(path, { start, end });
  try {
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end; ) {
      const count = await reader.read(bytes, 0, end - at);
      if (count === 0) return;
      hash.add(bytes.subarray(0, count), at);
      at += count;
    }
  } finally {
    await reader.close();
  }
}

function combined(digests: readonly string[]): string {
  return createHash('sha256').update(digests.join()).digest('hex');
}
