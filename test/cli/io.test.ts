import { describe, expect, test } from 'vitest';
import { columnsOf, hasColors, processIo } from '../../src/cli/io.ts';
import { TextSink } from './testIo.ts';

const terminal = new TextSink({ isTTY: true, columns: 90 });
const pipe = new TextSink();

test('columns are those of the terminal, within reason', () => {
  const of = (columns: number) => columnsOf(new TextSink({ isTTY: true, columns }));
  expect([of(20), of(90), of(400), of(0), columnsOf(pipe)]).toEqual([60, 90, 140, 100, 100]);
});

test.each([
  ['a terminal', terminal, {}, true],
  ['a pipe', pipe, {}, false],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR, which does not count', terminal, { NO_COLOR: '' }, true],
  ['FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['both', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('colors: %s', (_name, output, env, expected) => {
  expect(hasColors(output, env)).toBe(expected);
});

describe('processIo', () => {
  test('signals are taken over, and given back', () => {
    const count = () => [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
    const before = count();
    const seen: string[] = [];
    const release = processIo().onInterrupt((signal) => seen.push(signal));
    expect(count()).toEqual(before.map((listeners) => listeners + 1));
    process.emit('SIGTERM', 'SIGTERM');
    expect([seen, process.exitCode]).toEqual([['SIGTERM'], 130]);
    process.exitCode = undefined;
    release();
    expect(count()).toEqual(before);
  });
});
