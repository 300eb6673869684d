import { FieldKind } from '../../../src/input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../../../src/input/recordBatch.ts';
import type { SpanColumns } from '../../../src/input/spanColumns.ts';

/** A field with all that its kind says about it: name of the kind, then span, decoded text, value or elements. */
export type Cell = readonly [string, ...unknown[]];

const KIND_NAMES = Object.fromEntries(Object.entries(FieldKind).map(([name, kind]) => [kind, name]));

/** The fields of a row that are not absent, by name. */
export function rowOf(batch: RecordBatch, row: number): Record<string, Cell> {
  const fields: [string, Cell][] = [];
  for (const [slot, name] of batch.fieldNames.entries()) {
    const cell = cellOf(batch, batch, slot * BATCH_ROWS + row);
    if (cell[0] !== 'absent') fields.push([name, cell]);
  }
  return Object.fromEntries(fields);
}

/** The rows of a batch. */
export function rowsOf(batch: RecordBatch): Record<string, Cell>[] {
  return Array.from({ length: batch.rows }, (_, row) => rowOf(batch, row));
}

type Fields = Pick<SpanColumns, 'kinds' | 'starts' | 'ends'>;

function cellOf(batch: RecordBatch, { kinds, starts, ends }: Fields, at: number): Cell {
  const name = KIND_NAMES[kinds[at]];
  switch (kinds[at]) {
    case FieldKind.string:
    case FieldKind.integer:
    case FieldKind.decimal:
      return [name, starts[at], ends[at]];
    case FieldKind.text:
      return [name, batch.texts[starts[at]]];
    case FieldKind.nested:
      return [name, batch.values[starts[at]]];
    case FieldKind.list: {
      const length = ends[at] - starts[at];
      return [name, Array.from({ length }, (_, i) => cellOf(batch, batch.elements, starts[at] + i))];
    }
    default:
      return [name];
  }
}

/** The bytes of a span as text. */
export function spanText(batch: RecordBatch, cell: Cell): string {
  return batch.bytes.toString('utf8', cell[1] as number, cell[2] as number);
}
