import { describe, expect, test } from 'vitest';
import { passError } from '../../../../src/mapreduce/yarn/driver/passError.ts';
import type { FailedAttempt } from '../../../../src/mapreduce/yarn/driver/taskFailures.ts';

const labelOf = (kind: 'map' | 'reduce', number: number) => `${kind} ${number}`;
const FAILED = { id: 'application_1_0001', state: 'FAILED', diagnostics: 'exitCode: 1\n' } as const;

function attempt(id: string, more: Partial<FailedAttempt> = {}): FailedAttempt {
  return { id, error: null, diagnostics: '', stderr: '', ...more };
}

describe('passError', () => {
  test("is the task's own error where it left one", () => {
    const carried = { className: 'StorageError', message: 'Cannot read it.', stack: null, details: 7, retryable: true };
    const failures = [
      attempt('attempt_1_0001_m_000002_0', { diagnostics: 'subprocess failed with code 1' }),
      attempt('attempt_1_0001_m_000002_1000', { error: carried }),
    ];
    const error = passError(FAILED, failures, labelOf);
    expect(error).toMatchObject({ name: 'StorageError', details: 7, attempts: 2 });
    expect(error.message).toBe('Task map 2 failed twice, the last time so: Cannot read it.');
  });

  test('is of the task that the job failed for, where others failed and went on', () => {
    const carried = { className: 'StorageError', message: 'Cannot read it.', stack: null, details: 7, retryable: true };
    const failures = [
      attempt('attempt_1_0001_m_000000_0', { diagnostics: 'subprocess failed with code 9' }),
      attempt('attempt_1_0001_m_000000_1', { diagnostics: 'subprocess failed with code 9' }),
      attempt('attempt_1_0001_m_000002_0', { error: carried }),
    ];
    const failed = { ...FAILED, diagnostics: 'Task failed task_1_0001_m_000000\nJob failed as tasks failed.' };
    expect(passError(failed, failures, labelOf).message).toBe(
      'Task map 0 failed 2 times (attempt_1_0001_m_000000_1): subprocess failed with code 9',
    );
  });

  test('keeps the words of an error that is final', () => {
    const carried = { className: 'BadRowsError', message: '1 bad row.', stack: null, details: null, retryable: false };
    expect(passError(FAILED, [attempt('attempt_1_0001_m_000000_0', { error: carried })], labelOf).message).toBe(
      '1 bad row.',
    );
  });

  test('is what Hadoop says and the last words of a process that was killed', () => {
    const failure = attempt('attempt_1_0001_r_000003_0', {
      diagnostics: 'subprocess failed with code 3',
      stderr: 'FATAL ERROR: heap',
    });
    expect(passError(FAILED, [failure], labelOf).message).toBe(
      'Task reduce 3 failed once (attempt_1_0001_r_000003_0): subprocess failed with code 3\nIts last words:\nFATAL ERROR: heap',
    );
  });

  test('leaves out where in Hadoop it was noticed, and takes that for no reason', () => {
    // As Hadoop 3.4.2 says it of a process that ends with 3.
    const diagnostics =
      'Error: java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code 3\n' +
      '\tat org.apache.hadoop.streaming.PipeMapRed.waitOutputThreads(PipeMapRed.java:326)\n' +
      '\tat org.apache.hadoop.streaming.PipeMapRed.mapRedFinished(PipeMapRed.java:539)\n' +
      '\tat org.apache.hadoop.streaming.PipeMapper.close(PipeMapper.java:129)\n' +
      '\tat org.apache.hadoop.mapred.MapRunner.run(MapRunner.java:61)\n' +
      '\tat org.apache.hadoop.streaming.PipeMapRunner.run(PipeMapRunner.java:34)';
    expect(passError(FAILED, [attempt('attempt_1_0001_m_000000_0', { diagnostics })], labelOf).message).toBe(
      'Task map 0 failed once (attempt_1_0001_m_000000_0): Error: java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): ' +
        'subprocess failed with code 3',
    );
  });

  test('says what to do where Hadoop Streaming is missing', () => {
    const diagnostics =
      'Error: java.lang.RuntimeException: java.lang.ClassNotFoundException: Class org.apache.hadoop.streaming.PipeMapRunner not found';
    expect(passError(FAILED, [attempt('attempt_1_0001_m_000000_0', { diagnostics })], labelOf).message).toBe(
      `Task map 0 failed once (attempt_1_0001_m_000000_0): ${diagnostics}\n` +
        "The nodes do not have Hadoop Streaming's jar. Name it by --streaming-jar: it is share/hadoop/tools/lib/hadoop-streaming-*.jar of a " +
        'Hadoop distribution.',
    );
  });

  test('says what to do where the nodes are too old for Node', () => {
    const stderr = "rt/node: /lib64/libc.so.6: version `GLIBC_2.28' not found";
    const failure = attempt('attempt_1_0001_m_000000_0', { diagnostics: 'subprocess failed with code 1', stderr });
    expect(passError(FAILED, [failure], labelOf).message).toBe(
      'Task map 0 failed once (attempt_1_0001_m_000000_0): subprocess failed with code 1\n' +
        "The nodes' system is older than this Node binary wants. Name one that runs there by --node-runtime: builds for glibc 2.17 exist.\n" +
        `Its last words:\n${stderr}`,
    );
  });

  test('without a failed task is what the ResourceManager says', () => {
    expect(passError(FAILED, [], labelOf).message).toBe('The application application_1_0001 failed: exitCode: 1');
    expect(passError({ ...FAILED, state: 'KILLED', diagnostics: '' }, [], labelOf).message).toBe(
      'The application application_1_0001 was killed on the cluster. Nothing was published.',
    );
    expect(passError(null, [], labelOf).message).toBe(
      'The ResourceManager no longer knows the application, and tasks are missing. Run the job again.',
    );
  });
});
