import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SegmentDescriptor } from '../../golden/compare.ts';
import type { GoldenCase } from '../../golden/goldens.ts';
import { hadoopIndex } from './oracle.ts';
import { inOrder, type Made, scratchFolder } from './segmill.ts';

/**
 * Has Druid's Hadoop indexer make the segments of a spec whose paths are absolute.
 * @returns in the order of their ids
 * @throws with Druid's own words when the indexer fails
 */
export async function madeByHadoop(specText: string): Promise<Made[]> {
  const spec = join(scratchFolder(), 'spec.json');
  writeFileSync(spec, specText);
  const { ok, exception, segments } = await hadoopIndex(spec);
  if (!ok) throw new Error(exception ?? "one of Druid's Hadoop jobs failed; see .cache/e2e/druid33.log");
  return inOrder(
    segments.map(({ id, descriptor }) => ({
      id,
      path: descriptor.finalIndexZipFilePath.replace(/^file:/, ''),
      descriptor: descriptor.segment as SegmentDescriptor,
    })),
  );
}

/** The segments of a golden case, in the order of their ids. */
export function madeInGolden(golden: GoldenCase): Made[] {
  return inOrder(
    golden.segments
      .filter(({ indexZip }) => indexZip !== null)
      .map(({ descriptor, indexZip }) => ({ id: descriptor.identifier!, path: indexZip!, descriptor })),
  );
}
