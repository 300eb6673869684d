import { describe, expect, test } from 'vitest';
import { openSegment } from '../../src/segment/reader/openSegment.ts';
import { liblz4Level9Encoder } from '../kernel/liblz4.ts';
import { compareDescriptors, compareSegments, readDump, type SegmentDescriptor } from './compare.ts';
import { goldenCase } from './goldens.ts';
import { ourDump } from './ourDump.ts';
import { outputFolder, runSpec } from './runSpec.ts';
import { tieCandidates } from './ties.ts';

/** Cases with first, last and any at equal times: any candidate is right (docs/quirks.md, row 8). */
const TIES = ['h02', 'h18', 'h41', 'h42', 'h42b'];
const CASES = [
  'h01 h02 h03 h05 h06 h15 h16 h18 h25 h31 h33 h34 h40 h41 h42 h42b h52 h52b b01 v-default',
  // Partitions: hashed by target rows, single_dim, range; empty buckets, texts of numbers, forceExtendableShardSpecs.
  'h07 h08 h09 h10 h11 h12 h13 h14 h17 h36 h43 h44 h45 h47 h47b h47c h50 h51 h51b w01 w02',
].flatMap((names) => names.split(' '));

/** Comparing megabytes of numbers is slow; of one text it is not. */
function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe("with Druid's quirks, segments hold what Druid's Hadoop indexer wrote", () => {
  test.each(CASES)('%s', async (name) => {
    const golden = goldenCase(name);
    const specText = golden.specText(outputFolder());
    const report = await runSpec(specText, 'druid', await liblz4Level9Encoder());
    const descriptors = report.segments.map((segment) => segment.descriptor as SegmentDescriptor);
    expect(descriptors.map(({ identifier }) => identifier).sort()).toEqual(
      golden.segments.map(({ descriptor }) => descriptor.identifier).sort(),
    );
    const isCandidate = TIES.includes(name) ? { isCandidate: tieCandidates(specText) } : {};
    for (const druids of golden.segments) {
      const ours = report.segments.find(({ id }) => id === druids.descriptor.identifier)!;
      const differences = compareDescriptors(ours.descriptor as SegmentDescriptor, druids.descriptor);
      // v-default was made by Druid's segment merger alone, which knows no hash buckets.
      expect(differences.filter(({ where }) => name !== 'v-default' || !where.startsWith('shardSpec'))).toEqual([]);
      if (druids.dumpLines === null && druids.indexZip === null) {
        // The archive has no room for the segment, but its size tells: liblz4 makes the same blocks of the same rows only.
        expect(ours.size).toBe(druids.descriptor.size);
        continue;
      }
      const theirs = druids.dumpLines === null ? await ourDump(druids.indexZip!) : readDump(druids.dumpLines);
      expect(compareSegments(await ourDump(ours.path), theirs, isCandidate)).toEqual([]);
      if (druids.indexZip === null) continue;
      const ourFiles = (await openSegment(ours.path)).files;
      const druidFiles = (await openSegment(druids.indexZip)).files;
      if (TIES.includes(name)) continue;
      // The order of the files in a zip is the file system's.
      const names = [...druidFiles.keys()].sort();
      expect([...ourFiles.keys()].sort()).toEqual(names);
      for (const file of names) expect(hex(ourFiles.get(file)!), file).toBe(hex(druidFiles.get(file)!));
    }
  });
});
