/** A deep storage of its own, and runs of the built program over it, in which something may go wrong. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { sqliteStore } from '../../src/publish/metadata/sqlite/sqliteStore.ts';
import type { Faults, Kill, Point } from './faults.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'dist/cli/main.js');
const HOOK = pathToFileURL(join(import.meta.dirname, 'faultHook.mjs')).href;
const DAY = [{ start: 0, end: 86_400_000 }];

/** Versions of the data source `ds`; the new one has rows in fewer hours, and hides the others by tombstones. */
export const OLD = '2026-01-01T00:00:00.000Z';
export const NEW = '2026-02-01T00:00:00.000Z';
export const HOURS = { [OLD]: [0, 1, 2], [NEW]: [0, 2] } as const;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the metadata store has: hours by version. */
export type Versions = ReadonlyMap<string, readonly number[]>;

export class World {
  /** Holds the world and what tests keep beside it. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'segmill-faults-'));
  /** Everything that jobs write lies in here. */
  readonly root = join(this.#folder, 'world');
  readonly output = join(this.root, 'out');
  readonly work = join(this.root, 'scratch');

  constructor() {
    mkdirSync(this.root);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Writes a spec and its input beside the world. @returns the spec's path */
  spec(version: keyof typeof HOURS, tuning: Record<string, unknown> = {}, text: string = version): string {
    const name = join(
      this.#folder,
      createHash('sha256')
        .update(JSON.stringify([version, tuning, text]))
        .digest('hex'),
    );
    const row = (hour: number) => `${JSON.stringify({ ts: hour * 3_600_000, key: text })}\n`;
    writeFileSync(`${name}.rows`, HOURS[version].map(row).join(''));
    const parseSpec = {
      format: 'json',
      timestampSpec: { column: 'ts', format: 'millis' },
      dimensionsSpec: { dimensions: ['key'] },
    };
    const spec = {
      dataSchema: {
        dataSource: 'ds',
        parser: { type: 'hadoopyString', parseSpec },
        metricsSpec: [{ type: 'count', name: 'count' }],
        granularitySpec: { segmentGranularity: 'HOUR', queryGranularity: 'NONE', intervals: ['1970-01-01/P1D'] },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: `${name}.rows` },
        segmentOutputPath: this.output,
        dropExisting: true,
      },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec: { type: 'hashed', numShards: 1 },
        workingPath: this.work,
        version,
        ...tuning,
      },
    };
    writeFileSync(`${name}.json`, JSON.stringify(spec));
    return `${name}.json`;
  }

  /** Runs a command line with one worker thread. */
  run(argv: readonly string[], faults: Faults = {}): Promise<Ended> {
    const env = { ...process.env, FAULTS: JSON.stringify({ root: this.root, ...faults }) };
    // Without faults it is the program as it is.
    const hook = Object.keys(faults).length === 0 ? [] : ['--import', HOOK];
    const child = spawn(process.execPath, [...hook, CLI, ...argv], { env, cwd: this.#folder });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    return new Promise((done) => child.once('close', (code, signal) => done({ code, signal, stdout, stderr })));
  }

  /** What the program told, without what is different in each run. */
  sameText(text: string): string {
    return text
      .replaceAll(this.root, 'ROOT')
      .replaceAll(/\S+\.rows\b/g, 'INPUT')
      .replace(/[0-9a-f]{32}/g, '*')
      .replace(/\d+-\d+-[\w.-]*~/g, '*~')
      .replace(/index\.zip\.[0-9a-f]{8}/g, 'index.zip.*');
  }

  /** Runs a command line that has to succeed. @returns what it printed */
  async succeed(argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv);
    expect([code, stderr], argv.join(' ')).toEqual([0, '']);
    return stdout;
  }

  /** The calls of a command that may fail, in order; what it does is done. */
  async trace(argv: readonly string[]): Promise<Point[]> {
    const trace = join(this.#folder, 'trace');
    rmSync(trace, { force: true });
    const { code, stderr } = await this.run(argv, { trace });
    expect([code, stderr], argv.join(' ')).toEqual([0, '']);
    return readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Point);
  }

  /** Runs a command that is killed at a point. @throws an assertion error when it never got there */
  async kill(argv: readonly string[], kill: Kill): Promise<void> {
    const hit = join(this.#folder, 'hit');
    rmSync(hit, { force: true });
    const { signal, stderr } = await this.run(argv, { kill, hit });
    expect(
      [signal, existsSync(hit) && readFileSync(hit, 'utf8').trimEnd()],
      `${kill.when} ${kill.name}: ${stderr}`,
    ).toEqual(['SIGKILL', kill.name.trimEnd()]);
  }

  /** Removes everything that jobs have written. */
  clear(): void {
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(this.root);
  }

  /** Keeps the world as it is, under a name. */
  save(name: string): void {
    cpSync(this.root, join(this.#folder, name), { recursive: true });
  }

  /** Puts a world back that was kept. */
  restore(name: string): void {
    this.clear();
    cpSync(join(this.#folder, name), this.root, { recursive: true });
  }

  /** What the store has used, read from a copy: nothing is mended by looking. */
  async versions(): Promise<Versions> {
    const copy = join(this.#folder, 'looked-at');
    rmSync(copy, { recursive: true, force: true });
    cpSync(join(this.output, '.segmill'), copy, { recursive: true });
    const versions = new Map<string, number[]>();
    for (const { version, interval } of await sqliteStore(join(copy, 'store.sqlite')).usedSegments('ds', DAY)) {
      versions.set(version, [...(versions.get(version) ?? []), interval.start / 3_600_000]);
    }
    return versions;
  }

  /** SHA-256 of each file of deep storage, null for folders, by path below it. The store's folder is not among them. */
  files(): Map<string, string | null> {
    const files = new Map<string, string | null>();
    if (!existsSync(this.output)) return files;
    for (const entry of readdirSync(this.output, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(this.output.length + 1);
      if (name.startsWith('.segmill')) continue;
      files.set(name, entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : null);
    }
    return files;
  }

  /** Names in the folder of the embedded store. */
  storeFiles(): string[] {
    return readdirSync(join(this.output, '.segmill'));
  }

  /** Names of the working directories that are there. */
  workingDirectories(): string[] {
    const path = join(this.work, 'ds');
    return existsSync(path) ? readdirSync(path) : [];
  }
}
