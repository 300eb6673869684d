import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblems } from '../../src/spec/formatProblems.ts';
import { parseTree } from '../../src/spec/parseTree.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { plainValue, type SpecNode } from '../../src/spec/specTree.ts';
import { changed, task } from './specTexts.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Every path to a value inside a JSON value. */
function paths(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...at, key]))];
}

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

/** What must hold of every answer. */
function check(text: string): void {
  const { job, problems, fields } = readSpec(text, 'x.json');
  const lines = text.split('\n');
  expect(job === null).toBe(problems.some((problem) => problem.severity === 'error'));
  for (const { line, column, length } of problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    expect(length).toBeGreaterThanOrEqual(1);
  }
  expect(typeof formatProblems(problems, 'x.json', text)).toBe('string');
  expect(new Set(fields.map((field) => field.path)).size).toBe(fields.length);
}

describe('readSpec on any text', () => {
  it('answers arbitrary text without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), check), { numRuns: 300 });
  });

  it('answers arbitrary JSON without throwing', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 4 }), check), { numRuns: 300 });
  });

  it('answers a good spec with any value in any place', () => {
    const whole = task();
    fc.assert(
      fc.property(fc.constantFrom(...paths(whole)), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
        check(JSON.stringify(replaced(whole, path, value), null, 1));
      }),
      { numRuns: 500 },
    );
  });

  it('answers a good spec cut or broken anywhere', () => {
    const text = changed(() => {});
    fc.assert(
      fc.property(fc.nat(text.length), fc.constantFrom('', ',', '}', ']', '"', '/*x*/', '...', '\u0000'), (at, put) => {
        check(text.slice(0, at) + put + text.slice(at + 1));
        check(text.slice(0, at) + put);
      }),
      { numRuns: 200 },
    );
  });
});

describe('parseTree', () => {
  it('takes what JSON.parse takes, with the same value, and nothing else', () => {
    const texts = fc.oneof(
      fc.json(),
      fc
        .array(fc.constantFrom(...'{}[]:,"\\ -+.0159eE\n'.split(''), 'true', 'null', '//', '/*', '\u00a0', '"a"'), {
          maxLength: 10,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { root, problems } = parseTree(text);
        expect(problems.length === 0).toBe(parses(text));
        if (problems.length === 0) expect(plainValue(root as SpecNode)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps names that are special in JavaScript', () => {
    const { root } = parseTree('{"__proto__": 1, "constructor": {"toString": 2}}');
    expect(JSON.stringify(plainValue(root as SpecNode))).toBe('{"__proto__":1,"constructor":{"toString":2}}');
  });

  it('skips a byte order mark', () => {
    expect(parseTree('\uFEFF{}').problems).toEqual([]);
  });
});

describe('bounds', () => {
  const told = (text: string): readonly string[] =>
    readSpec(text, 'big.json').problems.map((problem) => problem.message);

  it('refuses 50 MB at once', () => {
    const before = performance.now();
    expect(told(' '.repeat(50_000_000))).toEqual(['big.json has 50000000 characters, and a spec may have 16777216']);
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('refuses brackets nested more than 200 deep', () => {
    expect(told('['.repeat(1_000_000))).toEqual(['brackets are nested more than 200 deep']);
    expect(told(`${'['.repeat(200)}${']'.repeat(200)}`)).toEqual(['a list stands where a spec belongs']);
  });

  it('refuses more than 1,000,000 values', () => {
    expect(told(`[${'0,'.repeat(1_000_000)}0]`)).toEqual(['the text holds more than 1000000 values']);
  });

  it('stops telling after 200 problems', () => {
    const messages = told(
      changed((spec) => {
        spec.dataSchema.metricsSpec = Array.from({ length: 100_000 }, () => ({ type: 'none' }));
      }),
    );
    expect(messages).toHaveLength(201);
    expect(messages).toContain('more than 200 problems; the rest is not shown');
  });

  // Comparing each with each would take hours.
  it('reads 200,000 unknown fields, dimensions and paths', { timeout: 60_000 }, () => {
    const many = Array.from({ length: 200_000 }, (_, i) => `name${i}`);
    const { job } = readSpec(
      changed((spec) => {
        Object.assign(spec.tuningConfig, Object.fromEntries(many.map((name) => [name, 1])));
        spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions = many;
        spec.ioConfig.inputSpec.paths = many.join(',');
      }),
      'x.json',
    );
    expect(job?.dimensions.dimensions).toHaveLength(200_000);
    expect(job?.input.paths).toHaveLength(200_000);
  });
});
