import { FieldKind } from '../record.ts';
import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import { type Discovery, isDiscovered } from '../recordScanner.ts';

/** A column that the job does not want. */
export const UNWANTED = -1;

/**
 * Which field of a batch each column of a line fills.
 *
 * @param names of the columns, in order, each once
 * @param discovery which names without a slot get one
 * @returns per column the first field of its slot (`slot * BATCH_ROWS`), or {@link UNWANTED}
 */
export function columnFields(names: readonly string[], batch: RecordBatch, discovery: Discovery): Int32Array {
  const slots = new Map(batch.fieldNames.map((name, slot) => [name, slot]));
  return Int32Array.from(names, (name) => {
    const slot = slots.get(name) ?? (isDiscovered(name, discovery) ? batch.addField(name) : undefined);
    return slot === undefined ? UNWANTED : slot * BATCH_ROWS;
  });
}

/** Notes which columns each record of a batch has: all up to where its line ends. */
export function noteColumns(batch: RecordBatch, fields: Int32Array): void {
  const { order, rows } = batch;
  if (order === null) return;
  for (let row = 0; row < rows; row++) {
    const { kinds } = batch;
    for (const field of fields) if (field !== UNWANTED && kinds[field + row] !== FieldKind.absent) order.push(field);
    order.close(row);
  }
}

/** The name that Druid gives to a column without one, counted from 0 (`ParserUtils.findOrCreateColumnNames`). */
export function defaultColumnName(column: number): string {
  return `column_${column + 1}`;
}
