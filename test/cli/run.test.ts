import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { specJsonSchema } from '../../src/spec/jsonSchema.ts';
import { runCli, TestIo } from './testIo.ts';

const SEGMENT = 'test/fixtures/reader/h01-basic/index.zip';

describe('help and version', () => {
  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help tells commands, examples and exit codes', async () => {
    expect(await runCli(['--help'])).toEqual({
      code: 0,
      stderr: '',
      stdout: `Usage: segmill <command> [options]

Druid's index_hadoop: ingestion specs in, Druid segments out.

Commands:
  segmill index <spec>          Run an ingestion spec: read the input, write the segments
  segmill attach <application>  Take over a job on a Hadoop cluster whose driver is gone
  segmill plan <spec>           Read the input, tell what segments index would make; make none
  segmill validate <spec..>     Check specs; nothing is run
  segmill publish <job>         Make the segments of a staged job visible
  segmill discard <job>         Remove a staged job and its segments
  segmill clean <spec>          Remove what killed jobs left, and superseded segments
  segmill jobs <folder>         List the jobs that wrote to a deep storage
  segmill dump <segment>        Print what a segment is, and its rows, as JSON lines
  segmill schema                Print the JSON Schema of ingestion specs, for editors

Options:
      --debug    Stack traces with errors                                                  [boolean]
      --version  This version                                                              [boolean]
  -h, --help     This text                                                                 [boolean]

Examples:
  segmill validate spec.json     Is it right, and does it mean what I think?
  segmill plan spec.json         What segments would it make?
  segmill index spec.json        Run it
  segmill dump index.zip --rows  Look at what came out

Exit codes:
  0    done
  1    the job failed, or what was to be read cannot be
  2    the spec or the arguments are wrong; nothing was begun
  130  stopped by Ctrl-C (SIGINT) or SIGTERM
`,
    });
  });

  test.each(['index', 'index hadoop', 'validate', 'dump', 'schema'])('%s has a help', async (command) => {
    const { code, stdout, stderr } = await runCli([...command.split(' '), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.startsWith(`segmill ${command}`)).toBe(true);
    expect(stdout.includes('\nExit codes:\n')).toBe(command.startsWith('index'));
  });

  test('help fits the terminal', async () => {
    const { stdout } = await runCli(['index', '--help'], new TestIo({ terminal: { columns: 80 } }));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('wrong arguments', () => {
  test.each([
    [
      [],
      'a command is missing; there are index, attach, plan, validate, publish, discard, clean, jobs, dump, schema',
      '',
    ],
    [['indx', 'spec.json'], 'unknown command "indx"; did you mean "index"?', ''],
    [
      ['frobnicate'],
      'unknown command "frobnicate"; the commands are index, attach, plan, validate, publish, discard, clean, jobs, dump, schema',
      '',
    ],
    [['--json', 'index', 'spec.json'], 'option --json stands before the command, options follow it', 'index '],
    [['index'], '<spec> is missing after "index"', 'index '],
    [['index', 'hadoop'], '<spec> is missing after "index"', 'index '],
    [['validate', '--json'], '<spec..> is missing after "validate"', 'validate '],
    [['dump'], '<segment> is missing after "dump"', 'dump '],
    [['index', 'a', '--wokers', '3'], 'unknown option --wokers of "segmill index"; did you mean --workers?', 'index '],
    [['index', 'a', '--no-json'], 'unknown option --no-json of "segmill index"', 'index '],
    [['index', 'a', '-x'], 'unknown option -x of "segmill index"', 'index '],
    [['index', 'a', '--coordinate', 'c'], 'unknown option --coordinate of "segmill index"', 'index '],
    [['index', 'a', 'b'], 'unexpected argument "b"', 'index '],
    [['index', 'hadoop', 'a', 'b'], 'unexpected argument "b"', 'index '],
    [['index', 'a', '--workers'], 'option --workers needs a value', 'index '],
    [['index', 'a', '--workers', '0'], 'option --workers is "0", expected a whole number from 1 to 1024', 'index '],
    [['index', 'a', '--workers', '1e3'], 'option --workers is "1e3", expected a whole number from 1 to 1024', 'index '],
    [['index', 'a', '--workers=2', '--workers=3'], 'option --workers is given 2 times, once is enough', 'index '],
    [
      ['index', 'a', '--quirks', 'duid'],
      'option --quirks is "duid", expected none or druid; did you mean druid?',
      'index ',
    ],
    [['index', 'a', '--report', '-'], 'option --report needs a file; --json prints a document on stdout', 'index '],
    [['schema', 'x'], 'unexpected argument "x"', 'schema '],
  ])('%j', async (argv, message, help) => {
    expect(await runCli(argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: `segmill: ${message}\nSee: segmill ${help}--help\n`,
    });
  });
});

test('schema prints the JSON Schema of specs', async () => {
  const { code, stdout, stderr } = await runCli(['schema']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual(specJsonSchema());
});

describe('dump', () => {
  test('a segment is one line', async () => {
    const { code, stdout, stderr } = await runCli(['dump', SEGMENT]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({ version: 9, numRows: 60 });
    expect(stdout).not.toContain('"bitmaps"');
  });

  test('rows follow, and bitmaps are told, where asked for', async () => {
    const { stdout } = await runCli(['dump', SEGMENT, '--rows', '--bitmaps']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(61);
    expect(lines[0]).toContain('"bitmaps"');
    expect(Object.keys(JSON.parse(lines[1]))[0]).toBe('__time');
  });

  test('what cannot be read is a failure', async () => {
    expect(await runCli(['dump', 'nowhere'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'segmill: nowhere: no such file or folder; expected an index.zip or a segment folder\n',
    });
  });

  test('a reader who leaves early is no failure', async () => {
    const io = new TestIo();
    let writes = 0;
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        writes++;
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    stdout.on('error', () => {});
    const code = await run(['dump', SEGMENT, '--rows'], { ...io, stdout, now: () => 0 } as never);
    expect([code, writes, io.stderr.text]).toEqual([0, 1, '']);
  });
});
