/** Elements of a GenericIndexed, encoded. */
export interface ElementBatch {
  /** Per element four zero bytes, the marker of what is not null, and its bytes. */
  readonly bytes: Uint8Array;
  /** Where each element ends in `bytes`. */
  readonly ends: Int32Array;
}
