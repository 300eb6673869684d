import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MetadataStore, MetadataStoreError } from '../../src/publish/metadata/MetadataStore.ts';
import { sqliteStore } from '../../src/publish/metadata/sqlite/sqliteStore.ts';
import { checkStore, publishStaged, withStagedJob } from '../../src/publish/stagedJob.ts';
import { Place } from './hours.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

/** Runs a job whose store goes away for good in its transaction. @returns its working directory */
async function leftUnknown(isCommitted: boolean): Promise<string> {
  let isGone = false;
  const gone = () => Promise.reject(new MetadataStoreError('connection lost'));
  const store: MetadataStore = {
    name: place.store.name,
    isReadByDruid: true,
    check: () => place.store.check(),
    usedSegments: (...args) => place.store.usedSegments(...args),
    payloads: (ids) => (isGone ? gone() : place.store.payloads(ids)),
    publish: async (request) => {
      isGone = true;
      if (isCommitted) await place.store.publish(request);
      return gone();
    },
    sweep: gone,
  };
  const failure = await place.run(place.job([0]), { store }).catch((error: Error) => error);
  const directory = join(place.folder, 'work', 'ds', place.workingDirectories()[0]);
  expect((failure as Error).message).toBe(
    "Whether the segments are published can't be told, because the metadata store does not answer; they stay where they are. " +
      `When it answers again, run: segmill publish ${directory} --metadata ADDRESS`,
  );
  return directory;
}

test.each([true, false])('a job of unknown outcome (committed: %s) is published by that store', async (isCommitted) => {
  const inserted = await withStagedJob(await leftUnknown(isCommitted), (job) => {
    checkStore(job, place.store, false);
    return publishStaged(job, place.store);
  });
  expect(inserted).toBe(isCommitted ? 0 : 1);
  expect((await place.usedHours()).map(([hour]) => hour)).toEqual([0]);
  expect(place.files()).toEqual([expect.stringMatching(/index\.zip$/)]);
  expect(place.workingDirectories()).toEqual([]);
});

test('a job of unknown outcome goes to no other store, even where that is named', async () => {
  const directory = await leftUnknown(true);
  const other = sqliteStore(join(place.folder, 'other.sqlite'));
  await expect(withStagedJob(directory, async (job) => checkStore(job, other, true))).rejects.toThrow(
    `Whether the job of ${directory} is published is known to ${place.store.name} alone. Name that store by --metadata.`,
  );
});
