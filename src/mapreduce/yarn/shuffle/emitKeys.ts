import type { MapManifest } from '../../index/indexPayload.ts';
import { RunFileReader } from '../../index/runFile.ts';
import { BlockKind, encodeBlockKey } from './blockKey.ts';
import { OrderWriter } from './firstKey.ts';
import type { RawBytesWriter } from './rawBytes.ts';

const HASH_BYTES = 16;
/** Sections are told in places behind all blocks, so that a place means one thing in a run. */
const SECTIONS_AT = 2 ** 47;

export interface EmitKeysOptions {
  /** Number of the split. */
  readonly map: number;
  /** Number of the first key run among those of the split. */
  readonly firstRun: number;
  /** Hash ranges of the keys, and reducers. */
  readonly parts: number;
}

/**
 * Hands the key runs of a map task to Hadoop's shuffle: reducer p gets the keys of part p, first what sections there are, then their
 * blocks by time chunk and hash, as `countKeys` asks for them.
 */
export function emitKeys(
  keyRuns: MapManifest['keyRuns'],
  { map, firstRun, parts }: EmitKeysOptions,
  records: RawBytesWriter,
): void {
  const order = new OrderWriter();
  keyRuns.forEach(({ path, sections }, number) => {
    const run = firstRun + number;
    const source = new RunFileReader(path);
    try {
      sections.forEach((section, place) => {
        const emit = (kind: BlockKind, offset: number, value: Uint8Array) => {
          // One group for a part: its reducer must know all sections before it counts.
          const key = { chunk: 0, shard: section.part, kind, map, run, offset };
          records.write(encodeBlockKey(key, section.part, parts, order.bytes()), value);
        };
        order.clear();
        emit(BlockKind.header, SECTIONS_AT + place, Buffer.from(JSON.stringify(section)));
        for (const ref of section.blocks) {
          const block = source.read(ref);
          order.clear();
          order.integer(section.chunk);
          for (let i = 0; i < HASH_BYTES; i++) order.byte(block[i]);
          emit(BlockKind.rows, ref.offset, block);
        }
      });
    } finally {
      source.close();
    }
  });
}
