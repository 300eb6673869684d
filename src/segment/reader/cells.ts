import { SegmentFormatError } from './byteReader.ts';
import {
  type ComplexColumn,
  type DoubleColumn,
  type FloatColumn,
  type LongColumn,
  type PairColumn,
  PairState,
  type StringColumn,
} from './column.ts';
import { complexText } from './complexText.ts';
import { doubleText, floatText, longText } from './jsonText.ts';
import type { Segment } from './segment.ts';

/** The JSON text of a column's value in a row. */
export type Cell = (row: number) => string;

/**
 * Makes the function that writes a column's values as JSON: numbers exact, single values bare, several in an array, null for a row
 * without one.
 *
 * @param raw whether complex values that have a decoded form show their bytes (base64) too
 * @throws SegmentFormatError for a nested column, whose rows cannot be read
 */
export function cellOf(segment: Segment, name: string, raw: boolean): Cell {
  const column = segment.column(name);
  switch (column?.kind) {
    case 'long':
      return longCell(column);
    case 'float':
      return floatCell(column);
    case 'double':
      return doubleCell(column);
    case 'string':
      return stringCell(column);
    case 'pair':
      return pairCell(column);
    case 'complex':
      return complexCell(column, raw);
    case 'nested':
      throw new SegmentFormatError(
        `${segment.label}: column "${name}" is of the nested type ${column.type}: segmill describes such columns but cannot show their rows`,
      );
    default:
      return () => 'null';
  }
}

function longCell(column: LongColumn): Cell {
  const words = new Int32Array(column.values.buffer);
  const nulls = column.nullMask;
  return (row) => (nulls !== null && nulls[row] === 1 ? 'null' : longText(words, row));
}

function floatCell(column: FloatColumn): Cell {
  const { values, nullMask: nulls } = column;
  return (row) => (nulls !== null && nulls[row] === 1 ? 'null' : floatText(values[row]));
}

function doubleCell(column: DoubleColumn): Cell {
  const { values, nullMask: nulls } = column;
  return (row) => (nulls !== null && nulls[row] === 1 ? 'null' : doubleText(values[row]));
}

function stringCell(column: StringColumn): Cell {
  const { ids, offsets } = column;
  const texts = column.dictionary.toArray().map((value) => JSON.stringify(value));
  if (offsets === null) return (row) => texts[ids[row]];
  return (row) => {
    const start = offsets[row];
    const end = offsets[row + 1];
    if (end === start) return 'null';
    if (end === start + 1) return texts[ids[start]];
    let list = `[${texts[ids[start]]}`;
    for (let i = start + 1; i < end; i++) list += `,${texts[ids[i]]}`;
    return `${list}]`;
  };
}

function pairCell(column: PairColumn): Cell {
  const { states, times, values } = column.pairs;
  const words = new Int32Array(times.buffer);
  const value = pairValue(values);
  return (row) => {
    if (states[row] === PairState.absent) return 'null';
    const text = states[row] === PairState.nullValue ? 'null' : value(row);
    return `{"time":${longText(words, row)},"value":${text}}`;
  };
}

function pairValue(pairs: PairColumn['pairs']['values']): Cell {
  const { values } = pairs;
  switch (pairs.valueType) {
    case 'long': {
      const words = new Int32Array(pairs.values.buffer);
      return (row) => longText(words, row);
    }
    case 'float':
      return (row) => floatText(values[row] as number);
    case 'double':
      return (row) => doubleText(values[row] as number);
    case 'string':
      return (row) => JSON.stringify(values[row]);
  }
}

function complexCell(column: ComplexColumn, raw: boolean): Cell {
  const { typeName } = column;
  return (row) => complexText(typeName, column.bytes(row), raw);
}
