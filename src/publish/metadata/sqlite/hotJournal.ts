/**
 * Takes back a transaction that a killed process was committing. SQLite does that when it opens a file, but not in WebAssembly, where it takes
 * its own lock for that of a process at work: there the half of a transaction would stay. The format: sqlite.org/fileformat2.html, section 3.
 */

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

const MAGIC = Buffer.from('d9d505f920a163d7', 'hex');
const HEADER_BYTES = 28;
/** In place of the number of records: as many as there are. */
const ALL = 0xffff_ffff;
/** Every 200th byte of a page counts in its checksum. */
const CHECKED = 200;

interface Header {
  readonly records: number;
  readonly nonce: number;
  /** Of the database before the transaction. */
  readonly pages: number;
  readonly sectorBytes: number;
  readonly pageBytes: number;
}

/** @param path of a database that no other process uses */
export function rollBackHotJournal(path: string): void {
  const journalPath = `${path}-journal`;
  if (!existsSync(journalPath)) return;
  const journal = openSync(journalPath, 'r');
  try {
    if (existsSync(path)) playBack(journal, path);
  } finally {
    closeSync(journal);
  }
  // The transaction is over when this is gone.
  unlinkSync(journalPath);
}

function playBack(journal: number, path: string): void {
  const length = fstatSync(journal).size;
  let at = 0;
  let header = readHeader(journal, at);
  // Nothing was written to the database before the journal was whole.
  if (header === null) return;
  const database = openSync(path, 'r+');
  try {
    ftruncateSync(database, Math.min(fstatSync(database).size, header.pages * header.pageBytes));
    while (header !== null) {
      const { sectorBytes } = header;
      const end = playRecords(journal, at + sectorBytes, length, header, database);
      if (end === null) break;
      at = Math.ceil(end / sectorBytes) * sectorBytes;
      header = readHeader(journal, at);
    }
    fsyncSync(database);
  } finally {
    closeSync(database);
  }
}

function readHeader(journal: number, at: number): Header | null {
  const bytes = Buffer.alloc(HEADER_BYTES);
  if (readSync(journal, bytes, 0, HEADER_BYTES, at) < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return null;
  return {
    records: bytes.readUInt32BE(8),
    nonce: bytes.readUInt32BE(12),
    pages: bytes.readUInt32BE(16),
    sectorBytes: bytes.readUInt32BE(20),
    pageBytes: bytes.readUInt32BE(24),
  };
}

/** Writes pages as they were. @returns where the records end, or null where they are not whole: what follows was not synced, so not used */
function playRecords(
  journal: number,
  start: number,
  length: number,
  { records, nonce, pages, pageBytes }: Header,
  database: number,
): number | null {
  const recordBytes = pageBytes + 8;
  const count = records === ALL ? Math.floor((length - start) / recordBytes) : records;
  const record = Buffer.alloc(recordBytes);
  for (let i = 0; i < count; i++) {
    if (readSync(journal, record, 0, recordBytes, start + i * recordBytes) < recordBytes) return null;
    const number = record.readUInt32BE(0);
    const page = record.subarray(4, 4 + pageBytes);
    if (number === 0 || checksum(page, nonce) !== record.readUInt32BE(4 + pageBytes)) return null;
    if (number <= pages) writeSync(database, page, 0, pageBytes, (number - 1) * pageBytes);
  }
  return start + count * recordBytes;
}

function checksum(page: Uint8Array, nonce: number): number {
  let sum = nonce;
  for (let at = page.length - CHECKED; at > 0; at -= CHECKED) sum += page[at];
  return sum >>> 0;
}
