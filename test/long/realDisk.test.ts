import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GOOD_SPEC } from '../cli/specs.ts';
import { Random } from '../mapreduce/index/random.ts';

const CLI = resolve(import.meta.dirname, '../../dist/cli/main.js');
const WAIT_MS = 120_000;
const ROWS = 20_000;

let folder = '';
/** A small file system of its own, where this process may make one. */
let small = '';
const mount = (...options: string[]) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', small]).status === 0;
const canMount = (() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-disk-'));
  small = join(folder, 'small');
  mkdirSync(small);
  return mount('size=256k');
})();

beforeAll(() => {
  const random = new Random(7);
  const row = () => `${JSON.stringify({ t: '2024-01-01T05:00:00Z', page: `${random.next()}${random.next()}` })}\n`;
  writeFileSync(join(folder, 'in.json'), Array.from({ length: ROWS }, row).join(''));
});
afterAll(() => {
  if (canMount) spawnSync('umount', [small]);
  rmSync(folder, { recursive: true, force: true });
});

function index(output: string, work: string) {
  const content = JSON.parse(GOOD_SPEC);
  content.ioConfig.inputSpec.paths = join(folder, 'in.json');
  content.ioConfig.segmentOutputPath = output;
  content.tuningConfig = { type: 'hadoop', workingPath: work, partitionsSpec: { type: 'hashed', numShards: 1 } };
  const spec = join(folder, 'spec.json');
  writeFileSync(spec, JSON.stringify(content));
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'index', spec, '--quiet'], { encoding: 'utf8' });
  return { status, stderr };
}

describe.skipIf(!canMount)('a file system of 256 KiB', () => {
  test(
    'is too small for the segment, then large enough',
    () => {
      const output = join(small, 'out');
      const full = index(output, join(folder, 'work'));
      expect(full).toEqual({
        status: 1,
        stderr: expect.stringMatching(
          /^segmill: Task segment events_\S+ failed twice, the last time so: Cannot write \S+\/index\.zip\.[0-9a-f]{8}, which takes \d+ bytes at most: no space left on the device\. Make room there, or name a place that has more, and run it again\.\n$/,
        ),
      });
      expect(readdirSync(output)).toEqual(['.segmill']);
      expect(spawnSync('mount', ['-o', 'remount,size=16m', small]).status).toBe(0);
      expect(index(output, join(folder, 'work'))).toEqual({ status: 0, stderr: '' });
      // What the first run had made is taken over, and gone.
      expect([readdirSync(output).sort(), readdirSync(join(folder, 'work', 'events'))]).toEqual([
        ['.segmill', 'events'],
        [],
      ]);
    },
    WAIT_MS,
  );

  test(
    'is read-only, as deep storage and as working path, then not',
    () => {
      expect(spawnSync('mount', ['-o', 'remount,ro', small]).status).toBe(0);
      const [readOnly, work] = [join(small, 'new'), join(folder, 'work')];
      const told =
        'the file system is read-only. Name a place that can be written, or make this one so, and run it again.';
      expect(index(readOnly, work).stderr).toBe(
        `segmill: this run is missing in segmill jobs: Cannot make the directory ${readOnly}/.segmill: ${told}\n` +
          `segmill: The embedded store ${readOnly}/.segmill/store.sqlite can't be opened: Cannot make the directory ${readOnly}/.segmill: ${told}\n`,
      );
      const unworkable = index(join(folder, 'out'), join(small, 'work'));
      expect(unworkable).toEqual({
        status: 1,
        stderr: expect.stringMatching(
          /^segmill: The working directory \S+\/small\/work\/events\/\S+ can't be made: the file system is read-only\. /,
        ),
      });
      expect([existsSync(readOnly), readdirSync(join(folder, 'out'))]).toEqual([false, ['.segmill']]);
      expect(spawnSync('mount', ['-o', 'remount,rw', small]).status).toBe(0);
      expect(index(readOnly, join(small, 'work'))).toEqual({ status: 0, stderr: '' });
    },
    WAIT_MS,
  );
});
