import { parseJsonValue } from '../../../src/input/json/parseValue.ts';
import { type FieldArray, FieldKind, RecordView } from '../../../src/input/record.ts';

/** A record view of one JSON object with the given fields, filled as a scanner would, each text with spans into one buffer. */
export function recordOf(source: string, fieldNames: readonly string[]): RecordView {
  const record = new RecordView(fieldNames);
  const literals: string[] = [];
  let length = 0;
  const span = (fields: FieldArray, at: number, text: string) => {
    literals.push(text);
    fields.starts[at] = length;
    length += Buffer.byteLength(text);
    fields.ends[at] = length;
  };
  const put = (fields: FieldArray, at: number, literal: string) => {
    const first = literal[0];
    if (first === '"') {
      const text = JSON.parse(literal) as string;
      // Escapes make it a decoded text, as in the scanners.
      fields.kinds[at] = literal.includes('\\') ? FieldKind.text : FieldKind.string;
      if (literal.includes('\\')) fields.texts[at] = text;
      else span(fields, at, text);
    } else if (first === 't') fields.kinds[at] = FieldKind.true;
    else if (first === 'f') fields.kinds[at] = FieldKind.false;
    else if (first === 'n') fields.kinds[at] = FieldKind.null;
    else {
      const long = /^-?[0-9]+$/.test(literal) && BigInt.asIntN(64, BigInt(literal)) === BigInt(literal);
      fields.kinds[at] = long ? FieldKind.integer : FieldKind.decimal;
      span(fields, at, literal);
    }
  };
  for (const [name, literal] of topLevel(source)) {
    const slot = fieldNames.indexOf(name);
    if (slot < 0) continue;
    const elements = literal.startsWith('[') ? elementsOf(literal) : null;
    if (literal.startsWith('{') || elements?.some((element) => /^[[{]/.test(element))) {
      record.slots.kinds[slot] = FieldKind.nested;
      const bytes = Buffer.from(literal);
      record.values[slot] = parseJsonValue(bytes, 0, bytes.length);
    } else if (elements !== null) {
      record.slots.kinds[slot] = FieldKind.list;
      record.slots.starts[slot] = record.elementCount;
      for (const element of elements) put(record.elements, record.elementCount++, element);
      record.slots.ends[slot] = record.elementCount;
    } else put(record.slots, slot, literal);
  }
  record.bytes = Buffer.from(literals.join(''));
  return record;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g;

function topLevel(object: string): [string, string][] {
  return split(object).map((tokens) => [JSON.parse(tokens[0]) as string, tokens.slice(2).join('')]);
}

function elementsOf(list: string): string[] {
  return split(list).map((tokens) => tokens.join(''));
}

/** The tokens between the outer brackets, cut at the outer commas. */
function split(source: string): string[][] {
  const tokens = (source.match(TOKEN) as string[]).slice(1, -1);
  const parts: string[][] = tokens.length === 0 ? [] : [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token === '[' || token === '{') depth++;
    if (token === ']' || token === '}') depth--;
    if (token === ',' && depth === 0) parts.push([]);
    else parts[parts.length - 1].push(token);
  }
  return parts;
}
