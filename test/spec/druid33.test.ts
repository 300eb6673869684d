import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JobSpec } from '../../src/spec/jobSpec.ts';
import { readSpec } from '../../src/spec/readSpec.ts';

interface Case {
  readonly name: string;
  readonly spec: unknown;
  readonly taken: boolean;
  readonly druid?: DruidValues;
}

interface DruidValues {
  readonly exclusions: readonly string[];
  readonly dimensions: readonly unknown[];
  readonly timestamp: readonly unknown[];
  readonly intervals: readonly string[];
  readonly rollup: boolean;
  readonly partitionsSpec: Readonly<Record<string, unknown>>;
  readonly maxParseExceptions: number;
  readonly jobProperties: Readonly<Record<string, string>>;
  readonly plain: Readonly<Record<string, unknown>>;
}

const cases = gunzipSync(readFileSync(new URL('../fixtures/specs/druid33.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

/** Refused here though Druid reads them, by why. */
const STRICTER = {
  'the job would fail or do nothing': [
    'maxRows 0',
    'maxRows -1',
    'intervals null',
    'intervals []',
    'interval empty',
    'no granularitySpec',
    'arbitrary without intervals',
    'seg none',
    'csv column dup',
    'tsv same delim',
    'timeAndDims',
    'flatten dup',
    'metadata no uri',
    'range dup dims',
    'range no dims',
    'listDelimiter empty',
    'skip neg',
    'version empty',
    'column empty',
  ],
  'not built yet': [
    'encoding',
    'index concise',
    'index front',
    'bound ordering natural',
    'parser avro_hadoop',
    'longAny expression',
    'longMax expression only',
    'compression caps',
  ],
};

/** Taken here though Druid 33 refuses them, by why. */
const LOOSER = {
  'older versions took it': ['no format', 'single_dim both', 'dimension both old', 'range both', 'metric min'],
  'it can mean one thing only': [
    'range maxPartitionSize',
    'range targetPartitionSize',
    'hashed partitionDimensions text',
    'tuning no type',
    'io no type',
    'jobProperties number',
    'intervals text',
    'seg period no type',
    'tsv columns text',
    'paths list',
    'dim mixed numbers',
    'numBackground -1',
  ],
};

function read(spec: unknown): JobSpec | null {
  return readSpec(JSON.stringify({ type: 'index_hadoop', spec }), 'x.json').job;
}

describe('specs as Druid 33 reads them', () => {
  const stricter = new Set(Object.values(STRICTER).flat());
  const looser = new Set(Object.values(LOOSER).flat());

  it('takes and refuses the same specs, but for those listed', () => {
    const differing = cases.filter(({ spec, taken }) => (read(spec) !== null) !== taken);
    expect(differing.filter(({ taken }) => taken).map(({ name }) => name)).toEqual(
      cases.filter(({ name }) => stricter.has(name)).map(({ name }) => name),
    );
    expect(differing.filter(({ taken }) => !taken).map(({ name }) => name)).toEqual(
      cases.filter(({ name }) => looser.has(name)).map(({ name }) => name),
    );
    expect(cases.length - differing.length).toBeGreaterThan(90);
  });

  const both = cases.flatMap(({ name, spec, druid }) => {
    const job = druid === undefined ? null : read(spec);
    return job === null || druid === undefined ? [] : [{ name, job, druid }];
  });

  it.each(both)('arrives at the same values: $name', ({ name, job, druid }) => {
    const { dimensions, timestamp, granularity, tuning } = job;
    // The time column is there whether it is listed or not; here the list leaves it out.
    expect([...dimensions.exclusions].sort()).toEqual([...new Set(['__time', ...druid.exclusions])].sort());
    const listed = druid.dimensions.filter((dimension) => (dimension as string[])[0] !== '__time');
    expect(dimensions.dimensions.map((d) => [d.name, d.type, d.multiValueHandling, d.createBitmapIndex])).toEqual(
      listed,
    );
    const missing = timestamp.missingValue === null ? null : new Date(timestamp.missingValue).toISOString();
    expect([timestamp.column, timestamp.format, missing]).toEqual(druid.timestamp);
    const text = (ms: number): string => new Date(ms).toISOString();
    expect((granularity.intervals ?? []).map(({ start, end }) => `${text(start)}/${text(end)}`)).toEqual(
      druid.intervals,
    );
    expect(granularity.rollup).toBe(druid.rollup);
    expect(tuning).toMatchObject(druid.plain);
    expect(tuning.jobProperties).toEqual(druid.jobProperties);
    // No limit is null here; below zero is the same as zero in Druid, where it counts first and compares then.
    const limit = druid.maxParseExceptions === 2 ** 31 - 1 ? null : Math.max(druid.maxParseExceptions, 0);
    expect(tuning.maxParseExceptions).toBe(limit);
    if (name !== 'partitions hadoop_single_dim_partitions')
      expect(shardsOf(job)).toEqual(druidShards(druid.partitionsSpec));
  });
});

function shardsOf(job: JobSpec): unknown {
  const spec = job.tuning.partitions;
  if (spec.type === 'hashed') return { ...spec };
  const { type, partitionDimensions, targetRowsPerSegment, maxRowsPerSegment } = spec;
  return { type, partitionDimensions, targetRowsPerSegment, maxRowsPerSegment };
}

/** What Druid's JSON of a partitionsSpec means: it writes what was given, and resolves it when it is asked. */
function druidShards(spec: Readonly<Record<string, unknown>>): unknown {
  if (spec.type === 'hashed') {
    const { numShards, maxRowsPerSegment, partitionDimensions } = spec;
    return { type: 'hashed', numShards, targetRowsPerSegment: maxRowsPerSegment, partitionDimensions };
  }
  const target = spec.targetRowsPerSegment as number | null;
  const max = spec.maxRowsPerSegment as number | null;
  const one = typeof spec.partitionDimension === 'string' ? [spec.partitionDimension] : [];
  return {
    type: spec.type,
    partitionDimensions: spec.type === 'range' ? spec.partitionDimensions : one,
    targetRowsPerSegment: target ?? max,
    maxRowsPerSegment: max ?? (target as number) + Math.trunc((target as number) / 2),
  };
}
