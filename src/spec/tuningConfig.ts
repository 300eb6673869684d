import { readIndexSpec } from './indexSpec.ts';
import { readJobProperties } from './jobProperties.ts';
import type { TuningSpec } from './jobSpec.ts';
import { readPartitionsSpec } from './partitionsSpec.ts';
import type { SpecLog } from './problem.ts';
import { asObject, type Fields, readFields } from './readFields.ts';
import { tuningConfigShape } from './shapes/tuningConfig.ts';
import { absentObject, type SpecNode, type SpecObject, type Spot, spotOf } from './specTree.ts';

/** What a task holds in memory where the spec leaves it to us: fixed, so that runs are cut alike on every machine. */
const BYTES_IN_MEMORY_DEFAULT = 256 * 1024 * 1024;
/** Java's Integer.MAX_VALUE: Druid's "no limit". */
const UNLIMITED = 2 ** 31 - 1;

/** `tuningConfig`, read. */
export interface TuningConfig {
  readonly tuning: TuningSpec;
  /** Places of the fields that Druid knows in the command-line form only. */
  readonly commandLineOnly: readonly Spot[];
}

/** `tuningConfig` of type `hadoop`; absent: all defaults. */
export function readTuningConfig(log: SpecLog, node: SpecNode | null, spec: SpecObject): TuningConfig {
  const given = node === null ? null : asObject(log, node, 'a tuningConfig');
  const object = given ?? absentObject(spec, 'tuningConfig');
  const fields = readFields(log, object, tuningConfigShape);
  const value = fields.value;
  noteShardSpecs(log, value.shardSpecs);
  checkVersion(log, fields);
  const tuning: TuningSpec = {
    workingPath: value.workingPath,
    version: value.version,
    useExplicitVersion: value.useExplicitVersion,
    partitions: readPartitionsSpec(log, value.partitionsSpec, object),
    indexSpec: readIndexSpec(log, value.indexSpec, object),
    maxRowsInMemory: value.maxRowsInMemory,
    maxBytesInMemory: bytesInMemory(log, fields),
    leaveIntermediate: value.leaveIntermediate,
    cleanupOnFailure: value.cleanupOnFailure,
    overwriteFiles: value.overwriteFiles,
    maxParseExceptions: parseExceptions(log, fields),
    logParseExceptions: value.logParseExceptions,
    combineText: value.combineText,
    useCombiner: value.useCombiner,
    forceExtendableShardSpecs: value.forceExtendableShardSpecs,
    determinePartitionsSamplingFactor: samplingFactor(log, fields),
    jobProperties: readJobProperties(log, value.jobProperties),
  };
  return { tuning, commandLineOnly: value.workingPath === null ? [] : [fields.at('workingPath')] };
}

type TuningFields = Fields<(typeof tuningConfigShape)['fields']>;

/** Druid's jobs overwrite them whatever the partitionsSpec (HadoopDruidDetermineConfigurationJob). */
function noteShardSpecs(log: SpecLog, node: SpecNode | null): void {
  if (node === null) return;
  const given = asObject(log, node, 'shardSpecs by time chunk');
  if (given === null || given.members.size === 0) return;
  log.danger(
    spotOf(node),
    'shardSpecs have no effect: every run finds its shards anew, in Druid too',
    'a partitionsSpec says how they are found',
  );
}

function bytesInMemory(log: SpecLog, fields: TuningFields): number | null {
  const bytes = fields.value.maxBytesInMemory;
  if (bytes > 0) return bytes;
  const effective = bytes === 0 ? BYTES_IN_MEMORY_DEFAULT : null;
  const why = tuningConfigShape.fields.maxBytesInMemory.why;
  log.use(fields.at('maxBytesInMemory').path, fields.given('maxBytesInMemory') ? 'used' : 'defaulted', effective, why);
  return effective;
}

/** Below 1 Druid looks at every row, as with 1. */
function samplingFactor(log: SpecLog, fields: TuningFields): number {
  const factor = fields.value.determinePartitionsSamplingFactor;
  if (factor >= 1) return factor;
  log.danger(
    fields.at('determinePartitionsSamplingFactor'),
    `${factor} is taken as 1, which looks at every row`,
    'give 1 or more',
  );
  return 1;
}

/** Null is no limit. A limit below zero is none in Druid: it fails the job at the first bad row, as 0 does. */
function parseExceptions(log: SpecLog, fields: TuningFields): number | null {
  const given = fields.value.maxParseExceptions;
  const count = given ?? (fields.value.ignoreInvalidRows ? UNLIMITED : 0);
  const effective = count === UNLIMITED ? null : Math.max(count, 0);
  const why = tuningConfigShape.fields.maxParseExceptions.why;
  const spot = fields.at('maxParseExceptions');
  log.use(spot.path, given === null ? 'defaulted' : 'used', effective, why);
  if (count < 0) log.danger(spot, `${count} fails the job at the first bad row, as 0 does`, 'no limit is 2147483647');
  return effective;
}

/** Versions are compared as texts: only instants in ISO 8601 make sure that a later job wins. */
function checkVersion(log: SpecLog, fields: TuningFields): void {
  const version = fields.value.version;
  if (version === null) return;
  if (version === '' || version.includes('/')) {
    log.error(
      fields.at('version'),
      'the version is empty or holds a slash',
      'an instant such as 2024-01-01T00:00:00.000Z',
    );
  } else if (!/^\d{4}-\d\d-\d\dT/.test(version)) {
    log.danger(
      fields.at('version'),
      `the version ${JSON.stringify(version)} is not an instant`,
      'Druid compares versions as texts: segments of later jobs may never replace these, or these not the older ones',
    );
  }
}
