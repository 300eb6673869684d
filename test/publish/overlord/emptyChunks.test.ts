/** Time chunks without rows, of jobs that are published through an Overlord. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import { type LockSpan, OverlordPublisher } from '../../../src/publish/overlord/OverlordPublisher.ts';
import { hourText, Place } from '../hours.ts';
import { Clock } from './clock.ts';
import { FakeOverlord } from './fakeOverlord.ts';

const DAY = '1970-01-01T00:00:00.000Z/1970-01-02T00:00:00.000Z';

let place: Place;
let overlord: FakeOverlord;
beforeEach(async () => {
  place = new Place();
  overlord = await new FakeOverlord().start();
});
afterEach(async () => {
  place.remove();
  await overlord.stop();
});

interface Choices {
  readonly dropExisting?: boolean;
  readonly lock?: LockSpan;
}

/** A job with a row in each of some hours of a day, whose 24 hours are its intervals. */
function run(hours: readonly number[], { dropExisting = false, lock = 'publish' }: Choices = {}): Promise<IndexReport> {
  const job = { ...place.job(hours), dropExisting, context: { taskLockTimeout: 3_000 } };
  const options = { address: overlord.url, credentials: async () => null, lock, sleep: new Clock().sleep };
  return place.run(job, { publisher: new OverlordPublisher(job, options) });
}

/** Hours of the segments of a version in the Overlord's store, by the type of their shard spec. */
function publishedHours(version: string): Record<string, number[]> {
  const hours: Record<string, number[]> = {};
  for (const { interval, shardSpec } of overlord.segments.filter((segment) => segment.version === version)) {
    const hour = Date.parse(interval.split('/')[0]) / 3_600_000;
    hours[shardSpec.type] = [...(hours[shardSpec.type] ?? []), hour];
  }
  return hours;
}

test('they keep what they had, and are told', async () => {
  await run([0, 1, 2, 3, 4, 5]);
  const { publication, notes } = await run([0, 2]);
  expect(publication).toMatchObject({ keptChunks: [1, 3, 4, 5].map(hourText), tombstones: [] });
  expect(notes).toEqual([
    `No rows for ${[1, 3, 4].map(hourText).join(', ')}, and 1 more like it: the segments that were there before stay visible. ` +
      '--drop-existing would hide them.',
  ]);
});

test.each(['publish', 'job'] as const)(
  'dropExisting hides them by tombstones in the same transaction, under a lock for the %s',
  async (lock) => {
    await run([0, 1, 2, 3]);
    overlord.requests.length = 0;
    const { version, publication, notes } = await run([0, 2], { dropExisting: true, lock });
    expect(publication).toMatchObject({ keptChunks: [], tombstones: [1, 3].map(hourText) });
    expect(notes).toEqual(['2 time chunks without rows now hide older segments.']);
    expect(publishedHours(version)).toEqual({ hashed: [0, 2], tombstone: [1, 3] });
    expect(overlord.requests.filter((name) => name.endsWith('Insert'))).toHaveLength(1);
    // As Druid 33 writes it (golden h55), but for the order of two fields that it does not promise.
    expect(overlord.segments.find(({ shardSpec }) => shardSpec.type === 'tombstone')).toEqual({
      dataSource: 'ds',
      interval: hourText(1),
      version,
      loadSpec: { type: 'tombstone', path: null },
      dimensions: '',
      metrics: '',
      shardSpec: { type: 'tombstone', partitionNum: 0, partitions: 0 },
      binaryVersion: null,
      size: 1,
      identifier: `ds_${hourText(1).replace('/', '_')}_${version}`,
    });
  },
);

test('what tombstones hide already gets no more of them', async () => {
  await run([0, 1]);
  await run([0], { dropExisting: true });
  const { version } = await run([0], { dropExisting: true });
  expect(publishedHours(version)).toEqual({ hashed: [0] });
});

test('a segment of a whole day is hidden hour by hour', async () => {
  const version = '2025-01-01T00:00:00.000Z';
  const identifier = `ds_${DAY.replace('/', '_')}_${version}`;
  overlord.segments.push({ dataSource: 'ds', interval: DAY, version, identifier, shardSpec: { type: 'none' } });
  const first = await run([0], { dropExisting: true });
  expect(publishedHours(first.version).tombstone).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
  // It is visible no more in any hour, but still listed where the hours do not follow one another without a gap.
  const second = await run([0], { dropExisting: true });
  expect(publishedHours(second.version)).toEqual({ hashed: [0] });
});

test('the lock covers them: who writes to one of them has to wait', async () => {
  await run([0, 3]);
  let isRefused = false;
  overlord.onRequest = (name) => {
    if (name.endsWith('Insert')) isRefused = !overlord.compete('rival', 50, hourText(3), 'ds');
  };
  await run([0], { dropExisting: true });
  expect(isRefused).toBe(true);
});

test('a newer version of one of them stops the job, nothing of it is left', async () => {
  const version = '2031-01-01T00:00:00.000Z';
  const interval = hourText(3);
  const segment = { dataSource: 'ds', interval, version, identifier: 'newer', shardSpec: { type: 'none' } };
  overlord.segments.push(segment);
  await expect(run([0], { dropExisting: true })).rejects.toThrow(
    `Nothing was published: ds has version ${version} of ${interval} already, which would hide our version ` +
      '2026-01-01T00:00:00.000Z. Somebody published it with a version of their own choosing, or a clock is wrong.',
  );
  expect(overlord.segments).toEqual([segment]);
  expect(place.files()).toEqual([]);
  expect(overlord.active).toEqual([]);
});
