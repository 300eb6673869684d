import { describe, expect, test } from 'vitest';
import { line, runChildJob } from '../input/childJob.ts';

/** In MiB. */
const PEAK_MAX = 640;

describe('5,000 columns', () => {
  const names = Array.from({ length: 5000 }, (_, i) => `d${i}`);
  const rows = Array.from({ length: 50 }, (_, row) => names.map((_name, i) => `v${(row % 3) + i}`));

  test.each([
    ['JSON', undefined, rows.map((values) => line(values.map((value, i) => `"d${i}":"${value}"`).join(',')))],
    ['CSV', { format: 'csv', columns: ['t', ...names] }, rows.map((values) => `2024-01-01T00:00:00Z,${values}\n`)],
  ])('%s', (_format, parse, input) => {
    const started = performance.now();
    const outcome = runChildJob({ input, dimensions: names, ...(parse === undefined ? {} : { parse }) });
    expect([outcome.code, outcome.counts?.processed, outcome.rowsStored]).toEqual([0, 50, 3]);
    expect(outcome.peakMiB).toBeLessThan(PEAK_MAX);
    // Growing the kernel's memory by and by would take minutes.
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

test.each([
  ['JSON', undefined, `{"t":"2024-01-01T00:00:00Z","page":[${'1,'.repeat(5_000_000)}1]}\n`],
  ['jsonLowercase', { format: 'jsonLowercase' }, `{"T":"2024-01-01T00:00:00Z","Page":[${'1,'.repeat(5_000_000)}1]}\n`],
  [
    'CSV',
    { format: 'csv', columns: ['t', 'page'], listDelimiter: '|' },
    `2024-01-01T00:00:00Z,${'1|'.repeat(5_000_000)}1\n`,
  ],
])('a list of 5,000,001 elements in %s', (_format, parse, row) => {
  const outcome = runChildJob({ input: [row], dimensions: ['page'], ...(parse === undefined ? {} : { parse }) });
  expect([outcome.code, outcome.counts?.processed, outcome.rowsStored]).toEqual([0, 1, 1]);
  expect(outcome.peakMiB).toBeLessThan(PEAK_MAX);
});
