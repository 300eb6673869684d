import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runIndexJob } from '../../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../../src/mapreduce/index/indexReport.ts';
import type { Engine, Task } from '../../../src/mapreduce/job.ts';
import type { OlderSegment } from '../../../src/publish/emptyChunks.ts';
import { type Claim, type ClaimedData, type Publisher, UnknownOutcomeError } from '../../../src/publish/publisher.ts';
import { LocalStorage } from '../../../src/storage/local/LocalStorage.ts';
import { jobOf } from './checkJob.ts';
import { hourSpec } from './hourSpec.ts';
import { InlineEngine } from './inlineEngine.ts';

const VERSION = '2027-01-01T00:00:00.000Z';
const HOUR = 3_600_000;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segmill-publish-'));
  const lines = [0, 2, 2].map((hour) => `${JSON.stringify({ ts: hour * HOUR, key: 'k' })}\n`);
  writeFileSync(join(directory, 'in.json'), lines.join(''));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const never = new AbortController().signal;

/** Keeps what is asked of it; a step can be made to fail. */
class FakePublisher implements Publisher {
  readonly name = 'the test';
  readonly begins: Publisher['begins'];
  readonly steps: string[] = [];
  readonly lost = new AbortController();
  claimed: ClaimedData | null = null;
  published: readonly unknown[] = [];
  /** Called before each step, by name. */
  onStep: (step: string) => void = () => {};

  constructor(begins: Publisher['begins']) {
    this.begins = begins;
  }

  async check(): Promise<void> {
    this.#step('check');
  }

  async begin(data: ClaimedData): Promise<Claim> {
    this.#step('begin');
    this.claimed = data;
    return { version: VERSION, lost: this.lost.signal };
  }

  async olderSegments(): Promise<OlderSegment[]> {
    this.#step('olderSegments');
    return [];
  }

  async publish(segments: readonly unknown[]): Promise<void> {
    this.#step('publish');
    this.published = segments;
  }

  async close(): Promise<void> {
    this.#step('close');
  }

  #step(step: string): void {
    this.steps.push(step);
    this.onStep(step);
  }
}

function run(publisher: Publisher, onEngine: (kind: string) => void = () => {}): Promise<IndexReport> {
  const paths = join(directory, 'in.json');
  const job = jobOf(
    hourSpec(directory, { dataSource: 'files', paths, granularity: { intervals: ['1970-01-01/PT4H'] } }),
  );
  return runIndexJob(job, { workers: 1, quirks: 'none', signal: never, publisher, resume: 'never' }, (root): Engine => {
    const engine = new InlineEngine(root);
    return {
      run: async (tasks, options) => {
        const all: Task[] = [];
        for await (const task of tasks) all.push(task);
        onEngine(all[0].kind);
        options.signal.throwIfAborted();
        return engine.run(all, options);
      },
      close: () => engine.close(),
    };
  });
}

/** Files and empty directories below deep storage. */
function deepStorage(): string[] {
  const root = join(directory, 'segments');
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || readdirSync(join(entry.parentPath, entry.name)).length === 0)
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

const ZIPS = ['00', '02'].map(
  (hour, i) => `files/1970-01-01T${hour}:00:00.000Z_1970-01-01T${['01', '03'][i]}:00:00.000Z/${VERSION}/0/index.zip`,
);
const hours = (...starts: number[]) => starts.map((start) => ({ start: start * HOUR, end: (start + 1) * HOUR }));

describe.each([
  ['beforeReading', hours(0, 1, 2, 3)],
  ['beforeStoring', hours(0, 2)],
] as const)('a publisher that begins %s', (begins, chunks) => {
  test('gives the version of the segments, and publishes what is stored', async () => {
    const publisher = new FakePublisher(begins);
    publisher.onStep = (step) => {
      if (step === 'publish') expect(deepStorage()).toEqual(ZIPS);
    };
    const report = await run(publisher);
    expect(publisher.steps).toEqual(['check', 'begin', 'olderSegments', 'publish', 'close']);
    expect(publisher.claimed).toEqual({ dataSource: 'files', chunks });
    expect(publisher.published).toEqual(report.segments.map(({ descriptor }) => descriptor));
    expect(publisher.published).toMatchObject(
      ZIPS.map((zip) => ({ version: VERSION, loadSpec: { path: join(directory, 'segments', zip) } })),
    );
    expect(report).toMatchObject({ version: VERSION, publication: { store: 'the test', status: 'published' } });
    expect(deepStorage()).toEqual(ZIPS);
  });

  test('is told of segments when their directories, and all above them, are on the disk', async () => {
    const synced = new Set<string>();
    // What is made in a directory after it was synced is not on the disk.
    const mkdirs = vi.spyOn(LocalStorage.prototype, 'mkdirs').mockImplementation(async (path) => {
      mkdirSync(path, { recursive: true });
      synced.clear();
    });
    const sync = vi.spyOn(LocalStorage.prototype, 'sync').mockImplementation(async (paths) => {
      for (const path of paths) if (existsSync(path)) synced.add(path);
    });
    const publisher = new FakePublisher(begins);
    const missing: string[] = [];
    publisher.onStep = (step) => {
      if (step !== 'publish') return;
      for (const zip of ZIPS) {
        for (let at = dirname(join(directory, 'segments', zip)); at !== directory; at = dirname(at))
          if (!synced.has(at)) missing.push(at);
      }
    };
    try {
      await run(publisher);
    } finally {
      mkdirs.mockRestore();
      sync.mockRestore();
    }
    expect(missing).toEqual([]);
  });

  test.each(['check', 'begin', 'publish'])('that fails to %s leaves nothing', async (failing) => {
    const publisher = new FakePublisher(begins);
    publisher.onStep = (step) => {
      if (step === failing) throw new Error('no');
    };
    await expect(run(publisher)).rejects.toThrow(new Error('no'));
    expect(publisher.steps.at(-1)).toBe('close');
    expect(deepStorage()).toEqual([]);
    expect(readdirSync(join(directory, 'work', 'files'))).toEqual([]);
  });

  test('that does not know whether it has published leaves the files', async () => {
    const publisher = new FakePublisher(begins);
    publisher.onStep = (step) => {
      if (step === 'publish') throw new UnknownOutcomeError('perhaps');
    };
    await expect(run(publisher)).rejects.toThrow(new UnknownOutcomeError('perhaps'));
    expect(deepStorage()).toEqual(ZIPS);
  });
});

test('a claim that is lost while segments are made stops the job', async () => {
  const publisher = new FakePublisher('beforeReading');
  const lost = new Error('lost');
  const failed = run(publisher, (kind) => {
    if (kind === 'reduceIndex') publisher.lost.abort(lost);
  });
  await expect(failed).rejects.toBe(lost);
  expect(publisher.steps).toEqual(['check', 'begin', 'close']);
  expect(deepStorage()).toEqual([]);
});
