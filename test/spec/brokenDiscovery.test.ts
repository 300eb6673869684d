import { describe, expect, it } from 'vitest';
import { problemLine } from '../../src/spec/formatProblems.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { type Change, changed } from './specTexts.ts';

/** A change to a good spec, and every word said about it. */
const CASES: readonly (readonly [what: string, change: Change, lines: readonly string[]])[] = [
  [
    'a flattenSpec that renames, and leaves other fields out',
    (s) => {
      const fields = ['page', { type: 'root', name: 'title', expr: 'page' }];
      s.dataSchema.parser.parseSpec.flattenSpec = { useFieldDiscovery: false, fields };
    },
    [
      'x.json:24:34 spec.dataSchema.parser.parseSpec.flattenSpec.useFieldDiscovery: "useFieldDiscovery": false is not built yet; list the dimensions, and other fields are left alone',
      'x.json:27:15 spec.dataSchema.parser.parseSpec.flattenSpec.fields[1]: root fields of another name than their "expr" are not built yet; those of the same name are',
    ],
  ],
  [
    'a flattenSpec beside dimensions that are found in the data',
    (s) => {
      s.dataSchema.parser.parseSpec.flattenSpec = { fields: ['page'] };
      s.dataSchema.parser.parseSpec.dimensionsSpec = {};
    },
    [
      'x.json:15:26 spec.dataSchema.parser.parseSpec.flattenSpec: flattenSpec fields are not built yet where dimensions are found in the data; list the dimensions',
    ],
  ],
  [
    'single_dim that is to choose among dimensions found in the data',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec = { dimensions: [] };
      s.tuningConfig.partitionsSpec = { type: 'single_dim', targetRowsPerSegment: 5 };
    },
    [
      'x.json:48:25 spec.tuningConfig.partitionsSpec: single_dim chooses among the dimensions that the spec lists, in Druid as here, and it lists none: name a partitionDimension',
    ],
  ],
  [
    'nothing, where single_dim has a dimension of the spec to choose',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec = { dimensions: ['page'], includeAllDimensions: true };
      s.tuningConfig.partitionsSpec = { type: 'single_dim', targetRowsPerSegment: 5 };
    },
    [],
  ],
];

describe('specs whose dimensions are found in the data', () => {
  it.each(CASES)('tells of %s', (_what, change, lines) => {
    const { job, problems } = readSpec(changed(change), 'x.json');
    expect(problems.map((problem) => problemLine(problem, 'x.json'))).toEqual(lines);
    expect(job === null).toBe(problems.some((problem) => problem.severity === 'error'));
  });
});
