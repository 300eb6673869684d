import { FieldKind, type RecordView } from '../../input/record.ts';
import { javaTextOfJson } from '../numbers/javaText.ts';
import { parseDoubleSpan } from '../numbers/parse.ts';

/** How doubles are written: the shortest text, or Java 17's. */
export type DoubleText = (value: number) => string;

/**
 * The text of a field as Druid's string columns have it: null for an absent or null field and for an empty list, else one
 * text, or one per element for a list, where a null element is null.
 *
 * @param slot the field's slot in the record
 */
export function fieldText(
  record: RecordView,
  slot: number,
  doubleText: DoubleText,
): string | null | readonly (string | null)[] {
  const { kinds, starts, ends, texts } = record.slots;
  const kind = kinds[slot] as FieldKind;
  if (kind === FieldKind.list) return listTexts(record, starts[slot], ends[slot], doubleText);
  if (kind === FieldKind.nested) return nestedTexts(record.values[slot], doubleText);
  return scalarText(record.bytes, kind, starts[slot], ends[slot], texts[slot], doubleText);
}

function listTexts(record: RecordView, from: number, to: number, doubleText: DoubleText): (string | null)[] | null {
  if (from === to) return null;
  const { kinds, starts, ends, texts } = record.elements;
  const list: (string | null)[] = [];
  for (let i = from; i < to; i++) {
    list.push(scalarText(record.bytes, kinds[i] as FieldKind, starts[i], ends[i], texts[i], doubleText));
  }
  return list;
}

function nestedTexts(value: unknown, doubleText: DoubleText): string | (string | null)[] | null {
  if (!Array.isArray(value)) return javaTextOfJson(value, doubleText);
  if (value.length === 0) return null;
  return value.map((element) => (element === null ? null : javaTextOfJson(element, doubleText)));
}

/** @param text the decoded text of a field of kind `text` */
function scalarText(
  bytes: Uint8Array,
  kind: FieldKind,
  start: number,
  end: number,
  text: string,
  doubleText: DoubleText,
): string | null {
  switch (kind) {
    case FieldKind.string:
      return decode(bytes, start, end);
    case FieldKind.text:
      return text;
    case FieldKind.integer:
      return integerText(bytes, start, end);
    case FieldKind.decimal:
      return doubleText(parseDoubleSpan(bytes, start, end));
    case FieldKind.true:
      return 'true';
    case FieldKind.false:
      return 'false';
    default:
      return null;
  }
}

/** A JSON integer literal is Java's text of the number but for `-0`, which Java reads as 0. */
export function integerText(bytes: Uint8Array, start: number, end: number): string {
  const literal = decode(bytes, start, end);
  return literal === '-0' ? '0' : literal;
}

/** UTF-8 to string, with a short way for short ASCII. */
function decode(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT) {
    let text = '';
    for (let at = start; at < end; at++) {
      if (bytes[at] > 0x7f) return decoder.decode(bytes.subarray(start, end));
      text += String.fromCharCode(bytes[at]);
    }
    return text;
  }
  return decoder.decode(bytes.subarray(start, end));
}

const SHORT = 12;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
