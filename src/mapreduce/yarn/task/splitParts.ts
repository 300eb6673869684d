import { rmSync } from 'node:fs';
import { MAX_LINE_BYTES_DEFAULT } from '../../../input/lines/lineBlocks.ts';
import { type InputSplit, isLargeGzip, MAX_SPLIT_BYTES_DEFAULT } from '../../../input/splits/splits.ts';
import { unpackGzip } from '../../../input/splits/unpackGzip.ts';
import { storageFor } from '../../../storage/storage.ts';
import { countsPerTask } from '../../index/gatherMaps.ts';
import type { IndexConfig } from '../../index/indexPayload.ts';

/** Parts on disk that nobody reads yet: this process has one thread. */
const PARTS_AHEAD = 1;

/**
 * The pieces of splits that one task reads one after the other. On one machine a large gzip file is read by many tasks, part by part, and
 * runs end where parts do; so they must here, or sums of doubles would be folded along another tree.
 *
 * @param directory for unpacked parts; each is removed when the next one is asked for
 */
export async function* splitParts(
  splits: readonly InputSplit[],
  config: IndexConfig,
  directory: string,
): AsyncGenerator<InputSplit> {
  for (const split of splits) {
    // Where Druid counts by split, such a file is one.
    if (countsPerTask(config) || !isLargeGzip(split, MAX_SPLIT_BYTES_DEFAULT)) yield split;
    else yield* partsOf(split, config, directory);
  }
}

async function* partsOf(split: InputSplit, config: IndexConfig, directory: string): AsyncGenerator<InputSplit> {
  const options = {
    partBytes: MAX_SPLIT_BYTES_DEFAULT,
    lineBytesMax: MAX_LINE_BYTES_DEFAULT,
    directory,
    ahead: PARTS_AHEAD,
    storageOf: (path: string) => storageFor(path, config.hadoop),
  };
  for await (const part of unpackGzip(split.inputs[0], options)) {
    yield { index: split.index, inputs: [part], bytes: part.end - part.start };
    rmSync((part.unpacked as NonNullable<typeof part.unpacked>).path, { force: true });
  }
}
