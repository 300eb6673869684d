import { describe, expect, test } from 'vitest';
import { explainFields } from '../../src/cli/explainFields.ts';
import { BAD_SPEC, DOUBTFUL_SPEC, GOOD_SPEC } from './specs.ts';
import { runCli, TestIo } from './testIo.ts';

const stdin = (text: string) => new TestIo({ stdin: text });

const WARNING =
  '(stdin):43:5 warning: tuningConfig: unknown field "maxRowInMemory"; did you mean "maxRowsInMemory"?\n' +
  '    43 |     "maxRowInMemory": 5\n' +
  '       |     ^^^^^^^^^^^^^^^^\n';

describe('validate', () => {
  test('a good spec', async () => {
    expect(await runCli(['validate', '-'], stdin(GOOD_SPEC))).toEqual({
      code: 0,
      stdout: '(stdin): valid\n',
      stderr: '',
    });
  });

  test('warnings leave it valid', async () => {
    expect(await runCli(['validate', '-'], stdin(DOUBTFUL_SPEC))).toEqual({
      code: 0,
      stdout: `${WARNING}(stdin): valid, 1 warning\n`,
      stderr: '',
    });
  });

  test('errors do not', async () => {
    expect(await runCli(['validate', '-'], stdin(BAD_SPEC))).toEqual({
      code: 2,
      stdout:
        '(stdin):3:19 dataSchema.dataSource: the name of the datasource is empty; expected a name\n' +
        '     3 |     "dataSource": "",\n' +
        '       |                   ^^\n' +
        '(stdin): not valid: 1 error\n',
      stderr: '',
    });
  });

  test('a file that cannot be read does not keep others from being checked', async () => {
    expect(await runCli(['validate', 'nowhere.json', '-'], stdin(GOOD_SPEC))).toEqual({
      code: 2,
      stdout: '(stdin): valid\n',
      stderr: 'segmill: cannot read nowhere.json: no such file\n',
    });
  });

  test('--json is one document for all', async () => {
    const { code, stdout } = await runCli(['validate', 'nowhere.json', '-', '--json'], stdin(DOUBTFUL_SPEC));
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      valid: false,
      specs: [
        { file: 'nowhere.json', valid: false, error: 'cannot read nowhere.json: no such file', problems: [] },
        {
          file: '(stdin)',
          valid: true,
          problems: [
            {
              severity: 'warning',
              path: 'tuningConfig',
              line: 43,
              column: 5,
              length: 16,
              message: 'unknown field "maxRowInMemory"',
              expected: null,
              hint: 'did you mean "maxRowsInMemory"?',
            },
          ],
        },
      ],
    });
  });

  test('--explain has every field, then problems and verdict', async () => {
    const { stdout } = await runCli(['validate', '-', '--explain'], stdin(DOUBTFUL_SPEC));
    expect(stdout).toContain('\ndataSchema.parser.parseSpec.timestampSpec\n  used       column: "t" ');
    expect(stdout).toContain('\n  dangerous  maxRowInMemory: ');
    expect(stdout).toMatch(/\nfields: \d+ used, \d+ defaulted, 0 ignored, 1 dangerous\n/);
    expect(stdout.endsWith(`dangerous\n${WARNING}(stdin): valid, 1 warning\n`)).toBe(true);
  });

  test('secrets are shown nowhere', async () => {
    const update =
      '"metadataUpdateSpec": {"type": "postgresql", "connectURI": "jdbc:postgresql://h/d?password=geheim1", "user": "u", "password": "geheim2", "segmentTable": "s", "bogus": 1},';
    const spec = GOOD_SPEC.replace('"segmentOutputPath"', `${update} "segmentOutputPath"`);
    for (const options of [[], ['--explain'], ['--json', '--explain']]) {
      const { stdout, stderr } = await runCli(['validate', '-', ...options], stdin(spec));
      expect(stdout).toContain('bogus');
      expect(stdout + stderr).not.toMatch(/geheim/);
    }
  });
});

describe('explainFields', () => {
  const fields = [
    { path: 'type', use: 'used', value: 'index_hadoop', why: 'the task type' },
    {
      path: 'spec.tuningConfig.jobProperties.mapreduce.map.memory.mb',
      use: 'ignored',
      value: '4096',
      why: 'no JVM here',
    },
    { path: 'spec.tuningConfig.version', use: 'defaulted', value: null, why: 'the time the job starts where left out' },
    {
      path: 'spec.tuningConfig.aNameThatIsFarTooLongForItsColumnHere',
      use: 'dangerous',
      value: 'and a long value too',
      why: 'unknown field',
    },
  ] as const;

  test('objects with their fields', () => {
    expect(explainFields(fields, { color: false, columns: 70 })).toBe(
      `(top level)
  used       type: "index_hadoop"           the task type
spec.tuningConfig.jobProperties
  ignored    mapreduce.map.memory.mb: "4096"
                                            no JVM here
spec.tuningConfig
  defaulted  version: null                  the time the job starts
                                            where left out
  dangerous  aNameThatIsFarTooLongForItsColumnHere: "and a lo...
                                            unknown field
fields: 1 used, 1 defaulted, 1 ignored, 1 dangerous
`,
    );
  });
});
