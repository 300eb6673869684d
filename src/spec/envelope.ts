import { isLegacyBody, legacyForm } from './legacyBody.ts';
import type { SpecLog } from './problem.ts';
import { asObject, readFields } from './readFields.ts';
import { isPlaceholder, PLACEHOLDER_HINT } from './scalar.ts';
import { ingestionSpecShape, taskShape } from './shapes/task.ts';
import {
  joinPath,
  pathOf,
  plainValue,
  quote,
  type SpecNode,
  type SpecObject,
  type Spot,
  spotOf,
  spotOfMissing,
} from './specTree.ts';
import { closestName } from './suggest.ts';

/** A spec taken out of its envelope: the three parts, wherever they stood. */
export interface SpecForm {
  /** True for a task, as sent to an Overlord. */
  readonly isTask: boolean;
  readonly body: SpecObject;
  readonly dataSchema: SpecNode | null;
  readonly ioConfig: SpecNode | null;
  readonly tuningConfig: SpecNode | null;
  readonly context: Readonly<Record<string, unknown>>;
  readonly taskId: string | null;
  /** Where problems about missing intervals point. */
  readonly intervalsSpot: Spot;
  /** Where problems about partition dimensions point. */
  readonly partitionsSpot: Spot;
}

const INGESTION =
  'segmill runs index_hadoop specs: {"type": "index_hadoop", "spec": {"dataSchema", "ioConfig", "tuningConfig"}}';
const STREAMING = 'streaming ingestion stays with Druid; segmill writes batches';
const NOT_INGESTION = 'it is not an ingestion of files';

/** Task types of Druid, and why they are not run. */
const OTHER_TASKS: Readonly<Record<string, string>> = {
  index_parallel:
    'index_parallel specs are not read yet; write the job in the index_hadoop form, with "inputSpec" and "parser"',
  index: 'index specs are not read yet; write the job in the index_hadoop form, with "inputSpec" and "parser"',
  index_realtime: STREAMING,
  index_kafka: STREAMING,
  index_kinesis: STREAMING,
  kafka: STREAMING,
  kinesis: STREAMING,
  rabbit: STREAMING,
  index_spark: 'index_spark specs are close to index_hadoop: write the type, and "paths" into a static inputSpec',
  'index_spark_2.11':
    'index_spark specs are close to index_hadoop: write the type, and "paths" into a static inputSpec',
  query_controller: 'SQL ingestion stays with Druid; write the job in the index_hadoop form',
  compact: NOT_INGESTION,
  kill: NOT_INGESTION,
  archive: NOT_INGESTION,
  move: NOT_INGESTION,
  restore: NOT_INGESTION,
  append: NOT_INGESTION,
  merge: NOT_INGESTION,
  noop: NOT_INGESTION,
  derivativeDataSource: 'materialized views are kept by a supervisor in Druid',
};

/** Tells the form of a spec and takes out its parts; null after an error. */
export function openSpec(log: SpecLog, root: SpecNode): SpecForm | null {
  const object = asObject(log, root, 'a spec');
  if (object === null) return null;
  const type = object.members.get('type')?.value;
  const typeText = type !== undefined && type.kind === 'string' ? type.text : null;
  const isBody = object.members.has('dataSchema') && !hasSpec(object);
  // Some documents give the bare body the type "hadoop".
  if (typeText === null || (typeText === 'hadoop' && isBody)) {
    if (type !== undefined && typeText === null && type.kind !== 'null') {
      log.error(spotOf(type), 'the task type is no text', '"index_hadoop"');
      return null;
    }
    return openUntyped(log, object);
  }
  if (typeText !== 'index_hadoop') {
    refuseType(log, type as SpecNode, typeText);
    return null;
  }
  return openTask(log, object);
}

function hasSpec(object: SpecObject): boolean {
  return object.members.has('spec') || object.members.has('config') || object.members.has('schema');
}

/** Task types of Datafruit's Druid begin so: `lucene_index_hadoop`. */
const DATAFRUIT = /^lucene_/;
const DATAFRUIT_TASK = "it is a task of Datafruit's Druid, whose segments are Lucene indexes and not Apache Druid's";

function refuseType(log: SpecLog, node: SpecNode, type: string): void {
  const other = DATAFRUIT.test(type) ? DATAFRUIT_TASK : Object.hasOwn(OTHER_TASKS, type) ? OTHER_TASKS[type] : null;
  if (other !== null) {
    log.error(spotOf(node), `a task of type ${quote(type)} cannot be run here`, '"index_hadoop"', other);
    return;
  }
  const near = closestName(type, ['index_hadoop', 'hadoop_index']);
  const hint = isPlaceholder(type) ? PLACEHOLDER_HINT : near === null ? INGESTION : 'did you mean "index_hadoop"?';
  log.error(spotOf(node), `${quote(type)} is not a task type`, null, hint);
}

function openUntyped(log: SpecLog, object: SpecObject): SpecForm | null {
  if (hasSpec(object)) {
    log.danger(
      spotOfMissing(object, 'type'),
      'is missing; the file is taken as a task',
      'Druid wants "type": "index_hadoop"',
    );
    return openTask(log, object);
  }
  if (isLegacyBody(object)) return legacyForm(log, object, {}, null, false);
  const parts = ['dataSchema', 'ioConfig', 'tuningConfig'].some((name) => object.members.has(name));
  if (parts) return openBody(log, object, {}, null, false);
  log.error(
    spotOf(object),
    'this is no ingestion spec',
    '"type": "index_hadoop" with a "spec", or a bare "dataSchema", "ioConfig", "tuningConfig"',
  );
  return null;
}

function openTask(log: SpecLog, task: SpecObject): SpecForm | null {
  if (!hasSpec(task) && (task.members.has('dataSchema') || task.members.has('ioConfig'))) {
    log.error(
      spotOfMissing(task, 'spec'),
      'is missing',
      '{"type": "index_hadoop", "spec": {"dataSchema", "ioConfig", "tuningConfig"}}',
      'the three parts stand next to "type"; put them into "spec"',
    );
    return null;
  }
  const { id, spec, context } = readFields(log, task, taskShape).value;
  const contextValue = readContext(log, context);
  const body = spec === null ? null : asObject(log, spec, 'the spec of a task');
  if (body === null) return null;
  if (isLegacyBody(body)) return legacyForm(log, body, contextValue, id, true);
  return openBody(log, body, contextValue, id, true);
}

function readContext(log: SpecLog, node: SpecNode | null): Readonly<Record<string, unknown>> {
  const object = node === null ? null : asObject(log, node, 'a task context');
  if (object === null) return {};
  log.use(pathOf(object), 'used', plainValue(object), 'kept as given');
  return plainValue(object) as Record<string, unknown>;
}

function openBody(
  log: SpecLog,
  body: SpecObject,
  taskContext: Readonly<Record<string, unknown>>,
  taskId: string | null,
  isTask: boolean,
): SpecForm {
  const fields = readFields(log, body, ingestionSpecShape);
  const { dataSchema, ioConfig, tuningConfig, context } = fields.value;
  const granularitySpec = memberObject(dataSchema, 'granularitySpec');
  const partitionsSpec = memberObject(tuningConfig, 'partitionsSpec');
  return {
    isTask,
    body,
    dataSchema,
    ioConfig,
    tuningConfig,
    context: { ...taskContext, ...readContext(log, context) },
    taskId,
    intervalsSpot:
      granularitySpec === null
        ? { ...spotOf(body), path: joinPath(pathOf(body), 'dataSchema.granularitySpec.intervals') }
        : spotOfMissing(granularitySpec, 'intervals'),
    partitionsSpot: partitionsSpec === null ? spotOf(body) : spotOf(partitionsSpec),
  };
}

function memberObject(node: SpecNode | null, name: string): SpecObject | null {
  const value = node !== null && node.kind === 'object' ? node.members.get(name)?.value : undefined;
  return value !== undefined && value.kind === 'object' ? value : null;
}
