import { expect, test } from 'vitest';
import {
  type MetadataStore,
  PublishConflictError,
  type PublishedSegment,
  type PublishRequest,
} from '../../../src/publish/metadata/MetadataStore.ts';
import { isoText } from '../../../src/time/isoText.ts';

const HOUR = 3_600_000;
const DAY_START = Date.UTC(2024, 2, 1);

export const V1 = '2026-01-01T00:00:00.000Z';
export const V2 = '2026-02-01T00:00:00.000Z';

/** A segment of an hour of 2024-03-01. */
export function hourSegment(hour: number, version: string, partitionNum = 0, dataSource = 'ds'): PublishedSegment {
  const start = DAY_START + hour * HOUR;
  const interval = { start, end: start + HOUR };
  const suffix = partitionNum === 0 ? '' : `_${partitionNum}`;
  const id = `${dataSource}_${isoText(interval.start)}_${isoText(interval.end)}_${version}${suffix}`;
  return { id, interval, payload: JSON.stringify({ dataSource, version, text: "é ' \\ \u{1f600} ?" }) };
}

export function requestOf(
  version: string,
  hours: readonly number[],
  dataSource = 'ds',
  partitionNum = 0,
): PublishRequest {
  return {
    dataSource,
    version,
    segments: hours.map((hour) => hourSegment(hour, version, partitionNum, dataSource)),
  };
}

const WHOLE_DAY = [{ start: DAY_START, end: DAY_START + 24 * HOUR }];

/** What every metadata store does. @param newStore one over an empty database */
export function testStore(newStore: () => Promise<MetadataStore>): void {
  test('segments are there once they are published, and only they', async () => {
    const store = await newStore();
    await store.check();
    expect(await store.usedSegments('ds', WHOLE_DAY)).toEqual([]);
    expect(await store.publish(requestOf(V1, [0, 1, 5]))).toBe(3);
    await store.publish(requestOf(V1, [0], 'other'));
    const expected = [0, 1, 5].map((hour) => {
      const { id, interval } = hourSegment(hour, V1);
      return { id, interval, version: V1 };
    });
    expect(await store.usedSegments('ds', WHOLE_DAY)).toEqual(expected);
    const [, second] = expected;
    expect(await store.usedSegments('ds', [second.interval])).toEqual([second]);
    expect(await store.usedSegments('ds', [])).toEqual([]);
  });

  test('payloads come back as they were, of ids that are there', async () => {
    const store = await newStore();
    await store.check();
    const { segments } = requestOf(V1, [0, 1]);
    await store.publish(requestOf(V1, [0, 1]));
    const found = await store.payloads([segments[0].id, 'none', segments[1].id]);
    expect(found).toEqual(new Map(segments.map(({ id, payload }) => [id, payload])));
  });

  test('publishing twice is publishing once', async () => {
    const store = await newStore();
    await store.check();
    expect(await store.publish(requestOf(V1, [0, 1]))).toBe(2);
    expect(await store.publish(requestOf(V1, [0, 1]))).toBe(0);
    // Half of it was there.
    expect(await store.publish(requestOf(V1, [0, 1, 2]))).toBe(1);
    expect((await store.usedSegments('ds', WHOLE_DAY)).length).toBe(3);
  });

  test('more segments than go into one statement', async () => {
    const store = await newStore();
    await store.check();
    const segments = Array.from({ length: 250 }, (_, partition) => hourSegment(3, V1, partition));
    expect(await store.publish({ dataSource: 'ds', version: V1, segments })).toBe(250);
    expect((await store.usedSegments('ds', WHOLE_DAY)).length).toBe(250);
    expect((await store.payloads(segments.map(({ id }) => id))).size).toBe(250);
  });

  test('a newer version replaces an older one, an older one is refused', async () => {
    const store = await newStore();
    await store.check();
    await store.publish(requestOf(V2, [0]));
    await store.publish(requestOf(V1, [1]));
    const newer = hourSegment(0, V2).id;
    await expect(store.publish(requestOf(V1, [1, 0]))).rejects.toThrow(
      new PublishConflictError(
        `ds has a newer version of the same time already: ${newer}, beside which version ${V1} would never be seen. ` +
          'Nothing was published. Run the job again if its data is to replace the newer one.',
      ),
    );
    expect(await store.publish(requestOf(V2, [1]))).toBe(1);
    expect((await store.usedSegments('ds', WHOLE_DAY)).map(({ id }) => id)).toEqual([
      newer,
      hourSegment(1, V1).id,
      hourSegment(1, V2).id,
    ]);
  });

  test('a version is not mixed with other segments of the same version, nothing of it is published', async () => {
    const store = await newStore();
    await store.check();
    await store.publish(requestOf(V1, [0], 'ds', 7));
    await expect(store.publish(requestOf(V1, [1, 0]))).rejects.toThrow(
      `Version ${V1} of ds has another segment already, ${hourSegment(0, V1, 7).id}, which would be mixed with the new ones. ` +
        'Nothing was published. Leave tuningConfig.version out, so that each run gets a version of its own.',
    );
    expect((await store.usedSegments('ds', WHOLE_DAY)).length).toBe(1);
  });

  test('a segment that is there with another payload is refused', async () => {
    const store = await newStore();
    await store.check();
    await store.publish(requestOf(V1, [0]));
    const changed = { ...hourSegment(0, V1), payload: '{}' };
    await expect(
      store.publish({ dataSource: 'ds', version: V1, segments: [hourSegment(1, V1), changed] }),
    ).rejects.toThrow(
      `The segment ${changed.id} is published already, and is not the one that was to be published now. Nothing was published. ` +
        `Leave tuningConfig.version (${V1}) out, so that each run gets a version of its own.`,
    );
    expect((await store.usedSegments('ds', WHOLE_DAY)).map(({ id }) => id)).toEqual([changed.id]);
  });

  test('two at once: each is whole, or one of them is refused', async () => {
    const store = await newStore();
    await store.check();
    const hours = Array.from({ length: 20 }, (_, hour) => hour);
    const results = await Promise.allSettled([
      store.publish(requestOf(V1, hours)),
      store.publish(requestOf(V2, hours)),
    ]);
    expect(results[1]).toEqual({ status: 'fulfilled', value: 20 });
    const used = await store.usedSegments('ds', WHOLE_DAY);
    const older = used.filter(({ version }) => version === V1).length;
    expect(older).toBe(results[0].status === 'fulfilled' ? 20 : 0);
    expect(used.length - older).toBe(20);
  });
}
