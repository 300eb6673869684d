/** A source of random choices; the same seed makes the same ones. */
export class Randomness {
  private state: number;

  /** @param seed 32-bit */
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 up to `n`, exclusive. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Each with the given probability, in their order. */
  some<T>(from: readonly T[], probability: number): T[] {
    return from.filter(() => this.chance(probability));
  }

  /** Tommy Ettinger's generator (mulberry32): 32 bits of state, uniform in [0, 1). */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}
