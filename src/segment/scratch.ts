import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of one page; also the longest chunk that a scratch file yields. */
const PAGE_BYTES = 65_536;
/** A file's first page starts this small and doubles, so that hundreds of tiny files cost little. */
const FIRST_PAGE_BYTES = 1024;
/** Longer pieces than this have a page of their own. */
const PIECE_BYTES_MAX = PAGE_BYTES / 4;
const NOTHING: Uint8Array = new Uint8Array(0);
const DEFAULT_MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;

/** An append-only sequence of temporary bytes. */
export interface ScratchFile {
  readonly length: number;
  /** Appends `bytes[start, end)`; they are copied. */
  append(bytes: Uint8Array, start?: number, end?: number): void;
  /** All bytes in order; each chunk is valid until the next step. Bytes must not be appended meanwhile. */
  chunks(): Iterable<Uint8Array>;
  /** Copies bytes from `position` on into `target`; returns how many, less than asked for only at the end. */
  read(position: number, target: Uint8Array): number;
  /** Gives the pages back. The file must not be used afterwards. */
  dispose(): void;
}

/**
 * Temporary bytes of one segment writer. Full pages stay in memory up to a limit that all files of the scratch share; further
 * pages go to one backing file in `directory`, which is made only when it is needed. Everything is synchronous: writers run in
 * worker threads. Page size is fixed, so freed pages (in memory or in the file) serve the next file.
 */
export class Scratch {
  readonly #pages: PageStore;
  #files: PagedFile[] = [];
  #disposed = false;

  /**
   * @param directory existing directory for the backing file
   * @param memoryLimitBytes full pages held in memory, in bytes; the last page of each file is not counted
   */
  constructor(directory: string, memoryLimitBytes: number = DEFAULT_MEMORY_LIMIT_BYTES) {
    this.#pages = new PageStore(directory, memoryLimitBytes);
  }

  /** A new empty file. */
  create(): ScratchFile {
    if (this.#disposed) throw new Error('the scratch was disposed: no further files can be made in it');
    const file = new PagedFile(this.#pages);
    this.#files.push(file);
    return file;
  }

  /**
   * Bytes for whatever lives no longer than the files of this scratch, at a multiple of 8 of their buffer. What they hold is undefined. A
   * segment has hundreds of small buffers: of thousands of small segments each would cost more than its content.
   */
  piece(length: number): Uint8Array {
    return this.#pages.piece(length);
  }

  /** Disposes of all files and pieces made so far; their pages serve those to come. */
  clear(): void {
    for (const file of this.#files) file.dispose();
    this.#files = [];
    this.#pages.releasePieces();
  }

  /** Removes the backing file; files of this scratch must not be used afterwards. May be called twice. */
  dispose(): void {
    this.#disposed = true;
    this.#files = [];
    this.#pages.dispose();
  }
}

/** Where full pages lie: a page is its bytes, or its number in the backing file. */
class PageStore {
  readonly #directory: string;
  #memoryBytesFree: number;
  #backing: BackingFile | null = null;
  readonly #freePages: Uint8Array[] = [];
  /** Pages of which pieces are cut, the last one up to `#cut`. */
  #cutPages: Uint8Array[] = [];
  #cut = 0;
  /** Pages that are one piece. */
  #piecePages: Uint8Array[] = [];

  constructor(directory: string, memoryLimitBytes: number) {
    this.#directory = directory;
    this.#memoryBytesFree = memoryLimitBytes;
  }

  /** Takes over a full page; returns it if it may stay in memory, or else its number in the backing file. */
  keep(page: Uint8Array): Uint8Array | number {
    if (this.#memoryBytesFree >= PAGE_BYTES) {
      this.#memoryBytesFree -= PAGE_BYTES;
      return page;
    }
    this.#backing ??= new BackingFile(this.#directory);
    const stored = this.#backing.write(page);
    this.#freePages.push(page);
    return stored;
  }

  /** Gives back a page that `keep` returned. */
  release(page: Uint8Array | number): void {
    if (typeof page === 'number') {
      this.#backing?.release(page);
    } else {
      this.#memoryBytesFree += PAGE_BYTES;
      this.#freePages.push(page);
    }
  }

  /** Gives back a page that `take` returned and `keep` never saw. */
  giveBack(page: Uint8Array): void {
    this.#freePages.push(page);
  }

  /** A page of full size; what it holds is undefined. */
  take(): Uint8Array {
    return this.#freePages.pop() ?? new Uint8Array(Buffer.allocUnsafeSlow(PAGE_BYTES).buffer);
  }

  piece(length: number): Uint8Array {
    if (length > PAGE_BYTES) return new Uint8Array(length);
    if (length > PIECE_BYTES_MAX) {
      const page = this.take();
      this.#piecePages.push(page);
      return page.subarray(0, length);
    }
    if (this.#cutPages.length === 0 || this.#cut + length > PAGE_BYTES) {
      this.#cutPages.push(this.take());
      this.#cut = 0;
    }
    const page = this.#cutPages[this.#cutPages.length - 1];
    const start = this.#cut;
    this.#cut = (start + length + 7) & ~7;
    return page.subarray(start, start + length);
  }

  releasePieces(): void {
    this.#freePages.push(...this.#cutPages, ...this.#piecePages);
    this.#cutPages = [];
    this.#piecePages = [];
  }

  /** Copies `length` bytes of a page of the backing file, from `start` on, to `target` at `targetStart`. */
  read(page: number, start: number, target: Uint8Array, targetStart: number, length: number): void {
    if (this.#backing === null) throw new Error('the scratch was disposed while one of its files was still being read');
    this.#backing.read(page, start, target, targetStart, length);
  }

  dispose(): void {
    this.#freePages.length = 0;
    this.#backing?.remove();
    this.#backing = null;
  }
}

class PagedFile implements ScratchFile {
  readonly #store: PageStore;
  /** Full pages. */
  #pages: (Uint8Array | number)[] = [];
  #tail = NOTHING;
  #tailLength = 0;

  constructor(store: PageStore) {
    this.#store = store;
  }

  get length(): number {
    return this.#pages.length * PAGE_BYTES + this.#tailLength;
  }

  append(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    let from = start;
    while (from < end) {
      if (this.#tailLength === this.#tail.length) this.#grow(end - from);
      const count = Math.min(end - from, this.#tail.length - this.#tailLength);
      this.#tail.set(count === bytes.length ? bytes : bytes.subarray(from, from + count), this.#tailLength);
      this.#tailLength += count;
      from += count;
    }
  }

  chunks(): Iterable<Uint8Array> {
    return this.#pages.length === 0 ? [this.#tail.subarray(0, this.#tailLength)] : this.#pageChunks();
  }

  *#pageChunks(): Generator<Uint8Array> {
    let buffer: Uint8Array | null = null;
    for (const page of this.#pages) {
      if (typeof page === 'number') {
        buffer ??= new Uint8Array(PAGE_BYTES);
        this.#store.read(page, 0, buffer, 0, PAGE_BYTES);
        yield buffer;
      } else {
        yield page;
      }
    }
    if (this.#tailLength > 0) yield this.#tail.subarray(0, this.#tailLength);
  }

  read(position: number, target: Uint8Array): number {
    const wanted = Math.max(0, Math.min(target.length, this.length - position));
    let done = 0;
    while (done < wanted) {
      const index = Math.floor((position + done) / PAGE_BYTES);
      const offset = position + done - index * PAGE_BYTES;
      const count = Math.min(wanted - done, PAGE_BYTES - offset);
      const page = index < this.#pages.length ? this.#pages[index] : this.#tail;
      if (typeof page === 'number') this.#store.read(page, offset, target, done, count);
      else target.set(page.subarray(offset, offset + count), done);
      done += count;
    }
    return wanted;
  }

  dispose(): void {
    for (const page of this.#pages) this.#store.release(page);
    if (this.#tail.length === PAGE_BYTES) this.#store.giveBack(this.#tail);
    this.#pages = [];
    this.#tail = NOTHING;
    this.#tailLength = 0;
  }

  /** Makes room in the tail, which is full: a longer page, or the next one. */
  #grow(wanted: number): void {
    if (this.#tail.length === PAGE_BYTES) {
      this.#pages.push(this.#store.keep(this.#tail));
      this.#tail = this.#store.take();
      this.#tailLength = 0;
      return;
    }
    const least = Math.max(FIRST_PAGE_BYTES, this.#tail.length * 2, this.#tailLength + wanted);
    const longer = least > PIECE_BYTES_MAX ? this.#store.take() : this.#store.piece(least);
    longer.set(this.#tail);
    this.#tail = longer;
  }
}

/** Pages in one file of a directory of its own, so that two scratches never meet. */
class BackingFile {
  readonly #directory: string;
  readonly #descriptor: number;
  readonly #freePages: number[] = [];
  #pageCount = 0;

  constructor(parentDirectory: string) {
    this.#directory = mkdtempSync(join(parentDirectory, 'scratch-'));
    this.#descriptor = openSync(join(this.#directory, 'pages'), 'wx+');
  }

  write(page: Uint8Array): number {
    const number = this.#freePages.pop() ?? this.#pageCount++;
    let written = 0;
    while (written < PAGE_BYTES) {
      written += writeSync(this.#descriptor, page, written, PAGE_BYTES - written, number * PAGE_BYTES + written);
    }
    return number;
  }

  read(page: number, start: number, target: Uint8Array, targetStart: number, length: number): void {
    let done = 0;
    while (done < length) {
      const position = page * PAGE_BYTES + start + done;
      const count = readSync(this.#descriptor, target, targetStart + done, length - done, position);
      if (count === 0) {
        throw new Error(`scratch file ${this.#directory} ends at byte ${position}: something else has shortened it`);
      }
      done += count;
    }
  }

  release(page: number): void {
    this.#freePages.push(page);
  }

  remove(): void {
    closeSync(this.#descriptor);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
