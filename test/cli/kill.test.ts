import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'dist/cli/main.js');
const KILLS = 5;
const SEED = 20150912;

const folder = mkdtempSync(join(tmpdir(), 'segmill-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The Wikipedia job with 48 segments, so that kills fall into every phase. */
function writeSpec(output: string): string {
  const spec = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia/index_hadoop.json'), 'utf8'));
  spec.spec.dataSchema.granularitySpec.segmentGranularity = 'hour';
  spec.spec.ioConfig.inputSpec.paths = join(ROOT, spec.spec.ioConfig.inputSpec.paths);
  spec.spec.ioConfig.segmentOutputPath = output;
  spec.spec.tuningConfig.partitionsSpec = { type: 'hashed', numShards: 2 };
  spec.spec.tuningConfig.workingPath = join(folder, 'work');
  spec.spec.tuningConfig.version = '2026-01-01T00:00:00.000Z';
  const path = `${output}.json`;
  writeFileSync(path, JSON.stringify(spec));
  return path;
}

/** SHA-256 of every file that looks finished, by its path below a folder. */
function finishedFiles(output: string): Map<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(output)) return files;
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || entry.name !== 'index.zip') continue;
    files.set(relative(output, path), createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  return files;
}

describe('kill -9', () => {
  test(`${KILLS} moments (seed ${SEED}): nothing unfinished looks finished, and the job runs again`, async () => {
    const whole = join(folder, 'whole');
    const started = performance.now();
    expect(spawnSync(process.execPath, [CLI, 'index', writeSpec(whole), '--quiet']).status).toBe(0);
    const duration = performance.now() - started;
    const right = finishedFiles(whole);
    expect(right.size).toBe(48);

    let state = SEED;
    for (let i = 0; i < KILLS; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const output = join(folder, `killed-${i}`);
      const spec = writeSpec(output);
      const child = spawn(process.execPath, [CLI, 'index', spec, '--quiet'], { stdio: 'ignore' });
      const ended = new Promise((done) => child.once('exit', done));
      const timer = setTimeout(() => child.kill('SIGKILL'), (state / 2 ** 32) * duration);
      await ended;
      clearTimeout(timer);
      for (const [path, sha] of finishedFiles(output)) expect(sha, `after kill ${i}: ${path}`).toBe(right.get(path));
      expect(spawnSync(process.execPath, [CLI, 'index', spec, '--quiet']).status).toBe(0);
      expect(finishedFiles(output)).toEqual(right);
    }
  }, 120_000);
});
