import { finished } from 'node:stream/promises';
import type { BlockEncoder } from '../../kernel/lz4.ts';
import { lz4Encoder } from '../../kernel/lz4.ts';
import { writeIndexZip } from '../../segment/indexZip.ts';
import type { Scratch } from '../../segment/scratch.ts';
import { storageFor } from '../../storage/storage.ts';
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
  const sink = await storageFor(payload.temporaryZip, payload.config.hadoop).createWrite(payload.temporaryZip);
  const { zipBytes, sha256 } = await writeIndexZip(files, sink);
  await finished(sink);
  return { rows, dimensions, size: files.reduce((sum, file) => sum + file.size, 0), zipBytes, zipSha256: sha256 };
}
