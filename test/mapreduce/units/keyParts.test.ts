import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProgramIdentity } from '../../../src/mapreduce/units/programIdentity.ts';
import { reused, StoppedJob, type StoppedJobOptions } from './stoppedJob.ts';

const program = vi.hoisted(() => ({ program: '1.0.0', runs: 1, node: '20.19.0', timeZones: '2025a', icu: '76.1' }));
vi.mock('../../../src/mapreduce/units/programIdentity.ts', () => ({
  programIdentity: (): ProgramIdentity => program,
}));

let job: StoppedJob;
beforeEach(() => {
  job = new StoppedJob();
  Object.assign(program, { program: '1.0.0', runs: 1, node: '20.19.0', timeZones: '2025a', icu: '76.1' });
});
afterEach(() => job.remove());

const fileOf = (name: string) => join(job.input, name);

/** Changes a file and leaves no trace but in its bytes. */
function secretly(path: string, change: () => void): void {
  const { atime, mtime } = statSync(path);
  change();
  utimesSync(path, atime, mtime);
}

/** Writes another digit in the row that stands at a place of a file. */
function changeRow(path: string, place: (text: string) => number): void {
  const text = readFileSync(path, 'latin1');
  const at = text.indexOf('"key":"k', place(text)) + '"key":"k'.length;
  const file = openSync(path, 'r+');
  writeSync(file, text[at] === '5' ? '6' : '5', at);
  closeSync(file);
}

/** One file: what its split is does not depend on quirks. */
function keepOneFile(): void {
  for (const name of ['1.json', '2.json']) rmSync(fileOf(name));
}

test('nothing is changed: all that was made is used', async () => {
  await job.stop('reduceIndex', 3);
  expect(reused(await job.finish())).toMatchObject({ map: '1 of 1', reduce: '3 of 4' });
});

describe('a change of the input:', () => {
  test.each<[string, () => void]>([
    ['path', () => renameSync(fileOf('1.json'), fileOf('1b.json'))],
    [
      'length',
      () => secretly(fileOf('1.json'), () => appendFileSync(fileOf('1.json'), '{"ts":3600005,"key":"new","n":1}\n')),
    ],
    ['modification time', () => utimesSync(fileOf('1.json'), 1_000_000, 1_000_000)],
    ['first block', () => secretly(fileOf('1.json'), () => changeRow(fileOf('1.json'), () => 0))],
    ['last block', () => secretly(fileOf('1.json'), () => changeRow(fileOf('1.json'), ({ length }) => length - 200))],
  ])('%s of a file', async (_part, change) => {
    const options: StoppedJobOptions = { run: { quirks: 'druid' } };
    await job.stop('reduceIndex', 3, options);
    change();
    const report = await job.finish(options);
    // Hour 0 has no rows of that file, and hour 3 was not made before.
    expect(reused(report)).toMatchObject({ map: '2 of 3', reduce: '1 of 4' });
    expect(job.outcomeOf(report)).toEqual(await job.undisturbed(options));
  });

  test('split plan, by a file that is new', async () => {
    await job.stop('reduceIndex', 3);
    job.write('0b.json', 0);
    const report = await job.finish();
    expect(reused(report)).toMatchObject({ map: '0 of 1', reduce: '0 of 4' });
    expect(job.outcomeOf(report)).toEqual(await job.undisturbed());
  });
});

describe('a change of the job:', () => {
  test.each<[string, StoppedJobOptions]>([
    ['spec', { metrics: [{ type: 'longMax', name: 'n', fieldName: 'n' }] }],
    ['limit of rows in memory', { tuning: { maxRowsInMemory: 5000 } }],
    ['limit of bytes in memory', { tuning: { maxBytesInMemory: 1_000_000 } }],
    ['limit of bad rows', { tuning: { maxParseExceptions: 2000 } }],
    ['number of shards', { tuning: { partitionsSpec: { type: 'hashed', numShards: 2 } } }],
    ['quirks', { run: { quirks: 'druid' } }],
  ])('%s', async (_part, options) => {
    keepOneFile();
    await job.stop('reduceIndex', 1);
    const report = await job.finish(options);
    const total = 2;
    expect(reused(report)).toMatchObject({ map: '0 of 1', reduce: `0 of ${total}` });
    expect(job.outcomeOf(report)).toEqual(await job.undisturbed(options));
    // Of that job it is there still.
    expect(reused(await job.finish())).toMatchObject({ map: '1 of 1', reduce: '1 of 2' });
  });

  test.each<[string, StoppedJobOptions]>([
    ['version', { tuning: { version: '2030-01-01T00:00:00.000Z' } }],
    ['logParseExceptions', { tuning: { logParseExceptions: true } }],
    ['number of workers', { run: { workers: 7 } }],
  ])('%s, which no segment depends on', async (_part, options) => {
    keepOneFile();
    await job.stop('reduceIndex', 1);
    expect(reused(await job.finish(options))).toMatchObject({ map: '1 of 1', reduce: '1 of 2' });
  });
});

describe('a change of the program:', () => {
  test.each<[string, Partial<ProgramIdentity>]>([
    ['version', { program: '1.0.1' }],
    ['form of runs', { runs: 2 }],
    ['version of Node', { node: '22.1.0' }],
    ['time-zone data', { timeZones: '2025b' }],
    ['ICU', { icu: '77.1' }],
  ])('%s', async (_part, change) => {
    keepOneFile();
    await job.stop('reduceIndex', 1);
    Object.assign(program, change);
    expect(reused(await job.finish())).toMatchObject({ map: '0 of 1', reduce: '0 of 2' });
  });
});
