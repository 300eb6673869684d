import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import type { MetadataStore, StoredSegment } from '../../src/publish/metadata/MetadataStore.ts';
import { removeSuperseded, type SupersededSegment } from '../../src/publish/superseded.ts';
import { Place } from './hours.ts';

const V1 = '2026-01-01T00:00:00.000Z';
const V2 = '2026-02-01T00:00:00.000Z';

let place: Place;
let older: IndexReport;
beforeEach(async () => {
  place = new Place();
  older = await place.run(place.job([0, 1], { version: V1 }));
  await place.run(place.job([0], { version: V2 }));
});
afterEach(() => place.remove());

/** @param days of retention */
function clean(days: number, store: MetadataStore = place.store, dryRun = false): Promise<SupersededSegment[]> {
  const since = (now: number) => now - days * 86_400_000;
  return removeSuperseded(store, { dataSource: 'ds', base: place.segments, since, dryRun });
}

async function stored(): Promise<StoredSegment[]> {
  let found: readonly StoredSegment[] = [];
  await place.store.sweep('ds', (all) => {
    found = all;
    return { unused: [], removed: [], removeFiles: async () => {} };
  });
  return [...found];
}

/** The store as one that a Druid reads: its Coordinator marks segments. */
function druids(): MetadataStore {
  const { store } = place;
  return {
    name: 'Druid',
    isReadByDruid: true,
    check: () => store.check(),
    usedSegments: (...args) => store.usedSegments(...args),
    payloads: (...args) => store.payloads(...args),
    publish: (...args) => store.publish(...args),
    sweep: (...args) => store.sweep(...args),
  };
}

const markUnused = (...unused: string[]) =>
  place.store.sweep('ds', () => ({ unused, removed: [], removeFiles: async () => {} }));

const [HIDDEN, LAST] = [0, 1];

describe('a hidden segment', () => {
  test('is marked first, and removed when it has been unused for long enough', async () => {
    const { id, path } = older.segments[HIDDEN];
    expect(await clean(1)).toEqual([{ id, version: V1, fate: 'hidden', unusedSince: expect.any(String) }]);
    expect((await stored()).map(({ id: each, used }) => [each === id, used])).toEqual([
      [true, false],
      [false, true],
      [false, true],
    ]);
    expect(existsSync(path)).toBe(true);
    // Nothing new an hour later.
    const [again] = await clean(1);
    expect(again).toMatchObject({ id, fate: 'hidden' });
    expect(await clean(0)).toEqual([{ ...again, fate: 'removed' }]);
    expect(existsSync(path)).toBe(false);
    expect((await stored()).map(({ used }) => used)).toEqual([true, true]);
    expect(place.files().length).toBe(2);
    expect(await clean(0)).toEqual([]);
  });

  test('is told by a dry run, which does nothing', async () => {
    const before = await stored();
    expect(await clean(0, place.store, true)).toMatchObject([{ id: older.segments[HIDDEN].id, fate: 'removed' }]);
    expect(await stored()).toEqual(before);
    expect(place.files().length).toBe(3);
  });

  test('stays where its file is not one of this deep storage', async () => {
    const elsewhere = join(place.folder, 'elsewhere');
    mkdirSync(elsewhere);
    const base = elsewhere;
    const found = await removeSuperseded(place.store, { dataSource: 'ds', base, since: (now) => now, dryRun: false });
    expect(found).toMatchObject([{ id: older.segments[HIDDEN].id, fate: 'elsewhere' }]);
    expect((await stored()).length).toBe(3);
    expect(place.files().length).toBe(3);
  });

  test('whose file is gone already loses its row', async () => {
    renameSync(older.segments[HIDDEN].path, join(place.folder, 'gone'));
    expect(await clean(0)).toMatchObject([{ fate: 'removed' }]);
    expect((await stored()).length).toBe(2);
  });
});

describe('never removed', () => {
  test('what is used, though hidden, where a Druid marks it', async () => {
    expect(await clean(0, druids())).toMatchObject([{ fate: 'hidden', unusedSince: null }]);
    expect((await stored()).map(({ used }) => used)).toEqual([true, true, true]);
    await markUnused(older.segments[HIDDEN].id);
    expect(await clean(1, druids())).toMatchObject([{ fate: 'hidden' }]);
    expect(await clean(0, druids())).toMatchObject([{ fate: 'removed' }]);
    expect((await stored()).length).toBe(2);
  });

  test('what is unused, and hidden by nothing', async () => {
    await markUnused(older.segments[LAST].id);
    await clean(0);
    expect((await stored()).map(({ id }) => id)).toContain(older.segments[LAST].id);
    expect(existsSync(older.segments[LAST].path)).toBe(true);
  });

  test('what is hidden by something unused', async () => {
    const newer = (await stored()).filter(({ version }) => version === V2).map(({ id }) => id);
    await markUnused(...newer);
    expect(await clean(0)).toEqual([]);
    expect((await stored()).length).toBe(3);
    expect(place.files().length).toBe(3);
  });

  test('what has become used again since it was looked at', async () => {
    const { id } = older.segments[HIDDEN];
    await place.store.sweep('ds', () => ({ unused: [], removed: [id], removeFiles: async () => {} }));
    expect((await stored()).map((segment) => segment.id)).toContain(id);
  });
});

test('a failure while files are removed: the rows stay, and the next call removes them', async () => {
  const failing = { ...druids(), isReadByDruid: false };
  failing.sweep = (dataSource, decide) =>
    place.store.sweep(dataSource, (all) => ({ ...decide(all), removeFiles: () => Promise.reject(new Error('no')) }));
  await expect(clean(0, failing)).rejects.toThrow(`${place.store.name} failed: no`);
  expect((await stored()).map(({ used }) => used)).toEqual([true, true, true]);
  expect(await clean(0)).toMatchObject([{ fate: 'removed' }]);
});
