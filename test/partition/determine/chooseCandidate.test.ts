import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  chooseCandidate,
  NoPartitionDimensionError,
} from '../../../src/partition/determine/chooseCandidate.ts';
import type { CutRanges } from '../../../src/partition/determine/cutRanges.ts';
import { javaHashOrder } from '../../../src/partition/determine/javaHashOrder.ts';

function candidate(name: string, rows: readonly number[], values = rows.length, largest = 1): Candidate {
  const ranges = rows.map((count) => ({ start: null, end: null, rows: count, values: 1 }));
  const cut: CutRanges = {
    ranges,
    rows: rows.reduce((sum, count) => sum + count, 0),
    values,
    largest: { tuple: ['x'.repeat(largest > 90 ? 70 : 1)], rows: largest },
  };
  return { dimensions: [name], cut };
}

const options = {
  chunk: Date.UTC(2024, 2, 1),
  keys: 100,
  limits: { targetRows: 50, maxRows: 75 },
  samplingFactor: 1,
  druidTies: false,
};

describe('the candidate taken', () => {
  test('has shards nearest to the target', () => {
    expect(chooseCandidate([candidate('a', [30, 70]), candidate('b', [48, 52])], options).dimensions).toEqual(['b']);
  });

  test('of equals is the first of the spec, for Druid of a HashMap', () => {
    const equal = ['éé', 'dim0', 'Zeta_b'].map((name) => candidate(name, [50, 50]));
    expect(chooseCandidate(equal, options).dimensions).toEqual(['éé']);
    expect(chooseCandidate(equal, { ...options, druidTies: true }).dimensions).toEqual(['Zeta_b']);
  });

  test('is the one of most values where it has more than three million', () => {
    const near = candidate('near', [50, 50]);
    expect(chooseCandidate([near, candidate('many', [30, 70], 3_000_000)], options).dimensions).toEqual(['near']);
    expect(chooseCandidate([near, candidate('many', [30, 70], 3_000_001)], options).dimensions).toEqual(['many']);
  });

  test('by squared distances in whole numbers', () => {
    // Means of 1/2 and 0: Druid divides whole numbers, so both are 0 and the first is taken.
    const [off, exact] = [candidate('off', [49, 50]), candidate('exact', [50, 50])];
    const keys = { ...options, keys: 99 };
    expect(chooseCandidate([off], keys).dimensions).toEqual(['off']);
    expect(chooseCandidate([{ ...off, cut: { ...off.cut!, rows: 100 } }, exact], options).dimensions).toEqual(['off']);
  });
});

test('a sentence per candidate where none is fit', () => {
  const candidates = [
    { dimensions: ['mv', 's1'], cut: null },
    candidate('some', [50, 40]),
    candidate('hot', [20, 80], 2, 80),
    candidate('long', [5, 95], 2, 95),
    candidate('tail', [24, 76], 9, 20),
  ];
  expect(() => chooseCandidate(candidates, options)).toThrow(
    new NoPartitionDimensionError(options.chunk, [
      'mv, s1: rows have several values in it',
      'some: only 90 of 100 rows were counted in it',
      'hot: the value "x" alone has 80 rows, and maxRowsPerSegment allows 75',
      `long: the value "${'x'.repeat(60)}..." alone has 95 rows, and maxRowsPerSegment allows 75`,
      'tail: a segment would have 76 rows, and maxRowsPerSegment allows 75',
    ]),
  );
  expect(new NoPartitionDimensionError(options.chunk, ['mv: rows have several values in it']).message).toBe(
    'The rows of the time chunk that starts at 2024-03-01T00:00:00.000Z cannot be cut into ranges.\n' +
      '  mv: rows have several values in it\n' +
      'Name another partitionDimension, raise maxRowsPerSegment or targetRowsPerSegment, or use hashed partitioning.',
  );
});

test('tuples are shown whole', () => {
  const both: Candidate = {
    dimensions: ['a', 'b'],
    cut: { ranges: [], rows: 100, values: 1, largest: { tuple: [null, ''], rows: 100 } },
  };
  expect(() => chooseCandidate([both], options)).toThrow(
    /^ {2}a, b: the values null, "" alone have 100 rows, and maxRowsPerSegment allows 75$/m,
  );
  expect(() => chooseCandidate([both], { ...options, samplingFactor: 3 })).toThrow(
    /^ {2}a, b: .* alone have 100 rows, and maxRowsPerSegment allows 75, of a sample of 1 in 3$/m,
  );
});

// Orders of Java 17's HashMap<List<String>, ...>.
test.each([
  [3, [0, 2, 1]],
  [12, [6, 0, 1, 5, 9, 4, 10, 2, 3, 8, 11, 7]],
  [13, [7, 0, 1, 6, 4, 9, 10, 11, 2, 3, 5, 12, 8]],
  [30, [24, 8, 9, 25, 26, 5, 27, 14, 6, 7, 2, 3, 15, 16, 4, 18, 0, 1, 17, 10, 20, 21, 22, 23, 28, 12, 11, 29, 13, 19]],
])('HashMap of %d names', (count, order) => {
  const names = Array.from({ length: count }, (_, i) =>
    i % 3 === 0 ? `dim${i}` : i % 3 === 1 ? `Zeta_${String.fromCharCode(97 + i)}` : `é😀${i}`,
  ).sort();
  expect(javaHashOrder(names)).toEqual(order);
});
