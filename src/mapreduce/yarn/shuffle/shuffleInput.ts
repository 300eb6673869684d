import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { BlockRef } from '../../../rollup/run/run.ts';
import type { OpenRun } from '../../job.ts';
import { type BlockKey, BlockKind, decodeBlockKey } from './blockKey.ts';
import type { RawBytesReader } from './rawBytes.ts';

/** The blocks that a reducer gets for one shard: headers are read, all else comes when it is asked for. */
export interface BlockGroup {
  readonly chunk: number;
  readonly shard: number;
  /** In position order. */
  readonly headers: readonly GroupHeader[];
}

export interface GroupHeader {
  /** Name of the run for `openRun`. */
  readonly path: string;
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes of blocks that came before they were asked for and are held in memory. */
const EARLY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The input of a reducer as runs. Hadoop's sort delivers blocks about in the order in which a merge asks for them, so few are held at
 * any time. Where many first rows agree in all that a key holds of them, blocks come early: beyond EARLY_BYTES_MAX they wait in a file.
 */
export class ShuffleInput {
  readonly #records: RawBytesReader;
  readonly #spillPath: string;
  readonly #early = new Map<string, Uint8Array<ArrayBuffer> | { readonly at: number; readonly length: number }>();
  #earlyBytes = 0;
  #spill: number | null = null;
  #spilled = 0;
  #group: BlockGroup | null = null;
  /** The record after the group that has been read so far. */
  #ahead: { readonly key: BlockKey; readonly value: Uint8Array<ArrayBuffer> } | null = null;
  #ended = false;

  /** @param spillPath a file of this machine, for blocks that come early */
  constructor(records: RawBytesReader, spillPath: string) {
    this.#records = records;
    this.#spillPath = spillPath;
  }

  /** Bytes of early blocks that are on disk. */
  get spilled(): number {
    return this.#spilled;
  }

  /** Moves to the next shard; what nobody asked for of the one before is passed over. @returns null at the end */
  nextGroup(): BlockGroup | null {
    while (this.#group !== null && this.#next(this.#group) !== null);
    this.#early.clear();
    this.#earlyBytes = 0;
    const first = this.#ahead ?? this.#read();
    this.#ahead = null;
    if (first === null) return null;
    const { chunk, shard } = first.key;
    const headers: GroupHeader[] = [];
    const group = { chunk, shard, headers };
    this.#group = group;
    for (let record: typeof first | null = first; record !== null; record = this.#next(group)) {
      const { key, value } = record;
      if (key.kind !== BlockKind.header) {
        this.#keep(key, value);
        break;
      }
      headers.push({ path: `${key.map}/${key.run}`, offset: key.offset, bytes: value });
    }
    return group;
  }

  /** A run of the current group. @param path as a GroupHeader has it */
  openRun(path: string): OpenRun {
    const headers = this.#group?.headers.filter((header) => header.path === path) ?? [];
    return {
      read: (ref: BlockRef) => headers.find((header) => header.offset === ref.offset)?.bytes ?? this.#block(path, ref),
      close: () => undefined,
    };
  }

  close(): void {
    if (this.#spill !== null) closeSync(this.#spill);
    this.#spill = null;
  }

  #block(path: string, { offset, length }: BlockRef): Uint8Array<ArrayBuffer> {
    const wanted = `${path}/${offset}`;
    const early = this.#early.get(wanted);
    if (early !== undefined) {
      this.#early.delete(wanted);
      if (!(early instanceof Uint8Array)) return this.#fromSpill(early.at, early.length);
      this.#earlyBytes -= early.length;
      return early;
    }
    const group = this.#group;
    for (let record = group && this.#next(group); record !== null; record = this.#next(group as BlockGroup)) {
      const { key, value } = record;
      if (`${key.map}/${key.run}/${key.offset}` === wanted) return value;
      this.#keep(key, value);
    }
    throw new Error(`The shuffle brought no block at ${wanted} of ${length} bytes; a map task's output is not whole.`);
  }

  /** The next record of a group; one of another group stays ahead. */
  #next({
    chunk,
    shard,
  }: Pick<BlockGroup, 'chunk' | 'shard'>): { key: BlockKey; value: Uint8Array<ArrayBuffer> } | null {
    if (this.#ahead !== null) return null;
    const record = this.#read();
    if (record === null || (record.key.chunk === chunk && record.key.shard === shard)) return record;
    this.#ahead = record;
    return null;
  }

  #read(): { key: BlockKey; value: Uint8Array<ArrayBuffer> } | null {
    const record = this.#ended ? null : this.#records.next();
    this.#ended = record === null;
    return record === null ? null : { key: decodeBlockKey(record.key), value: record.value };
  }

  #keep(key: BlockKey, value: Uint8Array<ArrayBuffer>): void {
    const name = `${key.map}/${key.run}/${key.offset}`;
    if (this.#earlyBytes + value.length <= EARLY_BYTES_MAX) {
      this.#early.set(name, value);
      this.#earlyBytes += value.length;
      return;
    }
    this.#spill ??= openSync(this.#spillPath, 'w+');
    for (let at = 0; at < value.length; )
      at += writeSync(this.#spill, value, at, value.length - at, this.#spilled + at);
    this.#early.set(name, { at: this.#spilled, length: value.length });
    this.#spilled += value.length;
  }

  #fromSpill(start: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(new ArrayBuffer(length));
    for (let at = 0; at < length; ) at += readSync(this.#spill as number, bytes, at, length - at, start + at);
    return bytes;
  }
}
