import { expect, test } from 'vitest';
import { runCli } from './testIo.ts';

const TOLD_TO_NOBODY = 'with --engine yarn segments are stored, and told to nobody';

test.each([
  [['--stage'], 'stage', TOLD_TO_NOBODY],
  [['--drop-existing'], 'drop-existing', TOLD_TO_NOBODY],
  [['--create-tables'], 'create-tables', TOLD_TO_NOBODY],
  [['--overlord', 'http://127.0.0.1:8090'], 'overlord', TOLD_TO_NOBODY],
  [['--lock', 'job'], 'lock', TOLD_TO_NOBODY],
  [['--metadata', 'jdbc:sqlite:x'], 'metadata', TOLD_TO_NOBODY],
  [['--plan', 'plan.json'], 'plan', '--engine yarn does not run plans'],
  [['--workers', '2'], 'workers', 'with --engine yarn the cluster decides on that'],
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
