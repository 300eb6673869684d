import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { progressDisplay } from '../../src/cli/progress/progressDisplay.ts';
import { PhaseClock, progressBarText, progressLine } from '../../src/cli/progress/progressText.ts';
import type { IndexProgress } from '../../src/mapreduce/index/indexReport.ts';
import { TestIo } from './testIo.ts';

const READING: IndexProgress = {
  phase: 'read',
  bytes: 1_240_000_000,
  bytesTotal: 2_000_000_000,
  rows: 12_345_678,
  tasksDone: 3,
  tasksTotal: 40,
};
const MERGING: IndexProgress = { ...READING, phase: 'merge', rows: 1 };
const STORING: IndexProgress = { ...READING, phase: 'store', tasksDone: 40 };

const bare = (text: string) => text;

describe('progressLine', () => {
  test('reading goes by bytes', () => {
    expect(progressLine(READING, 12.5)).toBe(
      'reading: 62%, 1.24 GB of 2.00 GB, 12,345,678 rows, 987,654 rows/s, 8 s left',
    );
  });

  test('merging goes by segments', () => {
    expect(progressLine(MERGING, 20)).toBe('merging: 7%, 3 of 40 segments, 1 row, 0 rows/s, 4 min 07 s left');
  });

  test('shards are found by reading, or from what was read', () => {
    expect(progressLine({ ...READING, phase: 'determine' }, 0)).toBe(
      'finding shards: 62%, 1.24 GB of 2.00 GB, 12,345,678 rows',
    );
    const counting: IndexProgress = { ...READING, phase: 'determine', bytesTotal: 0, tasksTotal: 6, rows: 7 };
    expect(progressLine(counting, 0)).toBe('finding shards: 50%, 3 of 6 parts, 7 rows');
    expect(progressLine({ ...counting, phase: 'scatter' }, 0)).toBe('cutting into shards: 50%, 3 of 6 runs, 7 rows');
  });

  test('storing has no rows', () => {
    expect(progressLine(STORING, 20)).toBe('storing: 100%, 40 of 40 segments');
  });

  test('no rates of the first moments, no guess from less than a hundredth', () => {
    expect(progressLine(READING, 0.4)).toBe('reading: 62%, 1.24 GB of 2.00 GB, 12,345,678 rows');
    expect(progressLine(READING, 1.9)).toBe('reading: 62%, 1.24 GB of 2.00 GB, 12,345,678 rows, 6,497,725 rows/s');
    expect(progressLine({ ...READING, bytes: 1e7, rows: 50 }, 5)).toBe(
      'reading: 0%, 10.0 MB of 2.00 GB, 50 rows, 10 rows/s',
    );
  });

  test('no 100% before the end, and none of nothing', () => {
    expect(progressLine({ ...READING, bytes: 1_999_999_999, rows: 0 }, 0)).toBe(
      'reading: 99%, 2.00 GB of 2.00 GB, 0 rows',
    );
    expect(progressLine({ ...READING, bytes: 0, bytesTotal: 0, rows: 0 }, 0)).toBe('reading: 0%, 0 B of 0 B, 0 rows');
  });
});

describe('progressBarText', () => {
  test('at several widths', () => {
    expect(progressBarText(READING, 12.5, 110, bare)).toBe(
      'reading  ██████████████░░░░░░░░░░  62%  1.24 GB of 2.00 GB  12,345,678 rows  987,654 rows/s  8 s left',
    );
    expect(progressBarText(READING, 12.5, 80, bare)).toBe(
      'reading  ███████░░░░░  62%  1.24 GB of 2.00 GB  12,345,678 rows  987,654 rows/s',
    );
    expect(progressBarText(READING, 12.5, 50, bare)).toBe('reading  █████████░░░░░░  62%  1.24 GB of 2.00 GB');
  });

  test('never wider than the terminal', () => {
    const number = fc.nat();
    fc.assert(
      fc.property(number, number, number, fc.integer({ min: 16, max: 200 }), (bytes, rows, seconds, columns) => {
        const progress = { ...READING, bytes, bytesTotal: bytes * 2, rows };
        expect(progressBarText(progress, seconds, columns, bare).length).toBeLessThan(columns);
      }),
      { numRuns: 200 },
    );
  });
});

test('PhaseClock starts anew with each phase', () => {
  const clock = new PhaseClock();
  expect([clock.seconds('read', 1000), clock.seconds('read', 4000), clock.seconds('merge', 4500)]).toEqual([0, 3, 0]);
});

describe('progressDisplay', () => {
  test('without a terminal a line every five seconds', () => {
    const io = new TestIo();
    const display = progressDisplay(io, false);
    for (let second = 0; second <= 12; second++) {
      io.time = second * 1000;
      display.update({ ...READING, bytes: second * 1e8, rows: second * 10 });
    }
    display.stop();
    io.time = 60_000;
    display.update(READING);
    expect(io.stderr.text).toBe(
      'reading: 25%, 500 MB of 2.00 GB, 50 rows, 10 rows/s, 15 s left\n' +
        'reading: 50%, 1.00 GB of 2.00 GB, 100 rows, 10 rows/s, 10 s left\n',
    );
  });

  test('on a terminal a bar, which is gone at the end', () => {
    const io = new TestIo({ terminal: { columns: 90 } });
    const display = progressDisplay(io, false);
    display.update({ ...READING, bytes: 0, rows: 0 });
    io.time = 3000;
    display.update(READING);
    display.stop();
    const { text } = io.stderr;
    expect(stripVTControlCharacters(text)).toContain('reading  ░░░░░░░░░░░░░░░░░░░░░░░░  0%  0 B of 2.00 GB  0 rows');
    expect(stripVTControlCharacters(text)).toContain('62%  1.24 GB of 2.00 GB  12,345,678 rows  4,115,226 rows/s');
    // Cursor shown again, position restored, line cleared.
    expect(text.endsWith('\u001b[?25h\u001b[?7h\u001b8\u001b[1G\u001b[2K')).toBe(true);
    display.update(READING);
    display.stop();
    expect(io.stderr.text).toBe(text);
    expect(io.stdout.text).toBe('');
  });

  test('NO_COLOR leaves the bar without colors, a dumb terminal without a bar', () => {
    const drawn = (env: Record<string, string>) => {
      const io = new TestIo({ terminal: { columns: 90 }, env });
      const display = progressDisplay(io, false);
      display.update(READING);
      display.stop();
      return io.stderr.text;
    };
    expect(drawn({})).toContain('\u001b[36m█');
    expect(drawn({ NO_COLOR: '1' })).not.toContain('\u001b[36m');
    expect(drawn({ NO_COLOR: '1' })).toContain('█');
    expect(drawn({ TERM: 'dumb' })).toBe('');
  });

  test('quiet is quiet', () => {
    const io = new TestIo({ terminal: { columns: 90 } });
    const display = progressDisplay(io, true);
    display.update(READING);
    display.stop();
    expect(io.stderr.text).toBe('');
  });
});
