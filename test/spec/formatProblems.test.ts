import { describe, expect, it } from 'vitest';
import { formatProblems } from '../../src/spec/formatProblems.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { changed } from './specTexts.ts';

function told(text: string): string {
  return formatProblems(readSpec(text, 'jobs/x.json').problems, 'jobs/x.json', text);
}

describe('formatProblems', () => {
  it('gives place, path, sentence and the line underlined', () => {
    const text = changed((spec) => {
      spec.tunningConfig = { type: 'hadoop' };
      spec.tuningConfig.maxRowsInMemory = 'many';
    });
    expect(told(text)).toBe(`\
jobs/x.json:58:26 spec.tuningConfig.maxRowsInMemory: "many" is not a whole number; expected a whole number of at least 1
    58 |       "maxRowsInMemory": "many"
       |                          ^^^^^^
jobs/x.json:60:5 warning: spec: unknown field "tunningConfig"; it has no effect, in Druid neither
    60 |     "tunningConfig": {
       |     ^^^^^^^^^^^^^^^
`);
  });

  it('cuts long lines around the place', () => {
    const text = JSON.stringify(JSON.parse(changed((spec) => (spec.ioConfig.type = 'local'))));
    expect(told(text)).toBe(`\
jobs/x.json:1:496 spec.ioConfig.type: "local" is not known here; expected hadoop
     1 | -02-01"]}},"ioConfig":{"type":"local","inputSpec":{"type":"static","paths":"/data/a.json"}},"tuningC
       |                               ^^^^^^^
`);
  });

  it('says nothing of a good spec', () => {
    expect(told(changed(() => {}))).toBe('');
  });

  it.each([
    ['', 'jobs/x.json:1:1 the file is empty\n'],
    [
      '{} {}',
      'jobs/x.json:1:4 the JSON ends before this, but more text follows; one file holds one spec\n     1 | {} {}\n       |    ^\n',
    ],
    [
      '"spec": {}',
      'jobs/x.json:1:7 the file starts with a field, not with "{"; put the whole text in { and }\n     1 | "spec": {}\n       |       ^\n',
    ],
    ['[\n1\n2]', 'jobs/x.json:2:2 a comma is missing here, before the next value or field\n     2 | 1\n       |  ^\n'],
    [
      "{'a': 1}",
      `jobs/x.json:1:2 "'a'" is not JSON; JSON texts stand in double quotes\n     1 | {'a': 1}\n       |  ^^^\n`,
    ],
    ['{"a": True}', 'jobs/x.json:1:7 "True" is not JSON; write true\n     1 | {"a": True}\n       |       ^^^^\n'],
    [
      '{"a": 1',
      'jobs/x.json:1:1 the "{" opened here, in line 1, is never closed; the text ends before its bracket comes\n     1 | {"a": 1\n       | ^\n',
    ],
    ['{"a" 1}', 'jobs/x.json:1:6 a colon is missing after the field name\n     1 | {"a" 1}\n       |      ^\n'],
    [
      '{"a": "b\n"}',
      'jobs/x.json:1:7 this text has no closing quote; a quote inside the text is written \\"\n     1 | {"a": "b\n       |       ^^\n',
    ],
    [
      '{"a": "\\x"}',
      'jobs/x.json:1:7 a backslash is followed by something JSON does not know; a backslash itself is written \\\\\n     1 | {"a": "\\x"}\n       |       ^^^^\n',
    ],
  ])('tells what is no JSON in %j', (text, expected) => {
    expect(told(text)).toBe(expected);
  });

  it('tells of comments and trailing commas together with what is wrong inside', () => {
    const text = '{"type": "index", // the old one\n "spec": {},}';
    const lines = told(text)
      .split('\n')
      .filter((line) => line.startsWith('jobs/'));
    expect(lines).toEqual([
      'jobs/x.json:1:10 type: a task of type "index" cannot be run here; expected "index_hadoop"; index specs are not read yet; write the job in the index_hadoop form, with "inputSpec" and "parser"',
      'jobs/x.json:1:19 comments are not JSON; delete the comment',
      'jobs/x.json:2:12 a comma stands before the closing "}"; delete the comma',
    ]);
  });
});
