import { HyperUniqueArena } from '../../rollup/hyperUnique/hyperUniqueArena.ts';

const HASH_BYTES = 16;

/**
 * Druid's own estimate of distinct group keys, for `--quirks druid`: one `HyperLogLogCollector` per map task and time chunk, folded
 * by a reducer. What folds forget depends on the splits (docs/quirks.md, row 9).
 */
export class DruidKeyCardinality {
  readonly #arena = new HyperUniqueArena();
  readonly #collector = this.#arena.create();

  /** Adds keys by their hashes: 16 bytes each in `hashes`, keys `from` up to `to`. */
  add(hashes: Uint8Array, from: number, to: number): void {
    for (let key = from; key < to; key++) this.#arena.addHash(this.#collector, hashes, key * HASH_BYTES);
  }

  /** The collector's image in base64, as a map task leaves it in its manifest. */
  toText(): string {
    const image = Buffer.alloc(this.#arena.serializedLength(this.#collector));
    this.#arena.serialize(this.#collector, image, 0);
    return image.toString('base64');
  }
}

/**
 * Folds the collectors of a time chunk into an empty one and estimates from that, in memory and rounded, as
 * `DetermineCardinalityReducer` does.
 *
 * @param texts what `toText` gave for each split, in split order
 */
export function estimateDruidKeys(texts: readonly string[]): number {
  const arena = new HyperUniqueArena();
  const folded = arena.create();
  for (const text of texts) {
    const image = Buffer.from(text, 'base64');
    arena.fold(folded, image, 0, image.length);
  }
  return Math.round(arena.estimate(folded));
}
