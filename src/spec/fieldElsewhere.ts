import type { Shape } from './field.ts';
import { dataSchemaShape, dimensionsSpecShape } from './shapes/dataSchema.ts';
import { uniformGranularitySpecShape } from './shapes/granularitySpec.ts';
import { ioConfigShape } from './shapes/ioConfig.ts';
import { jsonParseSpecShape } from './shapes/parser.ts';
import { hashedShape, rangeShape, singleDimShape } from './shapes/partitionsSpec.ts';
import { NO_JAVA } from './shapes/task.ts';
import { tuningConfigShape } from './shapes/tuningConfig.ts';

/** Fields that other task types know: given here, they are not slips of the pen but copied from another spec. */
const OTHER_TASKS: Readonly<Record<string, string>> = {
  appendToExisting: 'index_parallel',
  firehose: 'index (Druid before 0.17)',
  forceGuaranteedRollup: 'index_parallel',
  inputFormat: 'index_parallel',
  inputSource: 'index_parallel',
  intermediatePersistPeriod: 'streaming tasks',
  maxColumnsToMerge: 'index_parallel',
  maxNumConcurrentSubTasks: 'index_parallel',
  maxNumSegmentsToMerge: 'index_parallel',
  maxNumSubTasks: 'index_parallel',
  maxPendingPersists: 'index_parallel',
  maxRetry: 'index_parallel',
  maxSavedParseExceptions: 'index_parallel',
  maxTotalRows: 'index_parallel',
  pushTimeout: 'index_parallel',
  reportParseExceptions: 'index_parallel',
  segmentWriteOutMediumFactory: 'index_parallel',
  splitHintSpec: 'index_parallel',
  taskStatusCheckPeriodMs: 'index_parallel',
  totalNumMergeTasks: 'index_parallel',
};

/** Objects whose fields often end up in a neighbour, outermost first: the first that knows a name is its home. */
const HOMES: readonly (readonly [string, Shape])[] = [
  ['tuningConfig', tuningConfigShape],
  ['ioConfig', ioConfigShape],
  ['dataSchema', dataSchemaShape],
  ['granularitySpec', uniformGranularitySpecShape],
  ['partitionsSpec', hashedShape],
  ['partitionsSpec', singleDimShape],
  ['partitionsSpec', rangeShape],
  ['dimensionsSpec', dimensionsSpecShape],
  ['parseSpec', jsonParseSpecShape],
];

/** What is to be said of a field that is unknown where it stands. */
export interface Elsewhere {
  readonly hint: string;
  /** True where its author surely meant it to count. */
  readonly dangerous: boolean;
}

/** Fields of the task about jars, which are often put elsewhere. */
const JARS = ['hadoopDependencyCoordinates', 'hadoopCoordinates', 'classpathPrefix'];

/** Names of Druid 0.6, whose flat config knows them, in today's form. */
const RENAMED: Readonly<Record<string, string>> = {
  gran: 'segmentGranularity',
  rollupGranularity: 'queryGranularity',
  shardCount: 'numShards',
  updaterJobSpec: 'metadataUpdateSpec',
};

/**
 * Where a field that is unknown here belongs, or null where nobody knows it.
 * @param holder the name of the object it stands in
 */
export function fieldElsewhere(name: string, holder: string | number): Elsewhere | null {
  if (name === 'type') return null;
  if (Object.hasOwn(RENAMED, name)) {
    return { hint: `Druid 0.6 had that name, today it is "${RENAMED[name]}"`, dangerous: true };
  }
  if (Object.hasOwn(OTHER_TASKS, name)) {
    return { hint: `it belongs to ${OTHER_TASKS[name]}; index_hadoop ignores it`, dangerous: false };
  }
  if (JARS.includes(name)) {
    return { hint: `it belongs next to the "type" of the task, and ${NO_JAVA}`, dangerous: false };
  }
  for (const [home, shape] of HOMES) {
    if (home === holder) continue;
    const known = Object.entries(shape.fields).some(
      ([field, { oldNames }]) => field === name || oldNames?.includes(name),
    );
    if (known) return { hint: `it belongs into "${home}"; here it has no effect, in Druid neither`, dangerous: true };
  }
  return null;
}
