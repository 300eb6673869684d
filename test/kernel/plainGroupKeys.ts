import { murmur3x64_128, murmur3x86_32 } from '../../src/kernel/murmur3.ts';

/** The fragments of one column as texts, and the id of each row; see GroupKeyHasher. */
export interface PlainColumn {
  readonly fragments: readonly string[];
  readonly ids: Int32Array;
}

/** Builds the key of one row the obvious way. */
export function plainGroupKey(open: PlainColumn, columns: readonly PlainColumn[], close: string, row: number): string {
  const present = columns.filter(({ ids }) => ids[row] !== -1);
  const body = present.map(({ fragments, ids }) => fragments[ids[row]]).join('');
  return open.fragments[open.ids[row]] + body.slice(1) + close;
}

/** Both hashes of a key, by the plain implementations. */
export function plainHashes(key: string): { hash32: number; hash128: string } {
  const bytes = new TextEncoder().encode(key);
  const out = new Uint8Array(16);
  murmur3x64_128(bytes, 0, bytes.length, 0, out, 0);
  return { hash32: murmur3x86_32(bytes, 0, bytes.length), hash128: Buffer.from(out).toString('hex') };
}
