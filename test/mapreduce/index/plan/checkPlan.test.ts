import { describe, expect, test } from 'vitest';
import type { SegmentReport } from '../../../../src/mapreduce/index/indexReport.ts';
import { checkAsPlanned, checkPlan } from '../../../../src/mapreduce/index/plan/checkPlan.ts';
import type { JobPlan, PlannedInput } from '../../../../src/mapreduce/index/plan/jobPlan.ts';
import { PlanRefusedError } from '../../../../src/mapreduce/index/plan/planError.ts';
import { specDigests } from '../../../../src/mapreduce/index/plan/specDigests.ts';
import type { JobSpec } from '../../../../src/spec/jobSpec.ts';
import { programVersion } from '../../../../src/version.ts';
import { type Change, changed } from '../../../spec/specTexts.ts';
import { jobOf } from '../checkJob.ts';

const job = jobOf(changed(() => {}));
const file = (path: string, length = 100, at = '2024-02-03T04:05:06Z') => ({
  path,
  length,
  modificationMs: Date.parse(at),
  isDirectory: false,
});
const FILES = [file('/in/a.json'), file('/in/b.json')];

/** What `checkPlan` looks at of a plan. */
function planOf(inputs: readonly PlannedInput[], changes: Partial<JobPlan> = {}): JobPlan {
  const plan: Partial<JobPlan> = { program: programVersion(), spec: specDigests(job), quirks: 'none', inputs };
  return { ...plan, ...changes } as JobPlan;
}

function check(plan: JobPlan, now: { job?: JobSpec; files?: typeof FILES } = {}): void {
  checkPlan(plan, { job, quirks: 'none', files: FILES, ...now });
}

const refused = (...changes: string[]) =>
  new PlanRefusedError(
    `The plan does not hold any more:\n${changes.map((change) => `  ${change}\n`).join('')}Make it anew with segmill plan.`,
  );

describe('a plan', () => {
  test('holds as long as nothing has changed, also when the spec is laid out otherwise', () => {
    check(planOf(FILES));
    const otherwise = JSON.stringify(JSON.parse(changed((spec) => (spec.tuningConfig.rowFlushBoundary = 1_000_000))));
    check(planOf(FILES), { job: jobOf(otherwise) });
  });

  test('does not hold for another version of the program', () => {
    const program = '0.0.9';
    expect(() => check(planOf(FILES, { program }))).toThrow(
      refused(`it was made by segmill 0.0.9, and this is ${programVersion()}`),
    );
  });

  test.each<[string, typeof FILES, string]>([
    ['is new', [...FILES, file('/in/c.json')], '/in/c.json is new in the input'],
    ['is gone', FILES.slice(1), '/in/a.json is not in the input any more'],
    ['is longer', [file('/in/a.json', 101), FILES[1]], '/in/a.json has 101 bytes in place of 100'],
    [
      'was written to',
      [FILES[0], file('/in/b.json', 100, '2024-02-03T04:05:07Z')],
      '/in/b.json was written to at 2024-02-03T04:05:07.000Z, after 2024-02-03T04:05:06.000Z',
    ],
  ])('does not hold where a file %s', (_what, files, change) => {
    expect(() => check(planOf(FILES), { files })).toThrow(refused(change));
  });

  test('tells of five files, and of how many more', () => {
    const files = Array.from({ length: 8 }, (_, i) => file(`/in/${i}.json`));
    expect(() => check(planOf([]), { files })).toThrow(
      refused(...[0, 1, 2, 3, 4].map((i) => `/in/${i}.json is new in the input`), 'and 3 more input files'),
    );
  });

  test.each<[string, Change]>([
    ['dataSource', (spec) => (spec.dataSchema.dataSource = 'other')],
    ['timestamp', (spec) => (spec.dataSchema.parser.parseSpec.timestampSpec.format = 'auto')],
    ['dimensions', (spec) => spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions.push('user')],
    ['metrics, dimensions', (spec) => spec.dataSchema.metricsSpec.push({ type: 'longMax', name: 'm', fieldName: 'n' })],
    ['granularity', (spec) => (spec.dataSchema.granularitySpec.rollup = false)],
    ['transform', (spec) => (spec.dataSchema.transformSpec = { filter: { type: 'true' } })],
    ['tuning', (spec) => (spec.tuningConfig.partitionsSpec.numShards = 3)],
  ])('does not hold for a spec of other %s', (parts, change) => {
    const now = parts.split(', ').sort().join(', ');
    expect(() => check(planOf(FILES), { job: jobOf(changed(change)) })).toThrow(
      refused(`the spec has changed: ${now}`),
    );
  });
});

describe('what is made is held against the plan', () => {
  const interval = '2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z';
  const plan = { chunks: [{ interval, segments: [0, 1].map((partitionNum) => ({ partitionNum, rows: 7 })) }] };
  const segments = (...rows: number[]) =>
    rows.map((count, partitionNum) => ({ interval, partitionNum, rows: count })) as SegmentReport[];
  const check = (...rows: number[]) => checkAsPlanned(plan as unknown as JobPlan, segments(...rows));

  test('the same rows in the same segments', () => {
    expect(check(7, 7)).toBeUndefined();
  });

  test.each([
    [[7, 8], `${interval} partition 1 has 8 rows and was planned with 7`],
    [[7], `${interval} partition 1 has 0 rows and was planned with 7`],
    [[7, 7, 1], `${interval} partition 2 has 1 rows and was planned with 0`],
  ])('%j', (rows, what) => {
    expect(() => check(...rows)).toThrow(
      `The segment ${what}: the input has changed, though its files have the lengths and times of the plan. ` +
        'Nothing was stored. Make the plan anew with segmill plan.',
    );
  });
});
