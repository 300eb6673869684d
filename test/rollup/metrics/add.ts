import { murmur3x64_128 } from '../../../src/kernel/murmur3.ts';
import type { HyperUniqueState } from '../../../src/rollup/metrics/hyperUniqueState.ts';
import type { StringByTimeState } from '../../../src/rollup/metrics/stringByTimeState.ts';

const encoder = new TextEncoder();

/** Adds a text as a span inside other bytes, as fields lie in a block; null is no candidate. */
export function addText(state: StringByTimeState, row: number, at: number, value: string | null): void {
  if (value === null) return;
  const bytes = encoder.encode(`<${value}>`);
  state.add(row, at, bytes, 1, bytes.length - 1);
}

/** Adds a value as its aggregator hashes it. */
export function addUnique(state: HyperUniqueState, row: number, value: string): void {
  const bytes = encoder.encode(value);
  const hash = new Uint8Array(16);
  murmur3x64_128(bytes, 0, bytes.length, 0, hash, 0);
  state.addHash(row, hash, 0);
}
