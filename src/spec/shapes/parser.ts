import { shape, type Union } from '../field.ts';
import { dimensionsSpecShape, timestampSpecShape } from './dataSchema.ts';

const timestampSpec = {
  kind: 'node',
  why: 'which column holds the time',
  type: { shape: () => timestampSpecShape },
} as const;
const dimensionsSpec = {
  kind: 'node',
  why: 'the dimensions',
  type: { shape: () => dimensionsSpecShape },
} as const;
const writtenType = {
  kind: 'string',
  why: 'some documents write a type here',
  ignored: 'a parseSpec is told by its "format"',
} as const;
const columns = { kind: 'strings', why: 'names of the columns, in order' } as const;
const columnsOfNoUse = { kind: 'strings', why: 'names of columns', ignored: 'JSON objects name their fields' } as const;
const listDelimiter = {
  kind: 'string',
  why: 'divides several values in one column; U+0001 where left out',
  default: '\u0001',
} as const;
const hasHeaderRow = { kind: 'boolean', why: 'the first line of a file names the columns', default: false } as const;
const skipHeaderRows = {
  kind: 'integer',
  why: 'lines to skip at the start of a file',
  default: 0,
  minimum: 0,
} as const;

/** `JSONParseSpec`. */
export const jsonParseSpecShape = shape('JsonParseSpec', 'One JSON object a line.', {
  type: writtenType,
  timestampSpec,
  dimensionsSpec,
  flattenSpec: {
    kind: 'node',
    why: 'which fields are taken, and how nested ones are',
    type: { shape: () => flattenSpecShape },
  },
  columns: columnsOfNoUse,
  featureSpec: {
    kind: 'node',
    why: 'switches of the Jackson parser',
    ignored: 'the JSON reader here has no such switches',
    type: { json: {} },
  },
  keepNullColumns: {
    kind: 'boolean',
    why: 'lists null fields as found',
    ignored: 'null fields make no dimension here',
  },
});

/** `JSONLowercaseParseSpec`. */
export const jsonLowercaseParseSpecShape = shape('JsonLowercaseParseSpec', 'JSON with its field names in lower case.', {
  type: writtenType,
  timestampSpec,
  dimensionsSpec,
  columns: columnsOfNoUse,
});

/** `CSVParseSpec`. */
export const csvParseSpecShape = shape('CsvParseSpec', 'Lines of comma-separated values, quoted as in RFC 4180.', {
  type: writtenType,
  timestampSpec,
  dimensionsSpec,
  columns,
  listDelimiter,
  hasHeaderRow,
  skipHeaderRows,
});

/** `DelimitedParseSpec`. */
export const tsvParseSpecShape = shape(
  'TsvParseSpec',
  'Lines of values with a delimiter between them, without quotes.',
  {
    type: writtenType,
    timestampSpec,
    dimensionsSpec,
    columns,
    delimiter: { kind: 'string', why: 'stands between two values; a tab where left out', default: '\t' },
    listDelimiter,
    hasHeaderRow,
    skipHeaderRows,
  },
);

/** `RegexParseSpec`. */
export const regexParseSpecShape = shape('RegexParseSpec', 'Lines taken apart by a regular expression.', {
  type: writtenType,
  timestampSpec,
  dimensionsSpec,
  pattern: {
    kind: 'string',
    why: 'a Java regular expression for the whole line; its groups are the columns',
    required: true,
  },
  columns,
  listDelimiter,
});

/** `TimeAndDimsParseSpec`: for parsers that need no format. */
export const timeAndDimsParseSpecShape = shape('TimeAndDimsParseSpec', 'Time and dimensions, without a text format.', {
  type: writtenType,
  timestampSpec,
  dimensionsSpec,
  columns: columnsOfNoUse,
});

/** `ParseSpec`. Old versions of Druid took TSV where the format is left out; 33 refuses that. */
export const parseSpecUnion = {
  name: 'ParseSpec',
  about: 'How a line becomes a row.',
  discriminator: 'format',
  defaultType: 'tsv',
  shapes: {
    json: jsonParseSpecShape,
    jsonLowercase: jsonLowercaseParseSpecShape,
    csv: csvParseSpecShape,
    tsv: tsvParseSpecShape,
    regex: regexParseSpecShape,
    timeAndDims: timeAndDimsParseSpecShape,
  },
  oldNames: {},
  feature: 'parseSpec',
  noun: 'parseSpec format',
} as const satisfies Union;

/** `JSONPathSpec`. */
export const flattenSpecShape = shape('FlattenSpec', 'Which fields are taken, and how nested ones are.', {
  type: { kind: 'string', why: 'the kind of flattenSpec', ignored: 'there is one kind' },
  useFieldDiscovery: {
    kind: 'boolean',
    why: 'top-level fields with plain values or lists of them are found by themselves',
    default: true,
  },
  fields: {
    kind: 'node',
    why: 'fields taken by name or path',
    type: { list: { anyOf: [{ json: { type: 'string' } }, { union: () => flattenFieldUnion }] } },
  },
});

const flattenFieldShape = shape('FlattenField', 'A field taken by name or path.', {
  name: { kind: 'string', why: 'name of the row field', required: true },
  expr: { kind: 'string', why: 'the input field, or a path to it; the name where left out' },
});

/** `JSONPathFieldSpec`. */
export const flattenFieldUnion = {
  name: 'FlattenField',
  about: 'A field taken by name or path.',
  discriminator: 'type',
  defaultType: null,
  shapes: {
    root: flattenFieldShape,
    path: flattenFieldShape,
    jq: flattenFieldShape,
    tree: shape('FlattenTreeField', 'A field taken by a list of names.', {
      name: { kind: 'string', why: 'name of the row field', required: true },
      nodes: { kind: 'strings', why: 'names from the top down', default: [] },
    }),
  },
  oldNames: {},
  anyCase: true,
  feature: 'flatten',
  noun: 'flattenSpec field type',
} as const satisfies Union;

/** `StringInputRowParser`, `HadoopyStringInputRowParser`. */
export const stringParserShape = shape('StringParser', 'Text, one row a line.', {
  parseSpec: {
    kind: 'node',
    why: 'how a line becomes a row',
    required: true,
    type: { union: () => parseSpecUnion },
  },
  encoding: {
    kind: 'string',
    why: 'character set of the lines',
    oneOf: ['UTF-8', 'UTF8', 'US-ASCII'],
    default: 'UTF-8',
  },
});

/** `InputRowParser`. */
export const parserUnion = {
  name: 'Parser',
  about: 'How the input becomes rows.',
  discriminator: 'type',
  defaultType: 'hadoopyString',
  shapes: { hadoopyString: stringParserShape, string: stringParserShape },
  oldNames: {},
  unknownIs: 'string',
  feature: 'parser',
  noun: 'parser type',
} as const satisfies Union;
