import type { JobSpec } from '../../../spec/jobSpec.ts';
import type { FileStatus } from '../../../storage/storage.ts';
import { isoText } from '../../../time/isoText.ts';
import { programVersion } from '../../../version.ts';
import type { Quirks } from '../indexPayload.ts';
import type { SegmentReport } from '../indexReport.ts';
import type { JobPlan, PlannedInput } from './jobPlan.ts';
import { PlanRefusedError } from './planError.ts';
import { specDigests } from './specDigests.ts';

/** Changes told of one by one. */
const SHOWN_MAX = 5;

/** What a plan is held against. */
export interface PlanCircumstances {
  readonly job: JobSpec;
  readonly quirks: Quirks;
  readonly files: readonly FileStatus[];
}

/** @throws PlanRefusedError that names everything that is not as it was when the plan was made */
export function checkPlan(plan: JobPlan, { job, quirks, files }: PlanCircumstances): void {
  const changes = [
    ...programChanges(plan),
    ...specChanges(plan, job),
    ...(plan.quirks === quirks ? [] : [`it was made with --quirks ${plan.quirks}, and the job has --quirks ${quirks}`]),
    ...inputChanges(plan.inputs, files),
  ];
  if (changes.length === 0) return;
  throw new PlanRefusedError(
    `The plan does not hold any more:\n${changes.map((change) => `  ${change}\n`).join('')}Make it anew with segmill plan.`,
  );
}

function programChanges({ program }: JobPlan): string[] {
  const now = programVersion();
  return program === now ? [] : [`it was made by segmill ${program}, and this is ${now}`];
}

function specChanges(plan: JobPlan, job: JobSpec): string[] {
  const now = specDigests(job);
  const names = [...new Set([...Object.keys(plan.spec), ...Object.keys(now)])];
  const changed = names.filter((name) => plan.spec[name] !== now[name]);
  return changed.length === 0 ? [] : [`the spec has changed: ${changed.join(', ')}`];
}

function inputChanges(then: readonly PlannedInput[], now: readonly FileStatus[]): string[] {
  const planned = new Map(then.map((file) => [file.path, file]));
  const found = new Map(now.map((file) => [file.path, file]));
  const paths = [...new Set([...planned.keys(), ...found.keys()])].sort();
  const changes = paths.flatMap((path) => {
    const change = inputChange(planned.get(path), found.get(path));
    return change === null ? [] : [`${path} ${change}`];
  });
  if (changes.length <= SHOWN_MAX) return changes;
  return [...changes.slice(0, SHOWN_MAX), `and ${changes.length - SHOWN_MAX} more input files`];
}

function inputChange(then: PlannedInput | undefined, now: FileStatus | undefined): string | null {
  if (now === undefined) return 'is not in the input any more';
  if (then === undefined) return 'is new in the input';
  if (then.length !== now.length) return `has ${now.length} bytes in place of ${then.length}`;
  if (then.modificationMs === now.modificationMs) return null;
  return `was written to at ${isoText(Math.floor(now.modificationMs))}, after ${isoText(Math.floor(then.modificationMs))}`;
}

/**
 * @param segments made, not yet stored
 * @throws Error when their rows are not those of the plan: the files have changed and do not show it
 */
export function checkAsPlanned(plan: JobPlan, segments: readonly SegmentReport[]): void {
  const rowsOf = new Map<string, number>(
    plan.chunks.flatMap(({ interval, segments: forecasts }) =>
      forecasts.map(({ partitionNum, rows }) => [`${interval} partition ${partitionNum}`, rows] as const),
    ),
  );
  for (const { interval, partitionNum, rows } of segments) {
    const place = `${interval} partition ${partitionNum}`;
    const planned = rowsOf.get(place) ?? 0;
    rowsOf.delete(place);
    if (rows !== planned) throw notAsPlanned(place, planned, rows);
  }
  for (const [place, planned] of rowsOf) throw notAsPlanned(place, planned, 0);
}

function notAsPlanned(place: string, planned: number, rows: number): Error {
  return new Error(
    `The segment ${place} has ${rows} rows and was planned with ${planned}: the input has changed, though its files have the lengths ` +
      'and times of the plan. Nothing was stored. Make the plan anew with segmill plan.',
  );
}
