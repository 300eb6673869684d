import { finished } from 'node:stream/promises';
import type { BlockEncoder } from '../../kernel/lz4.ts';
import { lz4Encoder } from '../../kernel/lz4.ts';
import { type IndexZipSummary, smallIndexZip, writeIndexZip } from '../../segment/indexZip.ts';
import type { Scratch } from '../../segment/scratch.ts';
import type { SegmentFile } from '../../segment/writer/segmentFile.ts';
import { StorageError } from '../../storage/local/StorageError.ts';
import { parentPath } from '../../storage/pathText.ts';
import { type Storage, storageFor } from '../../storage/storage.ts';
import type { TaskContext } from '../job.ts';
import type { ReduceManifest, ReducePayload } from './indexPayload.ts';
import { writeSegment } from './writeSegment.ts';

/**
 * Merges the sections of one shard into a segment and stores it as index.zip under a temporary name.
 *
 * @param scratch holds the segment until it is stored
 * @param encoder compresses the segment's blocks; there is one in production, tests put liblz4 in its place
 */
export async function reduceIndex(
  payload: ReducePayload,
  context: TaskContext,
  scratch: Scratch,
  encoder: BlockEncoder = lz4Encoder(),
): Promise<ReduceManifest> {
  const { rows, dimensions, files } = writeSegment(payload, context, scratch, encoder, null);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const { zipBytes, sha256 } = await storeZip(files, payload, size);
  return { rows, dimensions, size, zipBytes, zipSha256: sha256 };
}

/** @param size bytes of all files */
async function storeZip(
  files: readonly SegmentFile[],
  { temporaryZip, config }: ReducePayload,
  size: number,
): Promise<IndexZipSummary> {
  const storage = storageFor(temporaryZip, config.hadoop);
  try {
    const small = smallIndexZip(files);
    if (small !== null) {
      await inFolder(storage, temporaryZip, () => storage.write(temporaryZip, small.bytes));
      return { zipBytes: small.zipBytes, sha256: small.sha256 };
    }
    const sink = await inFolder(storage, temporaryZip, () => storage.createWrite(temporaryZip));
    const summary = await writeIndexZip(files, sink);
    await finished(sink);
    return summary;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'ENOSPC') throw error;
    throw new StorageError(`write ${temporaryZip}, which takes ${size} bytes at most`, temporaryZip, error.cause);
  }
}

/** Makes a file in a folder that may not be there yet, or that another job which removes its own has found empty. */
async function inFolder<Result>(storage: Storage, path: string, make: () => Promise<Result>): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'ENOENT') throw error;
    await storage.mkdirs(parentPath(path));
    return make();
  }
}
