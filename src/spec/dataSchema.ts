import { checkDataSource } from './dataSourceName.ts';
import { readDimensionsSpec } from './dimensionsSpec.ts';
import { readGranularitySpec } from './granularitySpec.ts';
import type { JobSpec } from './jobSpec.ts';
import { readMetrics } from './metricsSpec.ts';
import { type ParserParts, readParser } from './parseSpec.ts';
import type { SpecLog } from './problem.ts';
import { asObject, readFields } from './readFields.ts';
import { dataSchemaShape } from './shapes/dataSchema.ts';
import { quote, type SpecNode, spotOf, spotOfMissing } from './specTree.ts';
import { readTimestampSpec } from './timestampSpec.ts';
import { readTransformSpec } from './transformSpec.ts';
import { unsupportedFeature } from './unsupported.ts';

/** The part of a job that `dataSchema` decides. */
export type SchemaPart = Pick<
  JobSpec,
  'dataSource' | 'timestamp' | 'parse' | 'dimensions' | 'metrics' | 'granularity' | 'transform'
>;

/** `dataSchema`; null after an error that leaves no schema. */
export function readDataSchema(log: SpecLog, node: SpecNode): SchemaPart | null {
  const object = asObject(log, node, 'a dataSchema');
  if (object === null) return null;
  const fields = readFields(log, object, dataSchemaShape);
  const value = fields.value;
  if (value.dataSource !== null) checkDataSource(log, fields.at('dataSource'), value.dataSource);
  const parser = readParser(log, value.parser, object);
  const metrics = readMetrics(log, value.metricsSpec);
  const holder = parser?.holder ?? object;
  if (parser?.known) checkPresent(log, parser, value.timestampSpec !== null, value.dimensionsSpec !== null);
  const timestamp =
    value.timestampSpec === null
      ? readTimestampSpec(log, parser?.timestampSpec ?? null, holder)
      : readTimestampSpec(log, value.timestampSpec, object);
  const dimensions =
    value.dimensionsSpec === null
      ? readDimensionsSpec(log, parser?.dimensionsSpec ?? null, holder, timestamp.column, metrics)
      : readDimensionsSpec(log, value.dimensionsSpec, object, timestamp.column, metrics);
  const granularity = readGranularitySpec(log, value.granularitySpec, object);
  const transform = readTransformSpec(log, value.transformSpec);
  if (value.dataSource === null || parser === null) return null;
  const schema = {
    dataSource: value.dataSource,
    timestamp,
    parse: parser.parse,
    dimensions,
    metrics,
    granularity,
    transform,
  };
  checkColumns(log, parser, schema);
  checkFlatten(log, parser, schema);
  return schema;
}

/** A parseSpec without its two specs is refused by Druid; those beside the parser will do here. */
function checkPresent(log: SpecLog, parser: ParserParts, timeAbove: boolean, dimensionsAbove: boolean): void {
  if (parser.timestampSpec === null && !timeAbove) {
    const spot = spotOfMissing(parser.holder, 'timestampSpec');
    log.error(spot, 'is missing', '{"column": "timestamp", "format": "auto"}', 'it tells the time of a row');
  }
  if (parser.dimensionsSpec === null && !dimensionsAbove) {
    const spot = spotOfMissing(parser.holder, 'dimensionsSpec');
    log.error(spot, 'is missing', '{"dimensions": ["a", "b"]}', 'an empty list takes every field that is found');
  }
}

/** Lines with named columns: what is read and never there. */
function checkColumns(log: SpecLog, parser: ParserParts, schema: SchemaPart): void {
  if (parser.columns === null) return;
  const there = new Set(parser.columns);
  for (const { name } of schema.transform.expressions) there.add(name);
  const columns = parser.holder.members.get('columns');
  const spot = columns === undefined ? spotOfMissing(parser.holder, 'columns') : spotOf(columns.value);
  const { column, missingValue } = schema.timestamp;
  if (!there.has(column) && missingValue === null) {
    const hint = `no row has a time, so every row is unparseable; the columns are ${shortList(parser.columns)}`;
    log.danger(spot, `the time column ${quote(column)} is not among the columns`, hint);
  }
  const absent = schema.dimensions.dimensions.filter(({ name }) => !there.has(name)).map(({ name }) => name);
  if (absent.length > 0) {
    log.danger(spot, `dimensions that are not among the columns: ${shortList(absent)}`, 'they are null in every row');
  }
}

/** Druid orders found dimensions by the fields of the flattenSpec first. */
function checkFlatten(log: SpecLog, { holder }: ParserParts, { parse, dimensions }: SchemaPart): void {
  if (parse.format !== 'json' || parse.flatten.fields.length === 0 || !dimensions.discover) return;
  const spec = holder.members.get('flattenSpec');
  const refusal = unsupportedFeature('flatten:found');
  if (spec !== undefined && refusal !== null) log.error(spotOf(spec.value), refusal);
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 8).map(quote).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
