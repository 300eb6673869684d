import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ExitCode } from '../../src/cli/exitCode.ts';
import { exitWith } from '../../src/cli/exitWith.ts';
import { TextSink } from './testIo.ts';

/** A process with nothing left to wait for. @param exitCode that something has set meanwhile */
async function end(running: Promise<number>, exitCode?: number): Promise<{ exitCode: unknown; told: string }> {
  const process = Object.assign(new EventEmitter(), { stderr: new TextSink(), exitCode });
  exitWith(running, process);
  await Promise.race([running, Promise.resolve()]);
  process.emit('beforeExit');
  return { exitCode: process.exitCode, told: process.stderr.text };
}

const NEVER = new Promise<number>(() => {});

test('the exit code is that of the work, whatever was thought before', async () => {
  expect(await end(Promise.resolve(ExitCode.badSpecOrUsage))).toEqual({ exitCode: 2, told: '' });
  expect(await end(Promise.resolve(ExitCode.done), ExitCode.interrupted)).toEqual({ exitCode: 0, told: '' });
});

test('work that never ends is told, and fails', async () => {
  expect(await end(NEVER)).toEqual({
    exitCode: 1,
    told:
      'segmill: ended before its work was done, waiting for something that never came. ' +
      'This looks like a defect of segmill: run it again, and report it, please.\n',
  });
});

test('an interrupted run that never ends is an interrupted run', async () => {
  expect(await end(NEVER, ExitCode.interrupted)).toEqual({
    exitCode: 130,
    told: 'segmill: interrupted, and not all of what was begun is cleaned up; the next run, or segmill clean, does it\n',
  });
});
