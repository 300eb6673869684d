/** Where a segment goes in deep storage, by the file system of segmentOutputPath. */

import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { localPath } from '../../storage/local/LocalStorage.ts';
import { joinPaths } from '../../storage/pathText.ts';
import { isHdfsPath, storageFor } from '../../storage/storage.ts';
import type { LoadSpec } from './dataSegment.ts';
import { defaultStorageDir, hdfsStorageDir, INDEX_ZIP, type SegmentKey } from './layout.ts';

/** A segment's zip: its name, and how a Historical fetches it. */
export interface SegmentPlace {
  readonly final: string;
  readonly loadSpec: LoadSpec;
}

/**
 * segmentOutputPath in full: absolute, in HDFS with scheme and host.
 * @throws Error when it lies where this program cannot store
 */
export function deepStorageBase(segmentOutputPath: string, hadoop: HadoopClient | undefined): string {
  const storage = storageFor(segmentOutputPath, hadoop);
  return isHdfsPath(segmentOutputPath) ? storage.uriOf(segmentOutputPath) : localPath(segmentOutputPath);
}

/** @param base of `deepStorageBase` @param timeZone of the segment granularity; UTC where it has none */
export function segmentPlace(base: string, key: SegmentKey, timeZone: string): SegmentPlace {
  const isHdfs = isHdfsPath(base);
  const final = isHdfs
    ? joinPaths(base, hdfsStorageDir(key, timeZone), `${key.partitionNum}_${INDEX_ZIP}`)
    : joinPaths(base, defaultStorageDir(key, timeZone), INDEX_ZIP);
  return {
    final,
    loadSpec: isHdfs ? { type: 'hdfs', path: final } : { type: 'local', path: final },
  };
}

/** Name of a zip as long as its job is not through. @param job no other job's; two of them may make the same version */
export function temporaryName(final: string, job: string): string {
  return `${final}.${job}`;
}
