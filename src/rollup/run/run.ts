/**
 * A run: sorted, rolled-up, dictionary-encoded rows, as a mapper writes them and a reducer merges them. One spill file holds one
 * run, cut into sections, one per shard of a time chunk; a section stands alone (its dictionaries hold just the values that its
 * rows use) and consists of blocks of at most about 1 MiB: first dictionaries, then rows. That block is also the record of a
 * Hadoop shuffle.
 *
 *     section  := (list-block* dictionary-block*)* row-block* header      lists and dictionary of each dimension
 *     string dictionary-block := count:i32 | ends:i32[count] | bytes        values in UTF-16 order, without null
 *     numeric dictionary-block := count:i32 | (low, high):i32[2 * count]
 *     list-block := count:i32 | ends:i32[count] | value ids:i32[]           cells 1.. of a dimension that has lists
 *     row-block := rows:i32 | times:f64[rows] | cells per dimension: u8, u16 or i32 [rows] | states per metric
 *         | hashes:i32[rows]                                  where shards are found later
 *     header := rows:i32 | has hashes:i32 | dimensions:i32 | row blocks:i32 | found bytes:i32
 *         | (values, cells, 1: has null + 2: has lists of several, list blocks, dictionary blocks):i32[5] per dimension
 *         | (length, count):i32[2] per block                  in their order; so many bytes before the header the section begins
 *         | found dimensions                                  JSON; nothing where there are none
 *
 * Every part is aligned to 8 bytes, numbers are little-endian. Value ids and cells count from 1 in sorted order; 0 is null.
 */

/** Number of the form described here: files that an earlier program left in another form must not be read. */
export const RUN_FORMAT = 2;

/** Where a block lies in its file. */
export interface BlockRef {
  readonly offset: number;
  readonly length: number;
  /** Values, lists or rows in it. */
  readonly count: number;
}

export interface SectionColumn {
  /** Distinct values, without null. */
  readonly values: number;
  /** A row or a list element of the section is null. */
  readonly hasNull: boolean;
  /** A row has a list of several values. */
  readonly hasMultiple: boolean;
  /** Highest cell: the number of values and lists that occur as a row's value. */
  readonly cells: number;
  readonly dictionary: readonly BlockRef[];
  /** Blocks of the cell table; empty when cells are value ids. */
  readonly lists: readonly BlockRef[];
}

/** Where a dimension is met first, in the order in which rows come to Druid's reducer. */
export interface FirstSight {
  /** Truncated time of the row by the query granularity, epoch milliseconds. */
  readonly time: number;
  /** murmur3_128 of the row's group key, in hexadecimal. */
  readonly hash: string;
  /** Place among the found dimensions of the row. */
  readonly place: number;
}

/** A dimension found in the data. */
export interface FoundDimension {
  readonly name: string;
  /** Null where no row of the section has it. */
  readonly first: FirstSight | null;
}

export interface SectionHeader {
  readonly rows: number;
  /** Of the dimensions that the spec lists, then of those found in the data. */
  readonly columns: readonly SectionColumn[];
  /** The last columns are of these. */
  readonly found: readonly FoundDimension[];
  readonly blocks: readonly BlockRef[];
  /** Row blocks end with a hash of each row, by which it finds its shard. */
  readonly hasHashes: boolean;
}

/** A section as manifests name it; the header is read from the file. */
export interface SectionRef {
  /** Start of the time chunk, epoch milliseconds. */
  readonly chunk: number;
  /** Bucket of the hash, or number of the range, within the chunk. */
  readonly shard: number;
  readonly rows: number;
  /** Where what can be read at once together with the header begins: the first block in a file, the header itself elsewhere. */
  readonly start: number;
  readonly header: BlockRef;
}

/** Payload of a block, about. */
export const BLOCK_BYTES_MAX = 1 << 20;

/** Rows of a row block: so many that it stays within a block, at least 64. */
export function rowsPerBlock(bytesPerRow: number): number {
  return Math.max(64, Math.min(8192, Math.floor(BLOCK_BYTES_MAX / bytesPerRow)));
}

/** Width of a dimension's cells in row blocks, in bytes. */
export function cellWidth(cells: number): 1 | 2 | 4 {
  return cells <= 0xff ? 1 : cells <= 0xffff ? 2 : 4;
}
