import type { PartitionsSpec } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { type Fields, readFields, readType } from './readFields.ts';
import { hashedShape, partitionsSpecUnion, rangeShape, singleDimShape } from './shapes/partitionsSpec.ts';
import {
  absentObject,
  joinPath,
  pathOf,
  quote,
  type SpecNode,
  type SpecObject,
  spotOf,
  spotOfMissing,
} from './specTree.ts';

/** Rows of a segment where nothing is said (`PartitionsSpec.DEFAULT_MAX_ROWS_PER_SEGMENT`). */
const TARGET_ROWS_DEFAULT = 5_000_000;
const INT_MAX = 2 ** 31 - 1;

const DEFAULT: PartitionsSpec = {
  type: 'hashed',
  numShards: null,
  targetRowsPerSegment: TARGET_ROWS_DEFAULT,
  partitionDimensions: [],
};

/** `partitionsSpec`; absent: hashed, 5,000,000 rows a segment. */
export function readPartitionsSpec(log: SpecLog, node: SpecNode | null, tuningConfig: SpecObject): PartitionsSpec {
  const typed =
    node === null
      ? { type: 'hashed', object: absentObject(tuningConfig, 'partitionsSpec') }
      : readType(log, node, partitionsSpecUnion);
  if (typed === null) return DEFAULT;
  switch (typed.type) {
    case 'hashed':
      return readHashed(log, readFields(log, typed.object, hashedShape, 'type'));
    case 'single_dim':
      return readSingleDim(log, readFields(log, typed.object, singleDimShape, 'type'));
    default:
      return readRange(log, readFields(log, typed.object, rangeShape, 'type'));
  }
}

function readHashed(log: SpecLog, fields: Fields<(typeof hashedShape)['fields']>): PartitionsSpec {
  const { targetRowsPerSegment: target, maxRowsPerSegment: max, numShards, partitionDimensions } = fields.value;
  if (target !== null && max !== null) {
    log.error(
      fields.at('maxRowsPerSegment'),
      'targetRowsPerSegment and maxRowsPerSegment mean the same for hashed partitioning, and both are given',
      'one of the two',
    );
  }
  const rows = target ?? max;
  if (rows !== null && numShards !== null) {
    log.error(
      fields.at('numShards'),
      `numShards and ${target === null ? 'maxRowsPerSegment' : 'targetRowsPerSegment'} are both given`,
      'one of the two',
      '-1 stands for "not set"',
    );
  }
  if (fields.value.partitionDimension !== null) {
    log.danger(
      fields.at('partitionDimension'),
      'partitionDimension has no effect on hashed partitioning',
      'add "type": "single_dim", or use partitionDimensions',
    );
  }
  const targetRowsPerSegment = numShards === null ? (rows ?? TARGET_ROWS_DEFAULT) : null;
  const why = 'rows wanted in a segment';
  const path = joinPath(pathOf(fields.object), 'targetRowsPerSegment');
  if (targetRowsPerSegment !== null) log.use(path, rows === null ? 'defaulted' : 'used', targetRowsPerSegment, why);
  return { type: 'hashed', numShards, targetRowsPerSegment, partitionDimensions };
}

function readSingleDim(log: SpecLog, fields: Fields<(typeof singleDimShape)['fields']>): PartitionsSpec {
  const { partitionDimension, assumeGrouped } = fields.value;
  return {
    type: 'single_dim',
    partitionDimensions: partitionDimension === null ? [] : [partitionDimension],
    ...readRows(log, fields),
    assumeGrouped,
  };
}

function readRange(log: SpecLog, fields: Fields<(typeof rangeShape)['fields']>): PartitionsSpec {
  const partitionDimensions = fields.value.partitionDimensions ?? [];
  if (fields.value.partitionDimensions !== null && partitionDimensions.length === 0) {
    log.error(fields.at('partitionDimensions'), 'there are no partitionDimensions', 'at least one dimension');
  }
  const seen = new Set<string>();
  const repeated = partitionDimensions.find((name) => seen.size === seen.add(name).size);
  if (repeated !== undefined) {
    log.error(
      fields.at('partitionDimensions'),
      `the dimension ${quote(repeated)} is listed twice`,
      'each dimension once',
    );
  }
  return {
    type: 'range',
    partitionDimensions,
    ...readRows(log, fields),
    assumeGrouped: fields.value.assumeGrouped,
  };
}

/**
 * Target and maximum of a range: half as many again as the target is allowed; a maximum alone is the target too. Druid 0.17
 * and later take one of the two, older ones took both, so both are taken.
 */
function readRows(
  log: SpecLog,
  fields: Fields<(typeof singleDimShape)['fields']> | Fields<(typeof rangeShape)['fields']>,
): { targetRowsPerSegment: number; maxRowsPerSegment: number } {
  const { targetRowsPerSegment: target, maxRowsPerSegment: max, numShards } = fields.value;
  if (numShards !== null) {
    const spot = spotOf(fields.object.members.get('numShards')?.value ?? fields.object);
    log.danger(spot, 'numShards has no effect on range partitioning', 'give targetRowsPerSegment');
  }
  const missing = target === null && max === null;
  if (missing) {
    log.error(
      spotOfMissing(fields.object, 'targetRowsPerSegment'),
      'is missing',
      'the number of rows wanted in a segment, such as 5000000',
      'maxRowsPerSegment will do too',
    );
  }
  if (missing) return { targetRowsPerSegment: TARGET_ROWS_DEFAULT, maxRowsPerSegment: TARGET_ROWS_DEFAULT };
  const targetRowsPerSegment = target ?? (max as number);
  const maxRowsPerSegment = max ?? targetRowsPerSegment + Math.trunc(targetRowsPerSegment / 2);
  const at = pathOf(fields.object);
  const spot = spotOf(fields.object.members.get('maxRowsPerSegment')?.value ?? fields.object);
  if (maxRowsPerSegment > INT_MAX) log.error(spot, 'half as many rows again as the target are more than 2147483647');
  if (target !== null && max !== null) {
    if (max < target)
      log.error(spot, `the maximum, ${max} rows, is less than the target, ${target}`, 'a number above it');
    else
      log.warn(spot, 'target and maximum are both given, which Druid takes up to 0.16 only', null, 'drop the maximum');
  }
  log.use(
    joinPath(at, 'targetRowsPerSegment'),
    target === null ? 'defaulted' : 'used',
    targetRowsPerSegment,
    'rows wanted in a segment',
  );
  log.use(
    joinPath(at, 'maxRowsPerSegment'),
    max === null ? 'defaulted' : 'used',
    maxRowsPerSegment,
    'rows allowed in a segment',
  );
  return { targetRowsPerSegment, maxRowsPerSegment };
}
