import { expect, test } from 'vitest';
import { BadRowsError, NoDataError } from '../../../src/mapreduce/index/errors.ts';
import { newRowCounts, type RowSample } from '../../../src/row/rowCounts.ts';

const BAD_VALUE: RowSample = {
  reason: 'badValue',
  path: '/in/a.json',
  line: 3,
  offset: 0,
  message: 'a dimension or metric value is not of its type; it is stored as null',
  text: '{"n":"x"}',
};
const MALFORMED: RowSample = { ...BAD_VALUE, reason: 'malformed', offset: 10, message: 'not JSON', text: 'oops' };
const OUTSIDE: RowSample = {
  ...BAD_VALUE,
  reason: 'outsideIntervals',
  path: '/in/b.json',
  offset: 7,
  text: '{"ts":1}',
};

test('BadRowsError shows a row that is none, if there is one', () => {
  const error = new BadRowsError(3, 2, [BAD_VALUE, MALFORMED]);
  expect(error.message).toBe(
    '3 bad rows, but tuningConfig.maxParseExceptions allows 2. First seen: /in/a.json line 3 (byte 10): not JSON: oops\n' +
      'Mend the input, or raise maxParseExceptions: bad rows are then counted and left out.',
  );
  expect([error.name, error.retryable, error.details.samples.length]).toEqual(['BadRowsError', false, 2]);
});

test('BadRowsError: one row, a bad value, no sample', () => {
  expect(new BadRowsError(1, 0, [BAD_VALUE]).message).toBe(
    '1 bad row, but tuningConfig.maxParseExceptions allows 0. First seen: /in/a.json line 3 (byte 0): ' +
      'a dimension or metric value is not of its type; it is stored as null: {"n":"x"}\n' +
      'Mend the input, or raise maxParseExceptions: bad rows are then counted and left out.',
  );
  expect(new BadRowsError(1, 0, []).message).toBe(
    '1 bad row, but tuningConfig.maxParseExceptions allows 0.\n' +
      'Mend the input, or raise maxParseExceptions: bad rows are then counted and left out.',
  );
});

test('NoDataError says where the records went and what was wanted', () => {
  const counts = newRowCounts();
  counts.thrownAway = { outsideIntervals: 4, filtered: 3 };
  counts.unparseable = { malformed: 2, timestamp: 1 };
  const error = new NoDataError(counts, [{ start: 0, end: 86_400_000 }], [MALFORMED, OUTSIDE]);
  expect(error.message).toBe(
    'There is no data to index: of 10 records, 4 outside the intervals, 3 dropped by the filter, 2 malformed, ' +
      '1 without a readable timestamp. The spec wants 1970-01-01T00:00:00.000Z/1970-01-02T00:00:00.000Z. ' +
      'The first one outside: /in/b.json line 3 (byte 7): {"ts":1}',
  );
  expect([error.name, error.retryable, error.details.counts]).toEqual(['NoDataError', false, counts]);
});

test('NoDataError without intervals, and without records', () => {
  const counts = newRowCounts();
  expect(new NoDataError(counts, null, []).message).toBe(
    'There is no data to index: the input files hold no records. Check ioConfig.inputSpec.paths.',
  );
  counts.unparseable.malformed = 1;
  expect(new NoDataError(counts, null, [MALFORMED]).message).toBe(
    'There is no data to index: of 1 record, 1 malformed.',
  );
});
