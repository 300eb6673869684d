/** Texts that ascend strictly in UTF-16 order, as elements of a GenericIndexed. */
export interface TextBatch {
  /** Per text four zero bytes, the marker of what is not null, and its UTF-8. */
  readonly bytes: Uint8Array;
  /** Where each element ends in `bytes`. */
  readonly ends: Int32Array;
}
