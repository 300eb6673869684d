import { linePattern, listPattern } from '../input/regex/pattern.ts';
import type { FlattenField, FlattenSpec, ParseSpec } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { asList, asObject, type Fields, readFields, readType } from './readFields.ts';
import { checkRegex } from './regexField.ts';
import { readString } from './scalar.ts';
import {
  csvParseSpecShape,
  flattenFieldUnion,
  flattenSpecShape,
  jsonLowercaseParseSpecShape,
  jsonParseSpecShape,
  parserUnion,
  parseSpecUnion,
  regexParseSpecShape,
  stringParserShape,
  tsvParseSpecShape,
} from './shapes/parser.ts';
import {
  absentObject,
  joinPath,
  pathOf,
  quote,
  type SpecNode,
  type SpecObject,
  type Spot,
  spotOf,
  spotOfMissing,
} from './specTree.ts';
import { unsupportedFeature } from './unsupported.ts';

/** The parser, taken apart: how lines become rows, and the two specs that stand inside. */
export interface ParserParts {
  readonly parse: ParseSpec;
  readonly timestampSpec: SpecNode | null;
  readonly dimensionsSpec: SpecNode | null;
  /** Where the two specs stand, or would stand. */
  readonly holder: SpecObject;
  /** False for a format that is refused: it may do without the two specs. */
  readonly known: boolean;
  /** Names of the columns of a line; null where every line names its fields itself. */
  readonly columns: readonly string[] | null;
}

const JSON_LINES: ParseSpec = { format: 'json', lowercase: false, flatten: { useFieldDiscovery: true, fields: [] } };

/** `parser` with its `parseSpec`; null after an error. */
export function readParser(log: SpecLog, node: SpecNode | null, dataSchema: SpecObject): ParserParts | null {
  if (node === null) {
    log.error(
      spotOfMissing(dataSchema, 'parser'),
      'is missing',
      '{"type": "hadoopyString", "parseSpec": {"format": "json", ...}}',
      'it tells how lines become rows',
    );
    return null;
  }
  const typed = readType(log, node, parserUnion);
  if (typed === null) return refusedParser(node);
  const { parseSpec } = readFields(log, typed.object, stringParserShape, 'type').value;
  return parseSpec === null ? null : readParseSpec(log, parseSpec);
}

/** Of a parser that is refused, the time and the dimensions are read all the same: their problems are told at once too. */
function refusedParser(node: SpecNode): ParserParts | null {
  const parseSpec = node.kind === 'object' ? node.members.get('parseSpec')?.value : undefined;
  if (parseSpec === undefined || parseSpec.kind !== 'object') return null;
  return { ...partsOf(parseSpec, JSON_LINES, null), known: false };
}

function partsOf(parseSpec: SpecObject, parse: ParseSpec, columns: readonly string[] | null): ParserParts {
  return {
    parse,
    timestampSpec: presentMember(parseSpec, 'timestampSpec'),
    dimensionsSpec: presentMember(parseSpec, 'dimensionsSpec'),
    holder: parseSpec,
    known: true,
    columns,
  };
}

function presentMember(object: SpecObject, name: string): SpecNode | null {
  const value = object.members.get(name)?.value;
  return value === undefined || value.kind === 'null' ? null : value;
}

/** `parseSpec`; null after an error that leaves nothing to go on with. */
export function readParseSpec(log: SpecLog, node: SpecNode): ParserParts | null {
  const typed = readType(log, node, parseSpecUnion);
  if (typed === null) return node.kind === 'object' ? { ...partsOf(node, JSON_LINES, null), known: false } : null;
  const { type, object } = typed;
  if (!object.members.has('format')) {
    log.danger(
      spotOfMissing(object, 'format'),
      'is missing and taken as "tsv", as old Druid versions did',
      'write "format": "json" for JSON lines',
    );
  }
  switch (type) {
    case 'json': {
      const { flattenSpec } = readFields(log, object, jsonParseSpecShape, 'format').value;
      return partsOf(
        object,
        { format: 'json', lowercase: false, flatten: readFlatten(log, flattenSpec, object) },
        null,
      );
    }
    case 'jsonLowercase':
      readFields(log, object, jsonLowercaseParseSpecShape, 'format');
      return partsOf(object, { ...JSON_LINES, lowercase: true } as ParseSpec, null);
    case 'csv':
      return readDelimited(log, readFields(log, object, csvParseSpecShape, 'format'), ',', true);
    case 'tsv': {
      const fields = readFields(log, object, tsvParseSpecShape, 'format');
      return readDelimited(log, fields, fields.value.delimiter, false);
    }
    default:
      return readRegex(log, object);
  }
}

function readDelimited(
  log: SpecLog,
  fields: Fields<(typeof csvParseSpecShape)['fields']>,
  delimiter: string,
  quotes: boolean,
): ParserParts {
  const { listDelimiter, hasHeaderRow, skipHeaderRows } = fields.value;
  const columns = fields.value.columns;
  if (columns === null && !hasHeaderRow) {
    log.error(
      fields.at('columns'),
      'is missing',
      'the names of the columns',
      'or "hasHeaderRow": true, where the first line of each file has them',
    );
  }
  checkColumns(log, fields.at('columns'), columns);
  if (delimiter === '') log.error(spotOf(fields.object), 'the delimiter is empty', 'a text such as "\\t"');
  if (listDelimiter === '') log.error(fields.at('listDelimiter'), 'the listDelimiter is empty', 'a text such as "|"');
  else if (delimiter === listDelimiter) {
    log.error(
      fields.at('listDelimiter'),
      `delimiter and listDelimiter are both ${quote(delimiter)}`,
      'two different texts',
    );
  }
  const parse: ParseSpec = {
    format: 'delimited',
    columns,
    delimiter,
    listDelimiter,
    quotes,
    hasHeaderRow,
    skipHeaderRows,
  };
  return partsOf(fields.object, parse, columns);
}

function checkColumns(log: SpecLog, spot: ReturnType<typeof spotOf>, columns: readonly string[] | null): void {
  const seen = new Set<string>();
  for (const column of columns ?? []) {
    if (column.includes(',')) log.error(spot, `the column ${quote(column)} holds a comma`, 'names without commas');
    if (seen.has(column)) log.error(spot, `the column ${quote(column)} is listed twice`, 'each column once');
    seen.add(column);
  }
}

function readRegex(log: SpecLog, object: SpecObject): ParserParts | null {
  const fields = readFields(log, object, regexParseSpecShape, 'format');
  const { pattern, columns, listDelimiter } = fields.value;
  checkColumns(log, fields.at('columns'), columns);
  checkRegex(log, fields.at('listDelimiter'), listDelimiter, listPattern);
  if (pattern !== null) checkRegex(log, fields.at('pattern'), pattern, linePattern);
  if (pattern === null) return partsOf(object, JSON_LINES, columns);
  return partsOf(object, { format: 'regex', pattern, columns, listDelimiter }, columns);
}

function readFlatten(log: SpecLog, node: SpecNode | null, parseSpec: SpecObject): FlattenSpec {
  const object = node === null ? absentObject(parseSpec, 'flattenSpec') : asObject(log, node, 'a flattenSpec');
  if (object === null) return { useFieldDiscovery: true, fields: [] };
  const read = readFields(log, object, flattenSpecShape);
  const { useFieldDiscovery, fields: list } = read.value;
  if (!useFieldDiscovery) refuse(log, read.at('useFieldDiscovery'), 'flatten:noDiscovery');
  const fields: FlattenField[] = [];
  const names = new Set<string>();
  for (const item of asList(log, list, 'the list of flattenSpec fields')) {
    const field = item.kind === 'object' ? readFlattenField(log, item) : readRootField(log, item);
    if (field === null) continue;
    if (names.has(field.name))
      log.error(spotOf(item), `the field ${quote(field.name)} is listed twice`, 'each field once');
    if (field.type === 'root' && field.expr !== field.name) refuse(log, spotOf(item), 'flatten:renamed');
    names.add(field.name);
    fields.push(field);
  }
  log.use(joinPath(pathOf(object), 'fields'), list === null ? 'defaulted' : 'used', [...names], 'fields taken by name');
  return { useFieldDiscovery, fields };
}

function refuse(log: SpecLog, spot: Spot, feature: string): void {
  const refusal = unsupportedFeature(feature);
  if (refusal !== null) log.error(spot, refusal);
}

function readRootField(log: SpecLog, node: SpecNode): FlattenField | null {
  const name = readString(log, node);
  return name === null ? null : { type: 'root', name, expr: name, nodes: [] };
}

function readFlattenField(log: SpecLog, node: SpecObject): FlattenField | null {
  const typed = readType(log, node, flattenFieldUnion);
  if (typed === null) return null;
  if (typed.type === 'tree') {
    const { name, nodes } = readFields(log, node, flattenFieldUnion.shapes.tree, 'type').value;
    return name === null ? null : { type: 'tree', name, expr: '', nodes };
  }
  const type = typed.type as 'root' | 'path' | 'jq';
  const { name, expr } = readFields(log, node, flattenFieldUnion.shapes[type], 'type').value;
  return name === null ? null : { type, name, expr: expr ?? name, nodes: [] };
}
