import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import type { SegmentDescriptor } from '../../golden/compare.ts';
import { parseJson } from '../../golden/json.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'dist/cli/main.js');

/** A segment, made by whomever. */
export interface Made {
  /** Segment id as Druid writes it. */
  readonly id: string;
  /** Its index.zip. */
  readonly path: string;
  readonly descriptor: SegmentDescriptor;
}

/** How a run of the built program ended. */
export interface Run {
  readonly exit: number;
  /** In the order of their ids; empty where it failed. */
  readonly segments: readonly Made[];
  readonly stderr: string;
}

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed when the test file is through. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'segmill-e2e-'));
  folders.push(folder);
  return folder;
}

/**
 * Runs `segmill index` on a spec, in the root of the repository, so that the specs in jobs/ find their data.
 * @param options for the command line
 */
export function segmillIndex(specText: string, options: readonly string[] = []): Run {
  const spec = join(scratchFolder(), 'spec.json');
  writeFileSync(spec, specText);
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'index', spec, '--json', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) return { exit: status ?? -1, segments: [], stderr };
  const { segments } = parseJson(stdout) as { segments: readonly Made[] };
  return { exit: 0, segments: inOrder(segments), stderr };
}

/** Sorts by id, so that two lists of the same segments pair off. */
export function inOrder(segments: readonly Made[]): Made[] {
  return [...segments].sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
}
