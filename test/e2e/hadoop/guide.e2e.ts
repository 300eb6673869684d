/** The commands of docs/hadoop.md do what it says. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { clusterHdfs, WEBHDFS } from './cluster.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

it('puts the Wikipedia data into HDFS by curl', async () => {
  const guide = readFileSync(join(ROOT, 'docs/hadoop.md'), 'utf8');
  const commands = guide.match(/^ {4}curl .*$/gm) ?? [];
  expect(commands).toHaveLength(3);
  const env = { ...process.env, USER: process.env.USER ?? 'root' };
  const answers = commands.map((command) => {
    const ours = command.trim().replaceAll('http://127.0.0.1:9870/webhdfs/v1', WEBHDFS);
    return execFileSync('sh', ['-c', ours], { cwd: ROOT, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
  });
  expect(answers[0]).toBe('{"boolean":true}');
  expect(answers[2]).toContain('"pathSuffix":"wiki.json.gz"');
  const { length } = readFileSync(join(ROOT, 'jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz'));
  expect((await (await clusterHdfs()).status('/data/wiki.json.gz'))?.length).toBe(length);
});
