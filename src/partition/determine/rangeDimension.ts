import type { Kernel } from '../../kernel/kernel.ts';

/** What a cell holds; the negative ones stand in for the length of a text. */
export const CellKind = {
  /** One text. */
  text: 0,
  /** No value. */
  null: -1,
  /** Several values: unfit for partitioning, and null when a row's shard is looked up. */
  several: -2,
} as const;
export type CellKind = (typeof CellKind)[keyof typeof CellKind];

/** Where a text was found; one object for many look-ups. */
export class FoundText {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
}

/**
 * A dimension as range partitioning sees it. Texts are those of the stored values, or with `--quirks druid` those of the input
 * (docs/quirks.md, row 10). A list whose values are all equal counts as that one value wherever Druid hashes it so; what matters is
 * that counting and routing ask the same dimension.
 */
export interface RangeDimension {
  readonly name: string;
  /** Cell of each row: int32, equal for equal values. */
  readonly cells: Int32Array;
  /** What a cell holds. @param found receives the place of its text, where it is one; UTF-8, valid until the next call */
  find(cell: number, found: FoundText): CellKind;
  /** Where the texts of cells are, if a kernel's memory holds them; until values are added. */
  readonly texts?: CellTexts;
}

/** Texts in the memory of a kernel, by addresses. */
export interface CellTexts {
  readonly kernel: Kernel;
  readonly arena: number;
  /** Int32 offsets into the arena: text `id` is `[ends[id - 1], ends[id])`. */
  readonly ends: number;
  /** Ids, that of null (0) included. */
  readonly count: number;
  /** The id of a cell, which positive cells are themselves: 0 for null, -1 for several values. */
  idOf(cell: number): number;
}
