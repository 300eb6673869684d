import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { programVersion } from '../../src/version.ts';

test('the built command is a program of its own', () => {
  const { status, stdout } = spawnSync(resolve(import.meta.dirname, '../../dist/cli/main.js'), ['--version'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${programVersion()}\n` });
});
