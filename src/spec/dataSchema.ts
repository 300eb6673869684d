import { readDimensionsSpec } from './dimensionsSpec.ts';
import { readGranularitySpec } from './granularitySpec.ts';
import type { JobSpec } from './jobSpec.ts';
import { readMetrics } from './metricsSpec.ts';
import { type ParserParts, readParser } from './parseSpec.ts';
import type { SpecLog } from './problem.ts';
import { asObject, readFields } from './readFields.ts';
import { isPlaceholder, PLACEHOLDER_HINT } from './scalar.ts';
import { dataSchemaShape } from './shapes/dataSchema.ts';
import { quote, type SpecNode, type Spot, spotOf, spotOfMissing } from './specTree.ts';
import { readTimestampSpec } from './timestampSpec.ts';
import { readTransformSpec } from './transformSpec.ts';

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
  return schema;
}

/** Druid's rules for identifiers (`IdUtils.validateId`). */
function checkDataSource(log: SpecLog, spot: Spot, name: string): void {
  if (name === '') log.error(spot, 'the name of the datasource is empty', 'a name');
  else if (name.startsWith('.')) log.error(spot, `the name ${quote(name)} begins with a dot`, 'a name that does not');
  else if (name.includes('/')) log.error(spot, `the name ${quote(name)} holds a slash`, 'a name without slashes');
  else if (/[^\S ]/.test(name)) log.error(spot, `the name ${quote(name)} holds a tab or line break`, 'spaces at most');
  else if (isPlaceholder(name)) log.danger(spot, `the datasource is named ${quote(name)}`, PLACEHOLDER_HINT);
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

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 8).map(quote).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
