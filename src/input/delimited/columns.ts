import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';

/** A column that the job does not want. */
export const UNWANTED = -1;

/**
 * Which field of a batch each column of a line fills.
 *
 * @param names of the columns, in order, each once
 * @param discover whether names without a slot get one
 * @returns per column the first field of its slot (`slot * BATCH_ROWS`), or {@link UNWANTED}
 */
export function columnFields(names: readonly string[], batch: RecordBatch, discover: boolean): Int32Array {
  const slots = new Map(batch.fieldNames.map((name, slot) => [name, slot]));
  return Int32Array.from(names, (name) => {
    const slot = slots.get(name) ?? (discover ? batch.addField(name) : undefined);
    return slot === undefined ? UNWANTED : slot * BATCH_ROWS;
  });
}

/** The name that Druid gives to a column without one, counted from 0 (`ParserUtils.findOrCreateColumnNames`). */
export function defaultColumnName(column: number): string {
  return `column_${column + 1}`;
}
