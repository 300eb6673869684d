import { expect, test } from 'vitest';
import { runCli } from './testIo.ts';

test.each([
  [['--workers', '2'], 'workers', 'with --engine yarn the cluster decides how many tasks run at once'],
  [
    ['--keep-runs', 'always'],
    'keep-runs',
    'with --engine yarn runs go with their container, and the input is read again',
  ],
])('%j is refused on a cluster', async (options, name, why) => {
  const { code, stderr } = await runCli(['index', 'spec.json', '--engine', 'yarn', ...options]);
  expect(code).toBe(2);
  expect(stderr.split('\n')[0]).toBe(`segmill: option --${name} is out of place: ${why}`);
});

test('options of a cluster are refused on one machine', async () => {
  const { code, stderr } = await runCli(['index', 'spec.json', '--queue', 'night']);
  expect(code).toBe(2);
  expect(stderr.split('\n')[0]).toBe('segmill: option --queue is out of place: it needs --engine yarn');
});
