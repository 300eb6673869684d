import { segmentPlace } from '../../../publish/layout/segmentPlace.ts';
import { removeFiles, type StagedZip, storeZips } from '../../../publish/segmentStore.ts';
import { chunkFinder } from '../../../row/chunks.ts';
import { storageFor } from '../../../storage/storage.ts';
import { compileGranularity } from '../../../time/granularity.ts';
import { isoText } from '../../../time/isoText.ts';
import type { IndexConfig } from '../../index/indexPayload.ts';
import type { SegmentReport } from '../../index/indexReport.ts';
import type { PlannedShard } from '../../index/planShards.ts';
import { segmentReport } from '../../index/segmentReport.ts';
import type { MadeSegment } from '../task/plan.ts';

/** Gives the segments that reducers made their places in deep storage. What was not there before is removed when that fails. */
export async function storeSegments(options: {
  readonly config: IndexConfig;
  readonly version: string;
  /** Base of deep storage. */
  readonly output: string;
  readonly shards: readonly PlannedShard[];
  readonly made: readonly MadeSegment[];
}): Promise<SegmentReport[]> {
  const { config, version, output, shards, made } = options;
  const { job } = config;
  const { timeZone } = compileGranularity(job.granularity.segmentGranularity);
  const chunks = chunkFinder(job.granularity);
  const madeOf = new Map(made.map((segment) => [`${segment.chunk}/${segment.shard}`, segment]));
  if (madeOf.size !== shards.length) {
    throw new Error(
      `Reducers made ${madeOf.size} segments of ${shards.length} shards: the job's folder was changed from outside.`,
    );
  }
  const reports: SegmentReport[] = [];
  const zips: StagedZip[] = [];
  for (const shard of shards) {
    const { chunk } = shard.plan;
    const segment = madeOf.get(`${chunk}/${shard.bucket}`);
    if (segment === undefined)
      throw new Error(`No reducer made shard ${shard.bucket} of the time chunk ${isoText(chunk)}.`);
    const interval = { start: chunk, end: chunks.endOf(chunk) };
    const key = { dataSource: job.dataSource, interval, version, partitionNum: shard.partitionNum };
    const place = segmentPlace(output, key, timeZone);
    zips.push({ temporary: segment.zip, final: place.final });
    reports.push(segmentReport(shard, { key, ...place }, segment.manifest, config));
  }
  const added: string[] = [];
  try {
    for (const zip of zips) {
      const isNew = (await storageFor(zip.final, config.hadoop).status(zip.final)) === null;
      await storeZips([zip], output, config.hadoop);
      if (isNew) added.push(zip.final);
    }
  } catch (error) {
    await removeFiles(added, output, config.hadoop);
    throw error;
  }
  return reports;
}
