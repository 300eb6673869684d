import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { specJsonSchema } from '../../src/spec/jsonSchema.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { LOOSE_FORMS } from './looseForms.ts';
import { type Change, changed, task } from './specTexts.ts';

const schema = specJsonSchema();
const accepts = new Ajv2020({ allowUnionTypes: true }).compile(schema);

function lines(file: string): { file: string; text: string; spec: unknown; name: string }[] {
  const archive = readFileSync(new URL(`../fixtures/specs/${file}`, import.meta.url));
  return gunzipSync(archive)
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function json(change: Change): unknown {
  return JSON.parse(changed(change));
}

describe('specJsonSchema', () => {
  it('takes every published spec that the reader takes', () => {
    let taken = 0;
    for (const { file, text } of lines('published.jsonl.gz')) {
      if (readSpec(text, file).job === null) continue;
      taken++;
      expect(accepts(JSON.parse(text)), file).toBe(true);
    }
    expect(taken).toBe(26);
  });

  it('takes every spec of the Druid 33 cases that the reader takes, but for types that Druid replaces', () => {
    const refused = [];
    for (const { name, spec } of lines('druid33.jsonl.gz')) {
      const whole = { type: 'index_hadoop', spec };
      if (readSpec(JSON.stringify(whole), name).job !== null && !accepts(whole)) refused.push(name);
    }
    expect(refused).toEqual([
      'dimension LONG',
      'partitions foo',
      'partitions hash',
      'partitions single-dim',
      'gran foo',
      'bitmap foo',
      'parser number',
    ]);
  });

  it.each(LOOSE_FORMS)('takes %s, as the reader does', (_what, change) => {
    expect(readSpec(changed(change), 'x.json').job).not.toBeNull();
    expect([accepts(json(change)), accepts.errors]).toEqual([true, null]);
  });

  it.each<[string, Change]>([
    ['an unknown metric', (spec) => (spec.dataSchema.metricsSpec[0].type = 'longest')],
    ['a metric that is not built', (spec) => (spec.dataSchema.metricsSpec[0].type = 'thetaSketch')],
    ['a text for a number', (spec) => (spec.tuningConfig.maxRowsInMemory = 'many')],
    ['zero rows', (spec) => (spec.tuningConfig.maxRowsInMemory = 0)],
    ['no dataSource', (spec) => delete spec.dataSchema.dataSource],
    ['an unknown granularity', (spec) => (spec.dataSchema.granularitySpec.segmentGranularity = 'fortnight')],
    [
      'a filter deep inside',
      (spec) => (spec.dataSchema.transformSpec = { filter: { type: 'not', field: { type: 'selektor' } } }),
    ],
    ['no spec', (_, whole) => delete whole.spec],
    ['another task type', (_, whole) => (whole.type = 'index_parallel')],
  ])('refuses %s', (_what, change) => {
    expect(accepts(json(change))).toBe(false);
  });

  it('takes the good spec, and describes every field with its default', () => {
    expect(accepts(task())).toBe(true);
    const definitions = schema.$defs as Record<string, { properties: Record<string, unknown> }>;
    expect(definitions.HadoopTuningConfig?.properties.maxRowsInMemory).toMatchObject({
      description: 'rolled-up rows one task holds before it spills them',
      default: 1_000_000,
    });
    expect(definitions.HadoopTuningConfig?.properties.rowFlushBoundary).toMatchObject({ deprecated: true });
    for (const definition of Object.values(definitions)) {
      for (const property of Object.values(definition.properties ?? {})) {
        expect(Object.keys(property as object)).not.toHaveLength(0);
      }
    }
  });

  it('is plain JSON whose references all lead somewhere', () => {
    const text = JSON.stringify(schema);
    expect(JSON.parse(text)).toEqual(schema);
    const names = [...text.matchAll(/"#\/\$defs\/(\w+)"/g)].map(([, name]) => name as string);
    expect(names.filter((name) => !Object.hasOwn(schema.$defs as object, name))).toEqual([]);
  });
});
