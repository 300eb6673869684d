import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSegment } from '../../src/segment/reader/openSegment.ts';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import type { Quirks } from '../../src/mapreduce/index/indexPayload.ts';
import { compareDescriptors, compareSegments, type Difference, readDump, type Row, type SegmentDescriptor } from './compare.ts';
import { type GoldenCase, goldenCase } from './goldens.ts';
import { ourDump } from './ourDump.ts';
import { outputFolder, runSpec } from './runSpec.ts';
import { tieCandidates } from './ties.ts';

/** A golden case run by segmill. */
interface Run {
  readonly golden: GoldenCase;
  readonly specText: string;
  readonly report: IndexReport;
}

async function run(name: string, quirks: Quirks): Promise<Run> {
  const golden = goldenCase(name);
  const specText = golden.specText(outputFolder());
  return { golden, specText, report: await runSpec(specText, quirks) };
}

/** All differences between what segmill made and the golden, segments matched by their ids. */
async function differencesOf({ golden, specText, report }: Run, ties = false): Promise<Difference[]> {
  const options = ties ? { isCandidate: tieCandidates(specText) } : {};
  const found: Difference[] = [];
  const ids = (segments: readonly (string | undefined)[]) => [...segments].sort().join(' ');
  const ours = ids(report.segments.map(({ id }) => id));
  const druids = ids(golden.segments.map(({ descriptor }) => descriptor.identifier));
  if (ours !== druids) found.push({ where: 'segments', ours, druids });
  for (const { descriptor, dumpLines } of golden.segments) {
    const our = report.segments.find(({ id }) => id === descriptor.identifier);
    if (our === undefined) continue;
    found.push(...compareDescriptors(our.descriptor as SegmentDescriptor, descriptor));
    found.push(...compareSegments(await ourDump(our.path), readDump(dumpLines!), options));
  }
  return found;
}

async function rowsOf(report: IndexReport): Promise<Row[]> {
  const dumps = await Promise.all(report.segments.map(({ path }) => ourDump(path)));
  return dumps.flatMap(({ rows }) => rows);
}

test.each(['h36','h01','h02','h48','h48b','h48d','h47','h47b','h47c','h27','h08','h04','h25'])('%s', async (name) => {
  for (const q of ['none', 'druid'] as const) {
    try { const r = await run(name, q); console.log(name, q, r.report.counts, JSON.stringify(await differencesOf(r, ['h02'].includes(name)), (k, v) => typeof v === 'bigint' ? `${v}n` : v).slice(0, 6000)); }
    catch (e) { console.log(name, q, String(e)); }
  }
});
