import type { FirstSight, FoundDimension } from '../../rollup/run/run.ts';
import type { FoundDimensions } from '../../row/dimension/foundDimensions.ts';

/** Bytes of a row's murmur3_128. */
export const HASH_BYTES = 16;

/** What the rows in memory come to Druid's reducer by. */
export interface ArrivalKeys {
  /** Truncated time of each row by the query granularity, epoch milliseconds. */
  readonly timeOf: (row: number) => number;
  /** murmur3_128 of each row's group key, as Guava's `asBytes`. */
  readonly hashes: Uint8Array;
}

/**
 * The dimensions of a section that were found in the data, and where Druid's reducer meets each one first. Its incremental index takes
 * up dimensions in the order of arrival, and rows arrive by truncated time, then by the hash of their group key
 * (SortableBytes); within a row the order of its fields counts. Of the shapes of rows only the first row of each matters.
 *
 * @param rows rows of the section, `order[from..to)`
 */
export class SectionSights {
  readonly #found: FoundDimensions;
  readonly #keys: ArrivalKeys;
  readonly #more = new Map<number, number[]>();
  /** By shape: the row that arrives first, or -1. */
  readonly #firstRows: Int32Array;

  constructor(found: FoundDimensions, keys: ArrivalKeys) {
    this.#found = found;
    this.#keys = keys;
    this.#firstRows = new Int32Array(found.shapes).fill(-1);
    found.eachMore((row, shape) => {
      const shapes = this.#more.get(row);
      if (shapes === undefined) this.#more.set(row, [shape]);
      else shapes.push(shape);
    });
  }

  /** In the order of the active dimensions. @param order rows; those of the section are `order[from..to)` */
  of(order: Int32Array, from: number, to: number): FoundDimension[] {
    const shapes = this.#shapesOf(order, from, to);
    const firsts: (FirstSight | null)[] = this.#found.active.map(() => null);
    for (const { row, shape } of shapes) {
      const time = this.#keys.timeOf(row);
      this.#found.placesOf(shape).forEach((dimension, place) => {
        firsts[dimension] ??= { time, hash: this.#hashText(row), place };
      });
    }
    return this.#found.active.map(({ name }, i) => ({ name, first: firsts[i] }));
  }

  /** The shapes of a section, each with the row that arrives first, in the order of their arrival. */
  #shapesOf(order: Int32Array, from: number, to: number): { row: number; shape: number }[] {
    const firstRows = this.#firstRows;
    const shapes: number[] = [];
    const see = (row: number, shape: number): void => {
      const first = firstRows[shape];
      if (first < 0) shapes.push(shape);
      if (first < 0 || this.#compare(row, first) < 0) firstRows[shape] = row;
    };
    for (let i = from; i < to; i++) {
      const row = order[i];
      see(row, this.#found.shapeOf(row));
    }
    // Records of another shape that joined a row come behind the one that made it.
    if (this.#more.size > 0) {
      for (let i = from; i < to; i++) for (const shape of this.#more.get(order[i]) ?? []) see(order[i], shape);
    }
    const sights = shapes.map((shape) => ({ row: firstRows[shape], shape }));
    for (const shape of shapes) firstRows[shape] = -1;
    const ofRow = ({ row, shape }: { row: number; shape: number }) => (this.#found.shapeOf(row) === shape ? 0 : 1);
    return sights.sort((a, b) => this.#compare(a.row, b.row) || ofRow(a) - ofRow(b));
  }

  /** By time and hash, then by position. */
  #compare(a: number, b: number): number {
    const { timeOf, hashes } = this.#keys;
    const times = compareArrivalTimes(timeOf(a), timeOf(b));
    if (times !== 0) return times;
    for (let i = 0; i < HASH_BYTES; i++) {
      const difference = hashes[a * HASH_BYTES + i] - hashes[b * HASH_BYTES + i];
      if (difference !== 0) return difference;
    }
    return a - b;
  }

  #hashText(row: number): string {
    const { hashes } = this.#keys;
    return Buffer.from(hashes.buffer, hashes.byteOffset + row * HASH_BYTES, HASH_BYTES).toString('hex');
  }
}

/** Keys are compared byte by byte, so that times before the epoch come last. */
function compareArrivalTimes(a: number, b: number): number {
  return Number(a < 0) - Number(b < 0) || a - b;
}

/**
 * The dimensions found in all sections of a shard, in the order in which Druid's reducer meets them.
 *
 * @param sections the found dimensions of each, in position order
 */
export function orderOfArrival(sections: readonly (readonly FoundDimension[])[]): string[] {
  const firsts = new Map<string, FirstSight & { readonly section: number }>();
  sections.forEach((found, section) => {
    for (const { name, first } of found) {
      if (first === null) continue;
      const known = firsts.get(name);
      if (known === undefined || compareSights(first, known) < 0) firsts.set(name, { ...first, section });
    }
  });
  return [...firsts]
    .sort(([, a], [, b]) => compareSights(a, b) || a.section - b.section || a.place - b.place)
    .map(([name]) => name);
}

function compareSights(a: FirstSight, b: FirstSight): number {
  return compareArrivalTimes(a.time, b.time) || (a.hash < b.hash ? -1 : Number(a.hash > b.hash));
}
