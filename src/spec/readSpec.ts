import { readDataSchema } from './dataSchema.ts';
import { openSpec, type SpecForm } from './envelope.ts';
import { readIoConfig } from './ioConfig.ts';
import type { JobSpec } from './jobSpec.ts';
import { parseTree } from './parseTree.ts';
import { type FieldUse, SpecLog, type SpecProblem } from './problem.ts';
import type { Spot } from './specTree.ts';
import { readTuningConfig } from './tuningConfig.ts';
import { unsupportedFeature } from './unsupported.ts';

/** What came of a spec. */
export interface SpecResult {
  /** Null when there is an error among the problems. */
  readonly job: JobSpec | null;
  /** Errors and warnings, in order of the text. */
  readonly problems: readonly SpecProblem[];
  /** What became of every field, given or not. */
  readonly fields: readonly FieldUse[];
}

/** UTF-16 units. The largest spec ever published has some 30,000. */
const TEXT_MAX = 16 * 1024 * 1024;

/**
 * Reads an ingestion spec of any form `index_hadoop` ever had: a task, the command line's bare body, or the flat config of
 * Druid 0.6. Never throws for what is in the text; all problems are told at once.
 * @param text the file's whole text
 * @param file its name, for messages about the file as a whole
 */
export function readSpec(text: string, file: string): SpecResult {
  if (text.length > TEXT_MAX) return tooLarge(text.length, file);
  const log = new SpecLog(text);
  const tree = parseTree(text);
  for (const { offset, length, message, hint } of tree.problems)
    log.error({ path: '', offset, length }, message, null, hint);
  const job = tree.root === null ? null : readJob(log, openSpec(log, tree.root));
  return { job: log.failed ? null : job, problems: log.problems(), fields: log.uses() };
}

function tooLarge(length: number, file: string): SpecResult {
  const log = new SpecLog('');
  const message = `${file} has ${length} characters, and a spec may have ${TEXT_MAX}`;
  log.error({ path: '', offset: 0, length: 1 }, message, null, 'is this a data file?');
  return { job: null, problems: log.problems(), fields: [] };
}

function readJob(log: SpecLog, form: SpecForm | null): JobSpec | null {
  if (form === null) return null;
  const schema = form.dataSchema === null ? null : readDataSchema(log, form.dataSchema);
  const io = form.ioConfig === null ? null : readIoConfig(log, form.ioConfig);
  const { tuning, commandLineOnly } = readTuningConfig(log, form.tuningConfig, form.body);
  if (form.isTask) noteCommandLineFields(log, [...(io?.commandLineOnly ?? []), ...commandLineOnly]);
  if (schema === null || io === null || io.input === null) return null;
  const job: JobSpec = {
    ...schema,
    input: io.input,
    tuning,
    segmentOutputPath: io.segmentOutputPath,
    metadataUpdate: io.metadataUpdate,
    dropExisting: io.dropExisting,
    context: form.context,
    taskId: form.taskId,
  };
  checkJob(log, job, form);
  return job;
}

/** One note for all of them: the same file serves an Overlord only without them. */
function noteCommandLineFields(log: SpecLog, spots: readonly Spot[]): void {
  const first = spots[0];
  if (first === undefined) return;
  const names = spots.map(({ path }) => path.slice(path.lastIndexOf('.') + 1)).join(', ');
  log.note(
    first,
    `an Overlord refuses a task with ${names}; here it is taken`,
    null,
    'Druid knows that in the command-line form only',
  );
}

/** Rules between the parts. */
function checkJob(log: SpecLog, job: JobSpec, form: SpecForm): void {
  const { partitions } = job.tuning;
  if (job.granularity.intervals === null) {
    const key = partitions.type !== 'hashed' ? 'ranges' : partitions.numShards !== null ? 'numShards' : null;
    const refusal = key === null ? null : unsupportedFeature(`intervals:${key}`);
    if (refusal !== null) log.error(form.intervalsSpot, refusal, 'intervals such as ["2024-01-01/2024-02-01"]');
  }
  if (
    partitions.type === 'single_dim' &&
    partitions.partitionDimensions.length === 0 &&
    job.dimensions.dimensions.length === 0
  ) {
    const refusal = unsupportedFeature('partitionsSpec:amongFound');
    if (refusal !== null) log.error(form.partitionsSpot, refusal);
  }
  if (job.dimensions.discover) return;
  const names = new Set(job.dimensions.dimensions.map((dimension) => dimension.name));
  for (const name of partitions.partitionDimensions) {
    if (names.has(name)) continue;
    log.danger(
      form.partitionsSpot,
      `the partition dimension ${JSON.stringify(name)} is not among the dimensions`,
      'it is null in every row',
    );
  }
}
