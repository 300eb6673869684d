import type { DimensionSpec, DimensionsSpec, DimensionType, MetricSpec, MultiValueHandling } from './jobSpec.ts';
import { metricInputs } from './metricsSpec.ts';
import type { SpecLog } from './problem.ts';
import { asList, readFields, readType } from './readFields.ts';
import { readString } from './scalar.ts';
import { dimensionsSpecShape, dimensionUnion } from './shapes/dataSchema.ts';
import {
  absentObject,
  joinPath,
  pathOf,
  quote,
  type SpecNode,
  type SpecObject,
  type Spot,
  spotOf,
} from './specTree.ts';
import { unsupportedFeature } from './unsupported.ts';

/** A dimension with its place in the text. */
interface Placed {
  readonly dimension: DimensionSpec;
  readonly spot: Spot;
}

/**
 * `dimensionsSpec`, checked against the metrics as Druid's DataSchema does: one column per name, `__time` only as a first
 * long, and the fields that are never discovered: the timestamp column, what metrics read and what they are called, unless
 * they are declared dimensions.
 * @param holder where the spec would stand if it is absent
 */
export function readDimensionsSpec(
  log: SpecLog,
  node: SpecNode | null,
  holder: SpecObject,
  timestampColumn: string,
  metrics: readonly MetricSpec[],
): DimensionsSpec {
  const object = node !== null && node.kind === 'object' ? node : absentObject(holder, 'dimensionsSpec');
  if (node !== null && node.kind !== 'object') {
    log.error(spotOf(node), `dimensionsSpec is no object`, '{"dimensions": ["a", "b"]}');
  }
  const fields = readFields(log, object, dimensionsSpecShape);
  const value = fields.value;
  const placed = readDimensions(log, value.dimensions);
  if (
    value.spatialDimensions !== null &&
    asList(log, value.spatialDimensions, 'the list of spatial dimensions').length > 0
  ) {
    refuse(log, spotOf(value.spatialDimensions), 'dimensionsSpec:spatialDimensions');
  }
  if (value.useSchemaDiscovery) refuse(log, fields.at('useSchemaDiscovery'), 'dimensionsSpec:useSchemaDiscovery');
  if (!value.forceSegmentSortByTime) refuse(log, fields.at('forceSegmentSortByTime'), 'dimensionsSpec:sortByTimeOff');
  checkNames(log, placed, value.dimensionExclusions, metrics);
  const dimensions = placed.map((p) => p.dimension).filter((dimension) => dimension.name !== '__time');
  const names = dimensions.map((dimension) => dimension.name);
  const discover = placed.length === 0 || value.includeAllDimensions || value.useSchemaDiscovery;
  log.use(
    joinPath(pathOf(object), 'dimensions'),
    value.dimensions === null ? 'defaulted' : 'used',
    names,
    discover ? 'fields found in the data become dimensions' : 'the dimensions, in sort order',
  );
  return { dimensions, discover, exclusions: exclusionsOf(value.dimensionExclusions, names, timestampColumn, metrics) };
}

function refuse(log: SpecLog, spot: Spot, feature: string): void {
  const refusal = unsupportedFeature(feature);
  if (refusal !== null) log.error(spot, refusal);
}

function readDimensions(log: SpecLog, node: SpecNode | null): Placed[] {
  const dimensions: Placed[] = [];
  for (const item of asList(log, node, 'the list of dimensions')) {
    const dimension = item.kind === 'object' ? readTyped(log, item) : readNamed(log, item);
    if (dimension === null) continue;
    const name = item.kind === 'object' ? item.members.get('name')?.value : item;
    dimensions.push({ dimension, spot: spotOf(name ?? item) });
  }
  return dimensions;
}

function readNamed(log: SpecLog, node: SpecNode): DimensionSpec | null {
  if (node.kind === 'null') log.error(spotOf(node), 'null stands where a dimension belongs', 'a name or an object');
  const name = node.kind === 'null' ? null : readString(log, node);
  if (name === null) return null;
  return { name, type: 'string', multiValueHandling: 'SORTED_ARRAY', createBitmapIndex: true };
}

function readTyped(log: SpecLog, node: SpecObject): DimensionSpec | null {
  const typed = readType(log, node, dimensionUnion);
  if (typed === null) return null;
  const type = typed.type as DimensionType;
  if (type === 'string') {
    const { name, multiValueHandling, createBitmapIndex } = readFields(
      log,
      node,
      dimensionUnion.shapes.string,
      'type',
    ).value;
    if (name === null) return null;
    return { name, type, multiValueHandling: multiValueHandling as MultiValueHandling, createBitmapIndex };
  }
  const { name } = readFields(log, node, dimensionUnion.shapes[type], 'type').value;
  return name === null ? null : { name, type, multiValueHandling: 'SORTED_ARRAY', createBitmapIndex: false };
}

function checkNames(
  log: SpecLog,
  placed: readonly Placed[],
  exclusions: readonly string[],
  metrics: readonly MetricSpec[],
): void {
  const metricNames = new Set(metrics.map((metric) => metric.name));
  const excluded = new Set(exclusions);
  const seen = new Set<string>();
  placed.forEach(({ dimension, spot }, index) => {
    const { name, type } = dimension;
    if (name === '') log.error(spot, 'the name of a dimension is empty', 'a column name');
    else if (seen.has(name)) log.error(spot, `the dimension ${quote(name)} is listed twice`, 'each dimension once');
    else if (name === '__time') checkTimeDimension(log, spot, type, index);
    else if (metricNames.has(name)) {
      log.error(
        spot,
        `${quote(name)} is a dimension and a metric`,
        'one column per name',
        'give the metric another name',
      );
    } else if (excluded.has(name)) {
      log.error(spot, `${quote(name)} is a dimension and in dimensionExclusions`, 'one or the other');
    } else if (name.includes(',')) {
      log.danger(spot, `the name ${quote(name)} holds a comma`, 'segment descriptors list names divided by commas');
    }
    seen.add(name);
  });
}

function checkTimeDimension(log: SpecLog, spot: Spot, type: DimensionType, index: number): void {
  if (type !== 'long')
    log.error(spot, `__time is a ${type} dimension`, 'type "long"', 'or leave it out: it is there always');
  else if (index > 0)
    log.error(spot, '__time is not the first dimension', 'the first place in the list', 'or leave it out');
}

function exclusionsOf(
  declared: readonly string[],
  dimensions: readonly string[],
  timestampColumn: string,
  metrics: readonly MetricSpec[],
): readonly string[] {
  const exclusions = new Set([...declared, '__time', timestampColumn]);
  for (const metric of metrics) {
    for (const input of metricInputs(metric)) exclusions.add(input);
    exclusions.add(metric.name);
  }
  for (const name of dimensions) exclusions.delete(name);
  return [...exclusions];
}
