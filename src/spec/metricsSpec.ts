import { filterColumns } from './filterColumns.ts';
import { readFilter } from './filterSpec.ts';
import type { MetricSpec, NumericType } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { asList, readFields, readType } from './readFields.ts';
import {
  countShape,
  filteredShape,
  hyperUniqueShape,
  metricUnion,
  numericByTimeShape,
  numericShape,
  stringByTimeShape,
} from './shapes/metric.ts';
import { quote, type SpecNode, type SpecObject, type Spot, spotOf, spotOfMissing } from './specTree.ts';
import { unsupportedFeature } from './unsupported.ts';

/** `metricsSpec`, without those that could not be read. Names are checked: present, distinct, not `__time`. */
export function readMetrics(log: SpecLog, node: SpecNode | null): readonly MetricSpec[] {
  const metrics: MetricSpec[] = [];
  const names = new Set<string>();
  for (const item of asList(log, node, 'the list of metrics')) {
    const metric = readMetric(log, item);
    if (metric === null) continue;
    const spot = nameSpot(item);
    if (metric.name === '__time') {
      log.error(spot, 'a metric cannot be named __time', null, 'that is the column of the row times');
    } else if (names.has(metric.name)) {
      log.error(spot, `a second metric is named ${quote(metric.name)}`, 'a name no other metric has');
    } else if (metric.name.includes(',')) {
      log.danger(
        spot,
        `the name ${quote(metric.name)} holds a comma`,
        'segment descriptors list names divided by commas',
      );
    }
    names.add(metric.name);
    metrics.push(metric);
  }
  return metrics;
}

function nameSpot(node: SpecNode): Spot {
  const member = node.kind === 'object' ? node.members.get('name') : undefined;
  return spotOf(member === undefined ? node : member.value);
}

/** One metric; null after an error. */
export function readMetric(log: SpecLog, node: SpecNode): MetricSpec | null {
  const typed = readType(log, node, metricUnion);
  if (typed === null) return null;
  const { type, object } = typed;
  switch (type) {
    case 'count': {
      const { name } = readFields(log, object, countShape, 'type').value;
      return nameIsGood(log, object, name) ? { type: 'count', name } : null;
    }
    case 'stringFirst':
    case 'stringLast':
      return readStringByTime(log, object, type === 'stringFirst' ? 'first' : 'last');
    case 'hyperUnique':
      return readHyperUnique(log, object);
    case 'filtered':
      return readFiltered(log, object);
    default:
      return readNumeric(log, object, type);
  }
}

const OPERATIONS = { Sum: 'sum', Min: 'min', Max: 'max', Any: 'any', First: 'first', Last: 'last' } as const;

/** `longSum`, `floatAny`, `doubleLast`, ... */
function readNumeric(log: SpecLog, object: SpecObject, type: string): MetricSpec | null {
  const [, valueType, verb] = /^([a-z]+)([A-Z]\w+)$/.exec(type) as unknown as [
    string,
    NumericType,
    keyof typeof OPERATIONS,
  ];
  const operation = OPERATIONS[verb];
  if (operation === 'first' || operation === 'last') {
    const { name, fieldName, timeColumn } = readFields(log, object, numericByTimeShape, 'type').value;
    if (!nameIsGood(log, object, name) || !fieldIsGood(log, object, fieldName)) return null;
    return { type: 'numericByTime', operation, valueType, name, fieldName, timeColumn };
  }
  const { name, fieldName, expression } = readFields(log, object, numericShape, 'type').value;
  const named = nameIsGood(log, object, name);
  if (expression !== null) {
    const spot = spotOf(object.members.get('expression')?.value ?? object);
    log.error(spot, unsupportedFeature('metric:expression-input') ?? 'a metric needs a fieldName');
    return null;
  }
  if (!fieldIsGood(log, object, fieldName) || !named) return null;
  return { type: 'numeric', operation, valueType, name, fieldName };
}

function readStringByTime(log: SpecLog, object: SpecObject, operation: 'first' | 'last'): MetricSpec | null {
  const { name, fieldName, timeColumn, maxStringBytes } = readFields(log, object, stringByTimeShape, 'type').value;
  if (!nameIsGood(log, object, name) || !fieldIsGood(log, object, fieldName)) return null;
  return { type: 'stringByTime', operation, name, fieldName, timeColumn, maxStringBytes };
}

function readHyperUnique(log: SpecLog, object: SpecObject): MetricSpec | null {
  const { name, fieldName, isInputHyperUnique, round } = readFields(log, object, hyperUniqueShape, 'type').value;
  if (!nameIsGood(log, object, name) || !fieldIsGood(log, object, fieldName)) return null;
  return { type: 'hyperUnique', name, fieldName, isInputHyperUnique, round };
}

function readFiltered(log: SpecLog, object: SpecObject): MetricSpec | null {
  const { name, filter: filterNode, aggregator: inner } = readFields(log, object, filteredShape, 'type').value;
  const filter = filterNode === null ? null : readFilter(log, filterNode);
  const aggregator = inner === null ? null : readMetric(log, inner);
  if (filter === null || aggregator === null) return null;
  // Druid: an empty name counts as none.
  return { type: 'filtered', name: name === null || name === '' ? aggregator.name : name, filter, aggregator };
}

function nameIsGood(log: SpecLog, object: SpecObject, name: string | null): name is string {
  if (name === '') log.error(spotOf(object.members.get('name')?.value ?? object), 'the name is empty', 'a column name');
  return name !== null && name !== '';
}

function fieldIsGood(log: SpecLog, object: SpecObject, fieldName: string | null): fieldName is string {
  if (fieldName !== null) return true;
  const given = object.members.get('fieldName');
  if (given === undefined || given.value.kind === 'null') {
    log.error(spotOfMissing(object, 'fieldName'), 'is missing', null, 'the name of the input field to aggregate');
  }
  return false;
}

/** The input fields a metric reads, those of its filters too, as its `requiredFields()` in Druid 33. */
export function metricInputs(metric: MetricSpec): readonly string[] {
  switch (metric.type) {
    case 'count':
      return [];
    case 'filtered':
      return [...metricInputs(metric.aggregator), ...filterColumns(metric.filter)];
    case 'numericByTime':
    case 'stringByTime':
      return [metric.timeColumn, metric.fieldName];
    default:
      return [metric.fieldName];
  }
}
