/** Longest chunk file of a smoosh container, as Druid's indexer writes it into meta.smoosh. */
export const MAX_SMOOSH_CHUNK_BYTES = 2_147_483_647;

/** Values of a dictionary or of a list of blocks beyond which Druid turns to GenericIndexed version 2 (`DictionaryWriter`). */
export const MAX_BLOCK_LIST_BYTES = 2_147_483_647 - 4096;

/** Longest body that the i32 length field of GenericIndexed version 1 can announce. */
export const MAX_GENERIC_INDEXED_BYTES = 2_147_483_647;

/** Error for a part of a column that would need GenericIndexed version 2, which is not written yet. */
export function tooLarge(column: string, part: string): Error {
  return new Error(
    `column "${column}" is too large for one segment: its ${part} take more than 2 GiB; make smaller segments ` +
      '(lower tuningConfig.partitionsSpec.targetRowsPerSegment, or a finer segmentGranularity)',
  );
}
