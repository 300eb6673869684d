import { describe, expect, test } from 'vitest';
import { type TaskOutcome, taskReport } from '../../src/cli/taskReport.ts';
import type { IndexPhase } from '../../src/mapreduce/index/indexReport.ts';
import type { JobSpec } from '../../src/spec/jobSpec.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { eventfulReport } from './reports.ts';
import { GOOD_SPEC } from './specs.ts';

/** A job of a task envelope. */
function jobOf(partitionsSpec: object): JobSpec {
  const spec = JSON.parse(GOOD_SPEC);
  spec.tuningConfig.partitionsSpec = partitionsSpec;
  const context = { priority: 7, store: { accessKey: 'AKIA', region: 'eu' } };
  const { job } = readSpec(JSON.stringify({ type: 'index_hadoop', id: 'index_hadoop_7', spec, context }), 'x.json');
  if (job === null) throw new Error('the spec should be good');
  return job;
}

const TARGET = jobOf({ type: 'hashed', targetRowsPerSegment: 1000 });
const SHARDS = jobOf({ type: 'hashed', numShards: 2 });
const { counts, samples, deadLetters } = eventfulReport();

function outcome(changes: Partial<TaskOutcome> = {}): TaskOutcome {
  return {
    job: TARGET,
    idSuffix: 'v',
    phase: 'store',
    counts,
    samples,
    deadLetters,
    segments: 1990,
    error: null,
    ...changes,
  };
}

const payloadOf = (changes: Partial<TaskOutcome>) => taskReport(outcome(changes)).ingestionStatsAndErrors.payload;

test('a job that succeeded', () => {
  const built = {
    rowsProcessed: 45_000_000,
    rowsProcessedWithErrors: 1_204,
    rowsUnparseable: 20,
    rowsThrownAway: 2_340_189,
  };
  expect(taskReport(outcome())).toEqual({
    ingestionStatsAndErrors: {
      type: 'ingestionStatsAndErrors',
      taskId: 'index_hadoop_7',
      payload: {
        ingestionState: 'COMPLETED',
        unparseableEvents: {
          buildSegments: [
            {
              input: samples[0].text,
              errorType: 'unparseable',
              details: [
                'expected "," or "}" after a value of an object, found the end of the line: ' +
                  'data/2015/09/12/part-00017.json.gz line 2345 (byte 1234567)',
              ],
            },
            {
              input: '{"time":"yesterday"}',
              errorType: 'unparseable',
              details: ['the time is "yesterday": data/a.json line 1 (byte 0)'],
            },
          ],
        },
        rowStats: {
          determinePartitions: { ...built, rowsProcessed: 45_001_204, rowsProcessedWithErrors: 0 },
          buildSegments: built,
        },
        errorMsg: null,
        segmentAvailabilityConfirmed: false,
        segmentAvailabilityWaitTimeMs: 0,
        recordsProcessed: {},
        segmentsPublished: 1990,
      },
    },
    taskContext: {
      type: 'taskContext',
      taskId: 'index_hadoop_7',
      payload: { priority: 7, store: { accessKey: '***', region: 'eu' } },
    },
  });
});

test('no determine partitions pass with numShards', () => {
  expect(payloadOf({ job: SHARDS }).rowStats).toMatchObject({
    determinePartitions: null,
    buildSegments: { rowsUnparseable: 20 },
  });
});

test('rows with bad values are events too, rows thrown away are none', () => {
  const sample = (reason: 'badValue' | 'filtered' | 'outsideIntervals') => ({ ...samples[1], reason });
  const bad = [sample('filtered'), sample('badValue'), sample('outsideIntervals')];
  expect(payloadOf({ samples: bad }).unparseableEvents.buildSegments?.map(({ errorType }) => errorType)).toEqual([
    'processedWithError',
  ]);
  expect(payloadOf({ samples: [] }).unparseableEvents).toEqual({});
});

describe('a job that failed', () => {
  test.each<[JobSpec | null, IndexPhase | null, string]>([
    [null, null, 'NOT_STARTED'],
    [SHARDS, null, 'NOT_STARTED'],
    [SHARDS, 'read', 'BUILD_SEGMENTS'],
    [TARGET, 'read', 'DETERMINE_PARTITIONS'],
    [TARGET, 'determine', 'DETERMINE_PARTITIONS'],
    [TARGET, 'merge', 'BUILD_SEGMENTS'],
  ])('says how far it came (%#)', (job, phase, state) => {
    const payload = payloadOf({ job, phase, counts: null, samples: [], segments: 0, error: 'no room' });
    expect(payload).toMatchObject({ ingestionState: state, errorMsg: 'no room', segmentsPublished: 0 });
    expect(payload.rowStats).toEqual({ determinePartitions: null, buildSegments: null });
  });

  test('has a task id, whatever is known', () => {
    const idOf = (job: JobSpec | null) => taskReport(outcome({ job, error: 'x' })).taskContext.taskId;
    expect([idOf(null), idOf({ ...TARGET, taskId: null })]).toEqual(['index_hadoop_v', 'index_hadoop_events_v']);
  });
});
