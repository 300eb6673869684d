import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { BlockEncoder } from '../../kernel/lz4.ts';
import { lz4Encoder } from '../../kernel/lz4.ts';
import { type IndexZipSummary, writeIndexZip } from '../../segment/indexZip.ts';
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
    const sink = await createIn(storage, temporaryZip);
    const summary = await writeIndexZip(files, sink);
    await finished(sink);
    return summary;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'ENOSPC') throw error;
    throw new StorageError(`write ${temporaryZip}, which takes ${size} bytes at most`, temporaryZip, error.cause);
  }
}

/** The folder was made before; but another job that removes its own may have found it empty. */
async function createIn(storage: Storage, path: string): Promise<Writable> {
  try {
    return await storage.createWrite(path);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'ENOENT') throw error;
    await storage.mkdirs(parentPath(path));
    return storage.createWrite(path);
  }
}
