import type { StagedZip } from '../../../publish/segmentStore.ts';
import { mapAtOnce } from '../../../storage/mapAtOnce.ts';
import { parentPath } from '../../../storage/pathText.ts';
import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import { isoText } from '../../../time/isoText.ts';
import type { PlannedShard } from '../../index/planShards.ts';
import type { MadeSegment } from '../task/plan.ts';

/** A segment's zip on its way from the reducer's folder into deep storage. */
export interface MadeZip extends StagedZip {
  readonly made: MadeSegment;
}

/** The segments that reducers made, in the order of the shards. @throws Error where they are not just those of the shards */
export function madeOfShards(shards: readonly PlannedShard[], made: readonly MadeSegment[]): MadeSegment[] {
  const madeOf = new Map(made.map((segment) => [`${segment.chunk}/${segment.shard}`, segment]));
  if (madeOf.size !== shards.length) {
    throw new Error(
      `Reducers made ${madeOf.size} segments of ${shards.length} shards: the job's folder was changed from outside.`,
    );
  }
  return shards.map(({ plan, bucket }) => {
    const segment = madeOf.get(`${plan.chunk}/${bucket}`);
    if (segment !== undefined) return segment;
    throw new Error(`No reducer made shard ${bucket} of the time chunk ${isoText(plan.chunk)}.`);
  });
}

/**
 * Whether all zips are there: where reducers left them, or where an earlier driver of the job, which was killed, moved them. Not so when
 * that one's segments were taken back since.
 */
export async function areThere(zips: readonly MadeZip[], hdfs: WebHdfsStorage): Promise<boolean> {
  const found = await mapAtOnce(zips, async ({ made, temporary, final }) => {
    for (const path of [made.zip, temporary, final]) {
      if ((await hdfs.status(path))?.length === made.manifest.zipBytes) return true;
    }
    return false;
  });
  return found.every((isThere) => isThere);
}

/** Moves zips out of the job's folder, which goes with the job, to their temporary names in deep storage. */
export async function moveOut(zips: readonly MadeZip[], hdfs: WebHdfsStorage): Promise<void> {
  await mapAtOnce(zips, async ({ made, temporary }) => {
    if ((await hdfs.status(made.zip)) === null) return;
    await hdfs.mkdirs(parentPath(temporary));
    await hdfs.rename(made.zip, temporary);
  });
}
