import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runIndexJob } from '../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import type { MetadataStore } from '../../src/publish/metadata/MetadataStore.ts';
import { sqliteStore } from '../../src/publish/metadata/sqlite/sqliteStore.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { intervalText } from '../../src/time/isoText.ts';
import { liblz4Level9Encoder } from '../kernel/liblz4.ts';
import { InlineEngine } from '../mapreduce/index/inlineEngine.ts';
import { compareDescriptors, compareSegments, readDump, type SegmentDescriptor } from './compare.ts';
import { goldenCase } from './goldens.ts';
import { ourDump } from './ourDump.ts';
import { outputFolder } from './runSpec.ts';

/** Hours 0 to 5 of 2024-03-01 in the older version, 0, 2 and 4 in the newer one. */
const OLDER = '2026-01-01T00:00:00.000Z';
const NEWER = '2026-02-01T00:00:00.000Z';
const DAY = [{ start: Date.UTC(2024, 2, 1), end: Date.UTC(2024, 2, 2) }];

/** Runs both specs of h54, one over the other. */
async function overwrite(dropExisting: boolean): Promise<{ reports: IndexReport[]; store: MetadataStore }> {
  const out = outputFolder();
  const store = sqliteStore(join(out, 'store.sqlite'));
  const encoder = await liblz4Level9Encoder();
  const reports: IndexReport[] = [];
  for (const file of ['spec.json', 'spec2.json']) {
    const { job } = readSpec(goldenCase('h54').specText(out, file), file);
    if (job === null) throw new Error(`${file} is no spec`);
    const options = { workers: 1, quirks: 'druid', store, signal: new AbortController().signal } as const;
    const report = await runIndexJob({ ...job, dropExisting }, options, (root) => new InlineEngine(root, encoder));
    reports.push(report);
  }
  return { reports, store };
}

/** Hours of a version that the store has. */
async function hoursOf(store: MetadataStore, version: string): Promise<number[]> {
  const used = await store.usedSegments('golden', DAY);
  const hours = used
    .filter((segment) => segment.version === version)
    .map(({ interval }) => new Date(interval.start).getUTCHours());
  return [...new Set(hours)];
}

const hour = (at: number) =>
  intervalText({ start: DAY[0].start + at * 3_600_000, end: DAY[0].start + (at + 1) * 3_600_000 });

test('h54: an overwrite with fewer hours makes what Druid makes, and keeps the other hours', async () => {
  const golden = goldenCase('h54');
  const { reports, store } = await overwrite(false);
  const ours = reports.flatMap(({ segments }) => segments);
  expect(ours.map(({ id }) => id).sort()).toEqual(
    golden.segments.map(({ descriptor }) => descriptor.identifier).sort(),
  );
  for (const druids of golden.segments) {
    const our = ours.find(({ id }) => id === druids.descriptor.identifier)!;
    expect(compareDescriptors(our.descriptor as SegmentDescriptor, druids.descriptor)).toEqual([]);
    expect(compareSegments(await ourDump(our.path), readDump(druids.dumpLines!))).toEqual([]);
  }
  expect(await hoursOf(store, OLDER)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await hoursOf(store, NEWER)).toEqual([0, 2, 4]);
  expect(reports[1].publication?.keptChunks).toEqual([1, 3, 5].map(hour));
  expect(reports[1].publication?.tombstones).toEqual([]);
});

test('h55: with dropExisting the other hours get the tombstones that Druid writes', async () => {
  const druids = JSON.parse(readFileSync(join(goldenCase('h55').dir, 'tombstone.json'), 'utf8'));
  const { reports, store } = await overwrite(true);
  expect(reports[1].publication?.tombstones).toEqual([1, 3, 5].map(hour));
  expect(reports[1].publication?.keptChunks).toEqual([]);
  expect(await hoursOf(store, NEWER)).toEqual([0, 1, 2, 3, 4, 5]);
  const ids = [1, 3, 5].map((at) => `golden_${hour(at).replace('/', '_')}_${NEWER}`);
  const payloads = await store.payloads(ids);
  const ours = ids.map((id) => JSON.parse(payloads.get(id)!));
  // But for the order of fields, which Druid does not promise.
  expect(ours).toEqual([1, 3, 5].map((at, i) => ({ ...druids, interval: hour(at), identifier: ids[i] })));
  expect(ours[0]).toEqual(druids);
});
