import { describe, expect, test } from 'vitest';
import { errorMessages, errorText, samplesOf } from '../../src/cli/errorText.ts';
import { BadRowsError } from '../../src/mapreduce/index/errors.ts';
import { StorageError } from '../../src/storage/local/StorageError.ts';

class JobError extends Error {
  override readonly name = 'JobError';
}

describe('errorText', () => {
  test('the message as it is, causes below', () => {
    const error = new JobError('the job failed', { cause: new JobError('the disk is full', { cause: 'ENOSPC' }) });
    expect(errorText(error, false)).toBe('segmill: the job failed\n  because: the disk is full\n  because: ENOSPC\n');
  });

  test('a cause that the message has told already is left out', () => {
    const cause = new JobError('it rained');
    expect(errorMessages(new JobError('late, for it rained', { cause }))).toEqual(['late, for it rained']);
  });

  test('a system error that is told in words is left out', () => {
    const system = Object.assign(new Error("ENOENT: no such file or directory, open 'a'"), {
      code: 'ENOENT',
      syscall: 'open',
    });
    expect(errorMessages(new StorageError('open a', 'a', system))).toEqual([
      'Cannot open a: no such file or directory.',
    ]);
    expect(errorMessages(new JobError('no input', { cause: system }))).toEqual(['no input', system.message]);
  });

  test('all errors of an aggregate', () => {
    const error = new AggregateError([new JobError('one'), new JobError('two')], 'both ways failed');
    expect(errorMessages(error)).toEqual(['both ways failed', 'one', 'two']);
  });

  test('a circle of causes ends', () => {
    const error = new JobError('round');
    error.cause = new JobError('and round', { cause: error });
    expect(errorMessages(error)).toEqual(['round', 'and round']);
  });

  test('no secrets, and nothing that a terminal obeys', () => {
    const error = new JobError('cannot connect to jdbc:postgresql://h/d?password=geheim&x=1 \u001b[2J\nat all');
    expect(errorText(error, false)).toBe(
      'segmill: cannot connect to jdbc:postgresql://h/d?password=***&x=1 \\u001b[2J\nat all\n',
    );
  });

  test('defects are called so', () => {
    expect(errorText(new TypeError('x is undefined'), false)).toBe(
      'segmill: x is undefined\n' +
        'This looks like a defect of segmill: run it again with --debug and report what it prints, please.\n',
    );
  });

  test('--debug adds the stacks', () => {
    const text = errorText(new JobError('outer', { cause: new JobError('inner') }), true);
    expect(text).toMatch(
      /^segmill: outer\n {2}because: inner\n\w*Error: outer\n {4}at [\s\S]*\n\w*Error: inner\n {4}at /,
    );
  });

  test('things thrown that are no errors', () => {
    expect(errorMessages('text')).toEqual(['text']);
    expect(errorMessages(new JobError(''))).toEqual(['JobError']);
  });
});

test('samplesOf finds the rows that an error brings', () => {
  const sample = { reason: 'malformed' as const, path: 'a', line: 1, offset: 1, message: 'm', text: 't' };
  expect(samplesOf(new BadRowsError(1, 0, [sample]))).toEqual([sample]);
  expect(samplesOf(new Error('x'))).toEqual([]);
  expect(samplesOf(Object.assign(new Error('x'), { details: { samples: 3 } }))).toEqual([]);
});
