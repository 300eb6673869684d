import type { SpecForm } from './envelope.ts';
import type { SpecLog } from './problem.ts';
import { asObject, type Fields, readFields } from './readFields.ts';
import { dataSpecShape, legacyBodyShape, rollupSpecShape } from './shapes/legacyBody.ts';
import { type SpecMember, type SpecNode, type SpecObject, spotOf, spotOfMissing, spotOfName } from './specTree.ts';

/**
 * The flat config of Druid 0.5 and 0.6, turned into today's three parts. The new objects hold the old values: problems point
 * into the text as it is, with the names that are in it.
 */

const TELLING = [
  'dataSpec',
  'pathSpec',
  'rollupSpec',
  'updaterJobSpec',
  'timestampColumn',
  'granularitySpec',
  'partitionsSpec',
  'targetPartitionSize',
];

/** True for a body that has fields of the flat config at its top, and none of today's parts. */
export function isLegacyBody(body: SpecObject): boolean {
  if (['dataSchema', 'ioConfig', 'tuningConfig'].some((name) => body.members.has(name))) return false;
  return TELLING.some((name) => body.members.has(name));
}

/** An object with other values' members, at the place of `source`. */
function gather(source: SpecObject, members: readonly (SpecMember | null)[]): SpecObject {
  const { offset, end, parent, key } = source;
  const named = members.filter((member) => member !== null).map((member) => [member.name, member] as const);
  return { kind: 'object', offset, end, parent, key, members: new Map(named), repeated: [] };
}

/** A member under another name, or null where it is not given. */
function take(source: SpecObject | null, name: string, newName: string = name): SpecMember | null {
  const member = source?.members.get(name);
  return member === undefined ? null : { ...member, name: newName };
}

/** A new object as a member. */
function put(name: string, value: SpecObject): SpecMember {
  return { name, nameOffset: value.offset, nameEnd: value.offset + 1, value };
}

/** A text that today's form needs and the old one left unsaid. */
function putText(source: SpecObject, name: string, text: string): SpecMember {
  const { offset, parent, key } = source;
  return {
    name,
    nameOffset: offset,
    nameEnd: offset,
    value: { kind: 'string', offset, end: offset + 1, parent, key, value: text, text },
  };
}

/** Reads the flat config as today's form. */
export function legacyForm(
  log: SpecLog,
  body: SpecObject,
  context: Readonly<Record<string, unknown>>,
  taskId: string | null,
  isTask: boolean,
): SpecForm {
  log.warn(
    spotOf(body),
    'this is the flat config of Druid 0.6',
    null,
    "it is read as today's dataSchema, ioConfig and tuningConfig",
  );
  const fields = readFields(log, body, legacyBodyShape);
  const rollupSpec = objectOf(log, fields.value.rollupSpec, 'a rollupSpec');
  if (rollupSpec !== null) readFields(log, rollupSpec, rollupSpecShape);
  const granularitySpec = legacyGranularity(log, body, rollupSpec);
  const partitionsSpec = legacyPartitions(log, body);
  return {
    isTask,
    body,
    dataSchema: gather(body, [
      take(body, 'dataSource'),
      legacyParser(log, body, fields),
      take(rollupSpec, 'aggs', 'metricsSpec'),
      put('granularitySpec', granularitySpec),
    ]),
    ioConfig:
      fields.value.pathSpec === null
        ? null
        : gather(body, [
            take(body, 'pathSpec', 'inputSpec'),
            take(body, 'metadataUpdateSpec') ?? take(body, 'updaterJobSpec', 'metadataUpdateSpec'),
            take(body, 'segmentOutputPath'),
          ]),
    tuningConfig: gather(body, [
      ...TUNING.map((name) => take(body, name)),
      take(rollupSpec, 'rowFlushBoundary', 'maxRowsInMemory'),
      partitionsSpec,
    ]),
    context,
    taskId,
    intervalsSpot: spotOfMissing(granularitySpec, 'intervals'),
    partitionsSpot: spotOf(partitionsSpec?.value ?? body),
  };
}

const TUNING = [
  'workingPath',
  'version',
  'leaveIntermediate',
  'cleanupOnFailure',
  'overwriteFiles',
  'ignoreInvalidRows',
  'combineText',
  'jobProperties',
  'shardSpecs',
];

function objectOf(log: SpecLog, node: SpecNode | null, what: string): SpecObject | null {
  return node === null ? null : asObject(log, node, what);
}

function legacyParser(log: SpecLog, body: SpecObject, fields: Fields<(typeof legacyBodyShape)['fields']>): SpecMember {
  const dataSpec = objectOf(log, fields.value.dataSpec, 'a dataSpec');
  // Told already; the rest of the schema is read on as that of JSON lines.
  if (dataSpec === null) {
    const empty = [put('timestampSpec', gather(body, [])), put('dimensionsSpec', gather(body, []))];
    return put('parser', gather(body, [put('parseSpec', gather(body, [putText(body, 'format', 'json'), ...empty]))]));
  }
  readFields(log, dataSpec, dataSpecShape);
  const timestampSpec =
    take(body, 'timestampSpec') ??
    put(
      'timestampSpec',
      gather(body, [take(body, 'timestampColumn', 'column'), take(body, 'timestampFormat', 'format')]),
    );
  const dimensionsSpec = gather(dataSpec, [
    take(dataSpec, 'dimensions'),
    take(dataSpec, 'dimensionExclusions'),
    take(dataSpec, 'spatialDimensions'),
  ]);
  const parseSpec = gather(dataSpec, [
    take(dataSpec, 'format'),
    take(dataSpec, 'columns'),
    take(dataSpec, 'delimiter'),
    take(dataSpec, 'listDelimiter'),
    timestampSpec,
    put('dimensionsSpec', dimensionsSpec),
  ]);
  return put('parser', gather(dataSpec, [put('parseSpec', parseSpec)]));
}

/** `granularitySpec` with `gran`, or its fields at the top; the rounding of times comes from `rollupSpec`. */
function legacyGranularity(log: SpecLog, body: SpecObject, rollupSpec: SpecObject | null): SpecObject {
  const given = body.members.get('granularitySpec')?.value;
  const spec = given === undefined ? null : objectOf(log, given, 'a granularitySpec');
  for (const name of ['segmentGranularity', 'intervals']) {
    const loose = body.members.get(name);
    if (spec !== null && loose !== undefined) {
      log.error(spotOfName(body, loose), `granularitySpec and a loose "${name}" are both given`, 'one of the two');
    }
  }
  const source = spec ?? body;
  const queryGranularity = take(rollupSpec, 'rollupGranularity', 'queryGranularity');
  const members = [
    take(source, 'segmentGranularity'),
    take(source, 'gran', 'segmentGranularity'),
    take(source, 'intervals'),
    queryGranularity,
  ];
  return gather(source, spec === null ? members : [take(spec, 'type'), ...members]);
}

/** `partitionsSpec`, or its fields at the top; with a dimension they mean ranges of it. */
function legacyPartitions(log: SpecLog, body: SpecObject): SpecMember | null {
  const loose = ['targetPartitionSize', 'maxPartitionSize', 'partitionDimension'].map((name) => take(body, name));
  const first = loose.find((member) => member !== null) ?? null;
  const spec = take(body, 'partitionsSpec');
  if (spec !== null) {
    if (first !== null) {
      log.error(spotOfName(body, first), `partitionsSpec and a loose "${first.name}" are both given`, 'one of the two');
    }
    return spec;
  }
  if (first === null) return null;
  const type = body.members.has('partitionDimension') ? [putText(body, 'type', 'single_dim')] : [];
  return put('partitionsSpec', gather(body, [...type, ...loose]));
}
