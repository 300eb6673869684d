import { describe, expect, it } from 'vitest';
import { problemLine } from '../../src/spec/formatProblems.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { type Change, changed } from './specTexts.ts';

/** A change to a good spec, and every word said about it. */
const CASES: readonly (readonly [what: string, change: Change, lines: readonly string[]])[] = [
  [
    'a field name with a slip of the pen',
    (s) => {
      s.tunningConfig = s.tuningConfig;
      delete s.tuningConfig;
    },
    ['x.json:52:5 warning: spec: unknown field "tunningConfig"; did you mean "tuningConfig"?'],
  ],
  [
    'a field in the wrong object',
    (s) => {
      s.tuningConfig.numShards = 4;
    },
    [
      'x.json:58:7 warning: spec.tuningConfig: unknown field "numShards"; it belongs into "partitionsSpec"; here it has no effect, in Druid neither',
    ],
  ],
  [
    'a field of another task type',
    (s) => {
      s.tuningConfig.maxNumConcurrentSubTasks = 4;
    },
    [
      'x.json:58:7 warning: spec.tuningConfig: unknown field "maxNumConcurrentSubTasks"; it belongs to index_parallel; index_hadoop ignores it',
    ],
  ],
  [
    'a field nobody knows',
    (s) => {
      s.dataSchema.colour = 'red';
    },
    ['x.json:44:7 warning: spec.dataSchema: unknown field "colour"; it has no effect, in Druid neither'],
  ],
  [
    'no dataSchema',
    (s) => {
      delete s.dataSchema;
    },
    ['x.json:3:3 spec.dataSchema: is missing (the schema: datasource, dimensions, metrics, granularities)'],
  ],
  [
    'no ioConfig, and a dataSource that is null',
    (s) => {
      delete s.ioConfig;
      s.dataSchema.dataSource = null;
    },
    [
      'x.json:3:3 spec.ioConfig: is missing (where data comes from and where segments go)',
      'x.json:5:21 spec.dataSchema.dataSource: is null (the name of the datasource)',
    ],
  ],
  [
    'a dataSource with a slash',
    (s) => {
      s.dataSchema.dataSource = 'a/b';
    },
    ['x.json:5:21 spec.dataSchema.dataSource: the name "a/b" holds a slash; expected a name without slashes'],
  ],
  [
    'a dataSource that is an object',
    (s) => {
      s.dataSchema.dataSource = {};
    },
    ['x.json:5:21 spec.dataSchema.dataSource: an object stands where a text belongs; expected a text in double quotes'],
  ],
  [
    'another task type',
    (_, t) => {
      t.type = 'index_parallel';
    },
    [
      'x.json:2:11 type: a task of type "index_parallel" cannot be run here; expected "index_hadoop"; index_parallel specs are not read yet; write the job in the index_hadoop form, with "inputSpec" and "parser"',
    ],
  ],
  [
    'an unknown task type',
    (_, t) => {
      t.type = 'index_hadop';
    },
    ['x.json:2:11 type: "index_hadop" is not a task type; did you mean "index_hadoop"?'],
  ],
  [
    'the parts next to the type',
    (_, t) => {
      Object.assign(t, t.spec);
      delete t.spec;
    },
    [
      'x.json:1:1 spec: is missing; expected {"type": "index_hadoop", "spec": {"dataSchema", "ioConfig", "tuningConfig"}}; the three parts stand next to "type"; put them into "spec"',
    ],
  ],
  [
    'an unknown parser',
    (s) => {
      s.dataSchema.parser.type = 'hadoopString';
    },
    [
      'x.json:7:17 warning: spec.dataSchema.parser.type: "hadoopString" is not a parser type, and Druid takes it as "string"; did you mean "hadoopyString"?',
    ],
  ],
  [
    'a parser that is not built',
    (s) => {
      s.dataSchema.parser.type = 'parquet';
      s.ioConfig.inputSpec.inputFormat = 'org.apache.druid.data.input.parquet.DruidParquetInputFormat';
    },
    [
      'x.json:7:17 spec.dataSchema.parser.type: Parquet is a format that is not read yet; convert the data to JSON, CSV or TSV lines',
      'x.json:50:24 spec.ioConfig.inputSpec.inputFormat: Parquet is a format that is not read yet; convert the data to JSON, CSV or TSV lines',
    ],
  ],
  [
    'an unknown format',
    (s) => {
      s.dataSchema.parser.parseSpec.format = 'jsn';
    },
    [
      'x.json:9:21 spec.dataSchema.parser.parseSpec.format: "jsn" is not a parseSpec format; expected json, jsonLowercase, csv, tsv, regex; did you mean "json"?',
    ],
  ],
  [
    'csv without columns',
    (s) => {
      s.dataSchema.parser.parseSpec.format = 'csv';
    },
    [
      'x.json:8:9 spec.dataSchema.parser.parseSpec.columns: is missing; expected the names of the columns; or "hasHeaderRow": true, where the first line of each file has them',
    ],
  ],
  [
    'tsv whose time is no column',
    (s) => {
      Object.assign(s.dataSchema.parser.parseSpec, { format: 'tsv', columns: ['time', 'page'] });
    },
    [
      'x.json:23:22 warning: spec.dataSchema.parser.parseSpec.columns: the time column "ts" is not among the columns; no row has a time, so every row is unparseable; the columns are "time", "page"',
      'x.json:23:22 warning: spec.dataSchema.parser.parseSpec.columns: dimensions that are not among the columns: "code"; they are null in every row',
    ],
  ],
  [
    'a column twice, and equal delimiters',
    (s) => {
      Object.assign(s.dataSchema.parser.parseSpec, {
        format: 'tsv',
        columns: ['ts', 'page', 'code', 'page'],
        delimiter: '|',
        listDelimiter: '|',
      });
    },
    [
      'x.json:23:22 spec.dataSchema.parser.parseSpec.columns: the column "page" is listed twice; expected each column once',
      'x.json:30:28 spec.dataSchema.parser.parseSpec.listDelimiter: delimiter and listDelimiter are both "|"; expected two different texts',
    ],
  ],
  [
    'a pattern with the day of the year',
    (s) => {
      s.dataSchema.parser.parseSpec.timestampSpec.format = 'YYYY-MM-DD';
    },
    [
      `x.json:12:23 warning: spec.dataSchema.parser.parseSpec.timestampSpec.format: "DD" is the day of the year in Joda's patterns; the day of the month is "dd"`,
    ],
  ],
  [
    'a pattern with minutes for months',
    (s) => {
      s.dataSchema.parser.parseSpec.timestampSpec.format = 'yyyy-mm-dd';
    },
    [
      `x.json:12:23 warning: spec.dataSchema.parser.parseSpec.timestampSpec.format: "mm" is the minute in Joda's patterns; the month is "MM"`,
    ],
  ],
  [
    'a timestamp format that is none',
    (s) => {
      s.dataSchema.parser.parseSpec.timestampSpec.format = 'milis';
    },
    [
      `x.json:12:23 spec.dataSchema.parser.parseSpec.timestampSpec.format: the timestamp format "milis" has "i", which is no field of a Joda pattern; put literal letters in quotes, as in yyyy-MM-dd'T'HH:mm; did you mean "millis"?`,
    ],
  ],
  [
    'a missingValue that is no time',
    (s) => {
      s.dataSchema.parser.parseSpec.timestampSpec.missingValue = 'yesterday';
    },
    [
      'x.json:13:29 spec.dataSchema.parser.parseSpec.timestampSpec.missingValue: "yesterday" is not an instant; expected ISO 8601 text such as 2024-01-01T00:00:00Z, or epoch milliseconds',
    ],
  ],
  [
    'a dimension twice',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec.dimensions.push('page');
    },
    [
      'x.json:21:15 spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[2]: the dimension "page" is listed twice; expected each dimension once',
    ],
  ],
  [
    'a dimension that is a metric',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec.dimensions.push('bytes');
    },
    [
      'x.json:21:15 spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[2]: "bytes" is a dimension and a metric; expected one column per name; give the metric another name',
    ],
  ],
  [
    'a dimension that is excluded',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec.dimensionExclusions = ['page'];
    },
    [
      'x.json:16:15 spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[0]: "page" is a dimension and in dimensionExclusions; expected one or the other',
    ],
  ],
  [
    '__time as text, and not first',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec.dimensions.push('__time', { type: 'json', name: 'j' });
    },
    [
      'x.json:21:15 spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[2]: __time is a string dimension; expected type "long"; or leave it out: it is there always',
      'x.json:23:25 spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[3].type: json dimensions (nested columns) are not built yet',
    ],
  ],
  [
    'dimensions as text',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec.dimensions = 'page,code';
    },
    [
      'x.json:15:27 spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions: "page,code" stands where the list of dimensions belongs; expected a list in [ and ]',
    ],
  ],
  [
    'an unknown dimension type',
    (s) => {
      s.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[1].type = 'integer';
    },
    [
      'x.json:18:25 warning: spec.dataSchema.parser.parseSpec.dimensionsSpec.dimensions[1].type: "integer" is not a dimension type, and Druid takes it as "string"; did you mean "long"?',
    ],
  ],
];

describe('specs with a broken form, parser or dimensions', () => {
  it.each(CASES)('tells of %s', (_what, change, lines) => {
    const { job, problems } = readSpec(changed(change), 'x.json');
    expect(problems.map((problem) => problemLine(problem, 'x.json'))).toEqual(lines);
    expect(job === null).toBe(problems.some((problem) => problem.severity === 'error'));
  });
});
