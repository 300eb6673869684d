import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OverlordOptions, OverlordPublisher } from '../../../src/publish/overlord/OverlordPublisher.ts';
import { UnknownOutcomeError } from '../../../src/publish/publisher.ts';
import type { JobSpec } from '../../../src/spec/jobSpec.ts';
import { readSpec } from '../../../src/spec/readSpec.ts';
import { GOOD_SPEC } from '../../cli/specs.ts';
import { Clock } from './clock.ts';
import { FakeOverlord, type FakeSegment, type Fault } from './fakeOverlord.ts';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const DAYS = '2024-01-01T00:00:00.000Z/2024-01-04T00:00:00.000Z';
/** The first and the third day. */
const CHUNKS = [0, 2].map((day) => ({ start: START + day * DAY, end: START + (day + 1) * DAY }));
const DATA = { dataSource: 'events', chunks: CHUNKS };
const FIRST_VERSION = '2026-01-01T00:00:00.000Z';
const RIVAL = 'index_parallel_events_x';
const INSERT = 'POST /action segmentTransactionalInsert';
const never = new AbortController().signal;

let overlord: FakeOverlord;
let clock: Clock;
const opened: OverlordPublisher[] = [];
beforeEach(async () => {
  overlord = await new FakeOverlord().start();
  clock = new Clock();
});
afterEach(async () => {
  for (const publisher of opened.splice(0)) await publisher.close();
  await overlord.stop();
});

function publisher(job: Partial<JobSpec> = {}, options: Partial<OverlordOptions> = {}): OverlordPublisher {
  const spec = readSpec(GOOD_SPEC, 'spec').job as JobSpec;
  const made = new OverlordPublisher(
    { ...spec, context: { taskLockTimeout: 3_000 }, ...job },
    { address: overlord.url, credentials: async () => null, lock: 'publish', sleep: clock.sleep, ...options },
  );
  opened.push(made);
  return made;
}

function segments(version: string): FakeSegment[] {
  return CHUNKS.map(({ start, end }) => {
    const [from, to] = [new Date(start).toISOString(), new Date(end).toISOString()];
    return {
      dataSource: 'events',
      interval: `${from}/${to}`,
      version,
      identifier: `events_${from}_${to}_${version}`,
      shardSpec: { type: 'numbered' },
    };
  });
}

function failNext(name: string, ...faults: Fault[]): void {
  overlord.faults.set(name, faults);
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => expect.unreachable('it should have failed'),
    (thrown: unknown) => thrown as Error,
  );
  return error.message;
}

describe('all goes well', () => {
  test('a task, its lock, one transaction, and the task is ended', async () => {
    const made = publisher();
    const claim = await made.begin(DATA, never);
    expect(claim.version).toBe(FIRST_VERSION);
    const [id] = overlord.active;
    expect(overlord.tasks.get(id)).toMatchObject({
      type: 'noop',
      groupId: id,
      dataSource: 'events',
      runTime: 600_000,
      context: { priority: 50 },
    });
    await made.publish(segments(claim.version));
    await made.close();
    expect(overlord.segments).toEqual(segments(FIRST_VERSION));
    expect(overlord.active).toEqual([]);
    expect(overlord.requests).toEqual([
      'POST /task',
      'POST /action lockTryAcquire',
      'POST /action segmentListUsed',
      INSERT,
      'POST /task/ID/shutdown',
    ]);
  });

  test('the lock goes from the first time chunk to the last', async () => {
    await publisher().begin(DATA, never);
    expect(overlord.compete(RIVAL, 50, '2024-01-02T00:00:00.000Z/2024-01-03T00:00:00.000Z', 'events')).toBe(false);
    expect(overlord.compete(RIVAL, 50, '2024-01-04T00:00:00.000Z/2024-01-05T00:00:00.000Z', 'events')).toBe(true);
  });

  test('a task of lower priority gives way', async () => {
    overlord.compete(RIVAL, 25, DAYS, 'events');
    expect((await publisher().begin(DATA, never)).version).toBe('2026-01-01T00:01:00.000Z');
  });

  test('priority comes from the context of the task', async () => {
    await publisher({ context: { priority: '60' } }).begin(DATA, never);
    expect(overlord.compete(RIVAL, 60, DAYS, 'events')).toBe(false);
    expect(overlord.compete(`${RIVAL}2`, 61, DAYS, 'events')).toBe(true);
  });

  test('no worker has a slot for the task, which is not needed', async () => {
    overlord.slots = 0;
    const made = publisher();
    const { version } = await made.begin(DATA, never);
    await made.publish(segments(version));
    await made.close();
    expect(overlord.segments).toEqual(segments(FIRST_VERSION));
    expect(overlord.active).toEqual([]);
  });

  test('a lock is waited for', async () => {
    overlord.compete(RIVAL, 50, DAYS, 'events');
    let asked = 0;
    overlord.onRequest = (name) => {
      if (name === 'POST /action lockTryAcquire' && ++asked === 3) overlord.end(RIVAL);
    };
    expect((await publisher().begin(DATA, never)).version).toBe('2026-01-01T00:01:00.000Z');
    expect(clock.waits).toEqual([1_000, 2_000]);
  });

  test('the task that holds the lock gets the slot it waits for', async () => {
    overlord.slots = 1;
    let asked = 0;
    overlord.onRequest = (name) => {
      // It gets its lock when our task has the only slot already, and is done once it runs.
      if (name === 'POST /action lockTryAcquire' && ++asked === 1) overlord.compete(RIVAL, 50, DAYS, 'events');
      else if (overlord.tasks.get(RIVAL)?.runs) overlord.end(RIVAL);
    };
    expect((await publisher().begin(DATA, never)).version).toBe('2026-01-01T00:01:00.000Z');
    expect(overlord.active).toHaveLength(1);
  });

  test('waits for a lock get longer up to ten seconds, and no longer than the limit', async () => {
    overlord.compete(RIVAL, 50, DAYS, 'events');
    await publisher({ context: { taskLockTimeout: 40_000 } })
      .begin(DATA, never)
      .catch(() => {});
    expect(clock.waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 5_000]);
  });

  test('an explicit version that is lower than that of the lock', async () => {
    const { job } = readSpec(GOOD_SPEC, 'spec');
    const tuning = { ...(job as JobSpec).tuning, version: '2025-01-01T00:00:00.000Z', useExplicitVersion: true };
    expect((await publisher({ tuning }).begin(DATA, never)).version).toBe('2025-01-01T00:00:00.000Z');
  });
});

describe('nothing is published', () => {
  test('when a task of the same priority holds the lock', async () => {
    overlord.compete(RIVAL, 50, DAYS, 'events');
    expect(await messageOf(publisher().begin(DATA, never))).toBe(
      `Nothing was published: the lock on events ${DAYS} was not to be had within 3 s: a task of priority 50 or more holds it ` +
        `(running: ${RIVAL}); run the job again when that is done.`,
    );
  });

  test('when the lock is taken away while segments are stored', async () => {
    const made = publisher();
    const { version } = await made.begin(DATA, never);
    overlord.compete(RIVAL, 75, DAYS, 'events');
    expect(await messageOf(made.publish(segments(version)))).toBe(
      'Nothing was published: the lock was lost before the segments were inserted; run the job again.',
    );
    expect(overlord.segments).toEqual([]);
  });

  test('when a newer version is there', async () => {
    const [segment] = segments('2031-01-01T00:00:00.000Z');
    overlord.segments.push(segment);
    expect(await messageOf(publisher().begin(DATA, never))).toBe(
      `Nothing was published: events has version 2031-01-01T00:00:00.000Z of ${segment.interval} already, which would hide our version ` +
        `${FIRST_VERSION}. Somebody published it with a version of their own choosing, or a clock is wrong.`,
    );
  });

  test('but a newer version of a day that is not ours hinders nobody', async () => {
    const interval = '2024-01-02T00:00:00.000Z/2024-01-03T00:00:00.000Z';
    overlord.segments.push({ ...segments('2031-01-01T00:00:00.000Z')[0], interval });
    expect((await publisher().begin(DATA, never)).version).toBe(FIRST_VERSION);
  });

  test('when the explicit version is not lower than that of the lock', async () => {
    const { job } = readSpec(GOOD_SPEC, 'spec');
    const tuning = { ...(job as JobSpec).tuning, version: FIRST_VERSION, useExplicitVersion: true };
    expect(await messageOf(publisher({ tuning }).begin(DATA, never))).toBe(
      `Nothing was published: tuningConfig.version "${FIRST_VERSION}" is not lower than the lock's version ${FIRST_VERSION}, as ` +
        'useExplicitVersion wants it. Leave both out: the lock gives a version that is newer than all others.',
    );
  });

  test('when the Overlord fails to insert', async () => {
    const made = publisher();
    const { version } = await made.begin(DATA, never);
    failNext(INSERT, 500);
    await expect(made.publish(segments(version))).rejects.toMatchObject({
      message: 'Nothing was published: the Overlord did not insert the segments.',
      cause: {
        message: `The Overlord at ${overlord.url} answered segmentTransactionalInsert with HTTP 500: no connection`,
      },
    });
  });
});

describe('a lock that is held for long', () => {
  test('is renewed by a second task of the same group, which need not run', async () => {
    overlord.slots = 1;
    const made = publisher({}, { lock: 'job' });
    const { version, lost } = await made.begin(DATA, never);
    const [first] = overlord.active;
    for (let seconds = 0; seconds < 300; seconds += 15) await clock.tick(lost);
    expect(overlord.active).toHaveLength(1);
    expect(overlord.active[0]).not.toBe(first);
    expect(overlord.tasks.get(overlord.active[0])?.groupId).toBe(first);
    await made.publish(segments(version));
    await made.close();
    expect(overlord.segments.map((segment) => segment.version)).toEqual([FIRST_VERSION, FIRST_VERSION]);
    expect(overlord.active).toEqual([]);
  });

  test('is kept while the Overlord does not answer', async () => {
    const made = publisher({}, { lock: 'job' });
    const { version, lost } = await made.begin(DATA, never);
    failNext('POST /action lockList', 'dropped', 'dropped', 'dropped', 'dropped', 'dropped', 503);
    for (let looks = 0; looks < 3; looks++) await clock.tick(lost);
    expect(lost.aborted).toBe(false);
    await made.publish(segments(version));
    expect(overlord.segments).toHaveLength(2);
  });

  test('tells that it was taken away', async () => {
    const made = publisher({}, { lock: 'job' });
    const { version, lost } = await made.begin(DATA, never);
    await clock.tick(lost);
    expect(lost.aborted).toBe(false);
    overlord.compete(RIVAL, 75, DAYS, 'events');
    await clock.tick(lost);
    const taken = `Nothing was published: the lock on events ${DAYS} was taken away by a task of higher priority; run the job again when that is done.`;
    expect(lost.reason.message).toBe(taken);
    expect(await messageOf(made.publish(segments(version)))).toBe(taken);
    expect(overlord.requests).not.toContain(INSERT);
  });

  test('tells that its task was ended', async () => {
    const { lost } = await publisher({}, { lock: 'job' }).begin(DATA, never);
    for (const id of overlord.active) overlord.end(id);
    await clock.tick(lost);
    expect(lost.reason.message).toBe(
      `Nothing was published: the lock on events ${DAYS} is gone, because somebody ended the task that held it; run the job again.`,
    );
  });
});

describe('answers that get lost', () => {
  test('do nothing twice', async () => {
    const made = publisher();
    for (const name of ['POST /task', 'POST /action lockTryAcquire', INSERT, 'POST /task/ID/shutdown']) {
      failNext(name, 'unanswered', 503, 'dropped');
    }
    await made.publish(segments((await made.begin(DATA, never)).version));
    await made.close();
    expect(overlord.segments).toEqual(segments(FIRST_VERSION));
    expect(overlord.tasks.size).toBe(1);
    expect(overlord.active).toEqual([]);
  });

  test('an error that came after the transaction is no failure', async () => {
    const made = publisher();
    const { version } = await made.begin(DATA, never);
    failNext(INSERT, '500 after');
    await made.publish(segments(version));
    expect(overlord.segments).toEqual(segments(version));
  });

  test('when nobody says whether it is done, that is what is said', async () => {
    const made = publisher();
    const { version } = await made.begin(DATA, never);
    failNext(INSERT, 'unanswered', 'dropped', 'dropped', 'dropped', 'dropped');
    failNext('POST /action segmentListUsed', 'dropped', 'dropped', 'dropped', 'dropped', 'dropped');
    const error = await made.publish(segments(version)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    expect((error as Error).message).toBe(
      `The Overlord did not say whether the segments of version ${version} of events are published; their files are left where they ` +
        'are. When it answers again, look for that version before the job is run again.',
    );
  });

  test('an Overlord that is gone when all is done harms nobody', async () => {
    const made = publisher();
    await made.begin(DATA, never);
    await overlord.stop();
    await made.close();
    overlord = await new FakeOverlord().start();
  });
});

test.each(['POST /task', 'POST /action lockTryAcquire', 'POST /action segmentListUsed'])(
  'interrupted at %s: no task is left',
  async (moment) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const made = publisher();
    overlord.onRequest = (name) => {
      if (name === moment) controller.abort(reason);
    };
    await expect(made.begin(DATA, controller.signal)).rejects.toBe(reason);
    await made.close();
    expect(overlord.active).toEqual([]);
  },
);
