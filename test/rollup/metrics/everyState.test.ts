import { describe, expect, test } from 'vitest';
import { NumericByTimeState } from '../../../src/rollup/metrics/byTimeState.ts';
import { DoubleState } from '../../../src/rollup/metrics/doubleState.ts';
import { HyperUniqueState } from '../../../src/rollup/metrics/hyperUniqueState.ts';
import { LongState } from '../../../src/rollup/metrics/longState.ts';
import type { MetricState } from '../../../src/rollup/metrics/metricState.ts';
import { StringByTimeState } from '../../../src/rollup/metrics/stringByTimeState.ts';
import { addText, addUnique } from './add.ts';
import { stored, throughBlock } from './capture.ts';

describe('every state', () => {
  const KINDS: readonly [string, () => MetricState, (state: never, row: number) => void][] = [
    ['long', () => new LongState('sum', false), (state: LongState, row) => state.add(row, 7, 0)],
    ['float', () => new DoubleState('max', true, false), (state: DoubleState, row) => state.add(row, 7)],
    [
      'first',
      () => new NumericByTimeState('first', 'long'),
      (state: NumericByTimeState, row) => state.add(row, 3, 7, 0, 0),
    ],
    ['text', () => new StringByTimeState('last', 9), (state: StringByTimeState, row) => addText(state, row, 3, 'x')],
    ['unique', () => new HyperUniqueState(), (state: HyperUniqueState, row) => addUnique(state, row, 'x')],
  ];

  test.each(KINDS)('%s keeps its rows while it grows, and none after clear', (_name, make, add) => {
    const state = make();
    state.ensure(2);
    add(state as never, 1);
    state.ensure(3000);
    add(state as never, 2999);
    const [empty, full] = stored(state, 2);
    expect(empty).not.toEqual(full);
    const all = stored(state, 3000);
    expect(all.map((value, row) => (String(value) === String(full) ? row : -1)).filter((row) => row >= 0)).toEqual([
      1, 2999,
    ]);
    expect(new Set(all.map(String)).size).toBe(2);
    state.clear(3000);
    expect(new Set(stored(state, 3000).map(String))).toEqual(new Set([String(empty)]));
  });

  test.each(KINDS)('%s takes over the rows of a block', (_name, make, add) => {
    const [source, read, taking] = [make(), make(), make()];
    source.ensure(4);
    add(source as never, 1);
    add(source as never, 3);
    throughBlock(source, [3, 0, 1, 2], read);
    taking.ensure(6);
    taking.take(1, read, 4);
    const [empty, full] = stored(source, 2);
    expect(stored(taking, 6)).toEqual([empty, full, empty, full, empty, empty]);
  });

  test.each(KINDS)('%s appends the rows of a block, and then those of another', (_name, make, add) => {
    const [source, read] = [make(), make()];
    source.ensure(2);
    add(source as never, 1);
    const [empty, full] = stored(source, 2);
    throughBlock(source, [1, 0, 1], read);
    expect(stored(read, 3)).toEqual([full, empty, full]);
    throughBlock(source, [0, 1, 1, 1], read);
    expect(stored(read, 4)).toEqual([empty, full, full, full]);
    throughBlock(source, [1], read);
    expect(stored(read, 1)).toEqual([full]);
  });

  test.each(KINDS)('%s writes and reads no rows', (_name, make) => {
    const read = make();
    throughBlock(make(), [], read);
    expect(stored(read, 0)).toEqual([]);
  });
});
