import { expect, test } from 'vitest';
import { noneShardSpec, segmentDescriptor } from '../../src/publish/layout/dataSegment.ts';
import {
  deepStorageBase,
  type SegmentPlace,
  segmentPlace,
  temporaryName,
} from '../../src/publish/layout/segmentPlace.ts';
import { removeFiles, type StagedZip, storeZips } from '../../src/publish/segmentStore.ts';
import { clientOf, fakeHdfs } from '../storage/webhdfs/clients.ts';

// A month in Los Angeles that begins in winter time and ends in summer time.
const key = {
  dataSource: 'golden',
  interval: { start: Date.UTC(2024, 2, 1, 8), end: Date.UTC(2024, 3, 1, 7) },
  version: '2026-01-01T00:00:00.000Z',
  partitionNum: 3,
};

/** With the name that a job of the id `a1b2` gives it. */
function staged({ final }: SegmentPlace): StagedZip {
  return { final, temporary: temporaryName(final, 'a1b2') };
}

test("a place in HDFS is Druid's: no colons, the partition in the file's name", () => {
  const base = deepStorageBase('hdfs:///druid//segments/', clientOf({ 'fs.defaultFS': 'hdfs://nn:8020' }));
  expect(segmentPlace(base, key, 'UTC')).toEqual({
    final:
      'hdfs://nn:8020/druid/segments/golden/20240301T080000.000Z_20240401T070000.000Z/2026-01-01T00_00_00.000Z/3_index.zip',
    loadSpec: {
      type: 'hdfs',
      path: 'hdfs://nn:8020/druid/segments/golden/20240301T080000.000Z_20240401T070000.000Z/2026-01-01T00_00_00.000Z/3_index.zip',
    },
  });
  expect(segmentPlace(base, key, 'America/Los_Angeles').final).toBe(
    'hdfs://nn:8020/druid/segments/golden/20240301T000000.000-0800_20240401T000000.000-0700/2026-01-01T00_00_00.000Z/3_index.zip',
  );
});

test('a place on this machine', () => {
  const place = segmentPlace(deepStorageBase('file:///druid/segments', undefined), key, 'UTC');
  const path =
    '/druid/segments/golden/2024-03-01T08:00:00.000Z_2024-04-01T07:00:00.000Z/2026-01-01T00:00:00.000Z/3/index.zip';
  expect(place).toEqual({ final: path, loadSpec: { type: 'local', path } });
});

test('the load spec stands in the descriptor', () => {
  const { loadSpec } = segmentPlace('hdfs://nn/base', key, 'UTC');
  const segment = { ...key, loadSpec, dimensions: [], metrics: [], shardSpec: noneShardSpec(), size: 1 };
  expect(segmentDescriptor(segment)).toMatchObject({ loadSpec });
});

test('in HDFS, files get their names at the end, or go with their directories', async () => {
  const fake = await fakeHdfs();
  const base = fake.uri('/druid');
  fake.directories.add('/druid');
  fake.files.set('/druid/other/x', Buffer.from('stays'));
  const hadoop = clientOf();
  const place = staged(segmentPlace(base, key, 'UTC'));
  const path = (uri: string) => uri.slice(fake.uri('').length);
  fake.files.set(path(place.temporary), Buffer.from('zip'));
  fake.files.set(path(place.final), Buffer.from('of an earlier run'));
  await storeZips([place], base, hadoop);
  expect(fake.files.get(path(place.final))?.toString()).toBe('zip');

  const other = staged(segmentPlace(base, { ...key, dataSource: 'other2' }, 'UTC'));
  fake.files.set(path(other.temporary), Buffer.from('zip'));
  await removeFiles([other.temporary], base, hadoop);
  expect([...fake.files.keys()]).toEqual(['/druid/other/x', path(place.final)]);
  expect([...fake.directories].filter((name) => name.includes('other2'))).toEqual([]);
  expect(fake.directories.has('/druid')).toBe(true);
});
