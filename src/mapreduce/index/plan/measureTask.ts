import { type BlockEncoder, lz4Encoder } from '../../../kernel/lz4.ts';
import { Scratch } from '../../../segment/scratch.ts';
import type { TaskContext } from '../../job.ts';
import type { ShardInput } from '../indexPayload.ts';
import { writeSegment } from '../writeSegment.ts';
import { type HotKey, HotKeys, type WatchedKeys } from './hotKeys.ts';

export interface MeasurePayload extends ShardInput {
  readonly watched: WatchedKeys;
}

export interface MeasureManifest {
  readonly rows: number;
  /** Distinct group keys. */
  readonly keys: number;
  /** Bytes of the uncompressed files of the segment together. */
  readonly size: number;
  readonly hottest: readonly HotKey[];
}

/**
 * Writes a segment as the job would, to learn its rows and bytes; only the packing into index.zip is left out.
 *
 * @param encoder compresses the segment's blocks; there is one in production, tests put liblz4 in its place
 */
export async function measureShard(
  payload: MeasurePayload,
  context: TaskContext,
  encoder: BlockEncoder = lz4Encoder(),
): Promise<MeasureManifest> {
  const watcher = new HotKeys(payload.watched);
  const scratch = new Scratch(context.attemptDirectory);
  try {
    const { rows, files } = writeSegment(payload, context, scratch, encoder, watcher);
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return { rows, keys: watcher.keys, size, hottest: watcher.hottest };
  } finally {
    scratch.dispose();
  }
}
