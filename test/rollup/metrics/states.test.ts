import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NumericByTimeState } from '../../../src/rollup/metrics/byTimeState.ts';
import { DoubleState } from '../../../src/rollup/metrics/doubleState.ts';
import { HyperUniqueState } from '../../../src/rollup/metrics/hyperUniqueState.ts';
import { LongState, type NumericOperation } from '../../../src/rollup/metrics/longState.ts';
import type { MetricState } from '../../../src/rollup/metrics/metricState.ts';
import { StringByTimeState } from '../../../src/rollup/metrics/stringByTimeState.ts';
import { addText, addUnique } from './add.ts';
import { stored, throughBlock } from './capture.ts';

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);
const ROWS = 3;

/** A kind of metric: how to make a state, and how to add a random input to it. */
interface Kind<S extends MetricState, I> {
  readonly make: () => S;
  readonly add: (state: S, row: number, input: I) => void;
  readonly input: fc.Arbitrary<I>;
}

/**
 * Whatever way a sequence of inputs is cut into runs, the runs folded in their order must store what one run stores. Every run
 * goes through a block; rows that no input touched stay empty.
 */
function expectFoldsInOrder<S extends MetricState, I>({ make, add, input }: Kind<S, I>): void {
  const inputs = fc.array(fc.tuple(fc.nat(ROWS - 1), input), { maxLength: 25 });
  fc.assert(
    fc.property(fc.array(inputs, { maxLength: 4 }), (runs) => {
      const whole = make();
      whole.ensure(ROWS);
      const folded = make();
      folded.ensure(ROWS);
      const run = make();
      run.ensure(ROWS);
      const read = make();
      for (const some of runs) {
        for (const [row, value] of some) {
          add(whole, row, value);
          add(run, row, value);
        }
        throughBlock(run, [2, 0, 1], read);
        for (const [place, row] of [2, 0, 1].entries()) folded.fold(row, read, place);
        run.clear(ROWS);
      }
      expect(stored(folded, ROWS)).toEqual(stored(whole, ROWS));
    }),
    { numRuns: 60 },
  );
}

const long = fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: LONG_MIN, max: LONG_MAX }));
const addLong = (state: LongState, row: number, value: bigint) =>
  state.add(row, Number(BigInt.asIntN(32, value)), Number(value >> 32n));
/** Sums of these are exact in any order, in floats too. */
const eighths = fc.integer({ min: -4000, max: 4000 }).map((value) => value / 8);
const special = fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1, -1);
const time = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-(2 ** 52), 2 ** 52));
const text = fc.constantFrom(null, '', 'a', 'b', 'Zürich', '😀😀');

const OPERATIONS: readonly NumericOperation[] = ['sum', 'min', 'max', 'any'];

describe('runs folded in order store what one run stores', () => {
  test.each(OPERATIONS)('long %s', (operation) => {
    expectFoldsInOrder({ make: () => new LongState(operation, false), add: addLong, input: long });
  });
  test.each(OPERATIONS.flatMap((operation) => [false, true].map((single) => ({ operation, single }))))(
    'double $operation, single $single',
    ({ operation, single }) => {
      expectFoldsInOrder({
        make: () => new DoubleState(operation, single, false),
        add: (state, row, value: number) => state.add(row, value),
        input: operation === 'sum' ? eighths : fc.oneof(eighths, special),
      });
    },
  );
  test.each(['first', 'last'] as const)('number %s', (operation) => {
    for (const type of ['long', 'double', 'float'] as const) {
      expectFoldsInOrder({
        make: () => new NumericByTimeState(operation, type),
        add: (state, row, [at, value]: [number, number | null]) => {
          const words = type === 'long' ? [value ?? 0, (value ?? 0) < 0 ? -1 : 0] : wordsOf(value ?? 0);
          state.add(row, at, words[0], words[1], value === null ? 1 : 0);
        },
        input: fc.tuple(time, fc.option(fc.integer({ min: -9, max: 9 }))),
      });
    }
  });
  test.each(['first', 'last'] as const)('text %s', (operation) => {
    expectFoldsInOrder({
      make: () => new StringByTimeState(operation, 5),
      add: (state, row, [at, value]: [number, string | null]) => addText(state, row, at, value),
      input: fc.tuple(time, text),
    });
  });
  test('hyperUnique', () => {
    expectFoldsInOrder({
      make: () => new HyperUniqueState(),
      add: addUnique,
      input: fc.oneof(fc.constant(''), fc.nat(5000).map(String)),
    });
  });
});

function wordsOf(value: number): Int32Array {
  return new Int32Array(Float64Array.of(value).buffer);
}

describe('LongState', () => {
  const over = (operation: NumericOperation, values: readonly bigint[], nullIsZero = false) => {
    const state = new LongState(operation, nullIsZero);
    state.ensure(1);
    for (const value of values) addLong(state, 0, value);
    return stored(state, 1)[0];
  };

  test('sums as BigInt does, wrapping around at 64 bits', () => {
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 8 }), (values) => {
        expect(over('sum', values)).toBe(
          BigInt.asIntN(
            64,
            values.reduce((sum, value) => sum + value, 0n),
          ),
        );
      }),
      { numRuns: 200 },
    );
    expect(over('sum', [LONG_MAX, 1n])).toBe(LONG_MIN);
    expect(over('sum', [LONG_MIN, -1n])).toBe(LONG_MAX);
    expect(over('sum', [0xffffffffn, 1n])).toBe(2n ** 32n);
  });

  test('finds the least and the greatest', () => {
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 8 }), (values) => {
        const sorted = [...values].sort((a, b) => (a < b ? -1 : Number(a > b)));
        expect([over('min', values), over('max', values)]).toEqual([sorted[0], sorted.at(-1)]);
        expect(over('any', values)).toBe(values[0]);
      }),
      { numRuns: 200 },
    );
  });

  test('is null, or 0 if so wanted, over nothing', () => {
    for (const operation of OPERATIONS) expect([over(operation, []), over(operation, [], true)]).toEqual([null, 0n]);
  });
});

describe('DoubleState', () => {
  const over = (operation: NumericOperation, values: readonly number[], single = false) => {
    const state = new DoubleState(operation, single, false);
    state.ensure(1);
    for (const value of values) state.add(0, value);
    return stored(state, 1)[0];
  };

  test("min and max are Java's Math.min and Math.max", () => {
    expect(over('min', [0, -0])).toBe(-0);
    expect(over('min', [-0, 0])).toBe(-0);
    expect(over('max', [0, -0])).toBe(0);
    expect(over('max', [-0, 0])).toBe(0);
    expect(over('max', [-0])).toBe(-0);
    for (const operation of ['min', 'max'] as const) {
      expect(over(operation, [1, Number.NaN, 2])).toBe(Number.NaN);
      expect(over(operation, [Number.NaN, 1])).toBe(Number.NaN);
    }
    expect(over('min', [Infinity, -Infinity])).toBe(-Infinity);
  });

  test('sums begin at 0.0, so -0.0 is lost', () => {
    expect(over('sum', [-0])).toBe(0);
    expect(over('sum', [-0, -0])).toBe(0);
    expect(over('sum', [Infinity, -Infinity])).toBe(Number.NaN);
  });

  test('float sums round to 32 bits at every step', () => {
    const values = [16_777_216, 1, 1, 0.1];
    expect(over('sum', values)).toBe(16_777_218.1);
    const rounded = values.reduce((sum, value) => Math.fround(sum + Math.fround(value)), 0);
    expect(rounded).toBe(16_777_216);
    expect(over('sum', values, true)).toBe(rounded);
  });

  test('any keeps the first value, NaN too', () => {
    expect(over('any', [Number.NaN, 1])).toBe(Number.NaN);
    expect(over('any', [-0, 1])).toBe(-0);
    expect(over('any', [])).toBe(null);
  });
});

describe('NumericByTimeState', () => {
  const over = (operation: 'first' | 'last', pairs: readonly (readonly [number, number | null])[]) => {
    const state = new NumericByTimeState(operation, 'double');
    state.ensure(1);
    for (const [at, value] of pairs) {
      const [low, high] = wordsOf(value ?? 0);
      state.add(0, at, low, high, value === null ? 1 : 0);
    }
    return stored(state, 1)[0];
  };

  test('the first of equal times stays first, the last becomes last', () => {
    expect(
      over('first', [
        [5, 1],
        [5, 2],
        [6, 3],
      ]),
    ).toEqual([5n, 1]);
    expect(
      over('last', [
        [4, 0],
        [5, 1],
        [5, 2],
      ]),
    ).toEqual([5n, 2]);
  });

  test('nulls are candidates', () => {
    expect(
      over('first', [
        [5, 1],
        [4, null],
      ]),
    ).toEqual([4n, null]);
    expect(
      over('last', [
        [5, 1],
        [5, null],
      ]),
    ).toEqual([5n, null]);
  });

  test("without a row: the ends of Java's long", () => {
    expect(over('first', [])).toEqual([LONG_MAX, null]);
    expect(over('last', [])).toEqual([LONG_MIN, null]);
  });

  test('times before 1970 and beyond 32 bits are kept', () => {
    for (const at of [-1, -(2 ** 32), -(2 ** 32) - 1, 2 ** 32, 2 ** 52 + 1, -(2 ** 52) - 1]) {
      expect(over('last', [[at, 1.5]])).toEqual([BigInt(at), 1.5]);
    }
  });
});

describe('StringByTimeState', () => {
  const over = (operation: 'first' | 'last', pairs: readonly (readonly [number, string | null])[], most = 1024) => {
    const state = new StringByTimeState(operation, most);
    state.ensure(1);
    for (const [at, value] of pairs) addText(state, 0, at, value);
    const bytes = Buffer.from(stored(state, 1)[0] as string, 'hex');
    expect(bytes.length).toBe(12 + bytes.readInt32BE(8));
    return [bytes.readBigInt64BE(0), bytes.toString('utf8', 12)];
  };

  test("over nothing, or nulls: the ends of Druid's time, and no text", () => {
    for (const pairs of [[], [[5, null]] as const]) {
      expect(over('first', pairs)).toEqual([4611686018427387903n, '']);
      expect(over('last', pairs)).toEqual([-4611686018427387904n, '']);
    }
  });

  test('nulls are passed over, empty texts are not', () => {
    expect(
      over('first', [
        [5, 'a'],
        [4, null],
      ]),
    ).toEqual([5n, 'a']);
    expect(
      over('first', [
        [5, 'a'],
        [4, ''],
      ]),
    ).toEqual([4n, '']);
    expect(
      over('last', [
        [5, 'a'],
        [5, 'b'],
        [4, 'c'],
      ]),
    ).toEqual([5n, 'b']);
  });

  test.each([
    ['Zürich', 1, 'Z'],
    ['Zürich', 2, 'Z'],
    ['Zürich', 3, 'Zü'],
    ['日本語', 8, '日本'],
    ['😀😀', 7, '😀'],
    ['😀', 3, ''],
    ['abc', 0, ''],
  ])('chops %j to %i bytes', (value, most, expected) => {
    expect(over('first', [[5, value]], most)).toEqual([5n, expected]);
  });

  test('memory grows with texts and is free after clear', () => {
    const state = new StringByTimeState('last', 1024);
    state.ensure(1);
    const empty = state.extraMemory();
    addText(state, 0, 1, 'x'.repeat(1000));
    expect(state.extraMemory() - empty).toBeGreaterThanOrEqual(1000);
    state.clear(1);
    expect(state.extraMemory()).toBe(empty);
  });
});
