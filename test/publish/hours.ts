import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runIndexJob } from '../../src/mapreduce/index/indexJob.ts';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import type { MetadataStore } from '../../src/publish/metadata/MetadataStore.ts';
import { sqliteStore } from '../../src/publish/metadata/sqlite/sqliteStore.ts';
import type { Publisher } from '../../src/publish/publisher.ts';
import type { JobSpec } from '../../src/spec/jobSpec.ts';
import { jobOf } from '../mapreduce/index/checkJob.ts';
import { hourSpec } from '../mapreduce/index/hourSpec.ts';
import { InlineEngine } from '../mapreduce/index/inlineEngine.ts';

export const DAY = [{ start: 0, end: 86_400_000 }];

/** `1970-01-01T03:00:00.000Z/1970-01-01T04:00:00.000Z` */
export function hourText(hour: number): string {
  const iso = (at: number) => new Date(at * 3_600_000).toISOString();
  return `${iso(hour)}/${iso(hour + 1)}`;
}

/** A folder with a deep storage, a working path and an embedded store, for jobs over hours of 1970-01-01. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'segmill-publish-'));
  readonly segments = join(this.folder, 'segments');
  readonly store = sqliteStore(join(this.folder, 'store.sqlite'));

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A job with a row in each of some hours. @param tuning fields of tuningConfig */
  job(hours: readonly number[], tuning: Record<string, unknown> = {}, text = 'a'): JobSpec {
    const input = join(this.folder, 'in.json');
    writeFileSync(input, hours.map((hour) => `${JSON.stringify({ ts: hour * 3_600_000, key: text })}\n`).join(''));
    const granularity = { queryGranularity: 'NONE' };
    return jobOf(hourSpec(this.folder, { dataSource: 'ds', paths: input, granularity, tuning }));
  }

  /** @param options a publisher is one in place of the store */
  run(
    job: JobSpec,
    options: { stage?: boolean; store?: MetadataStore | null; publisher?: Publisher | null } = {},
  ): Promise<IndexReport> {
    const { stage = false, publisher = null, store = publisher === null ? this.store : null } = options;
    const { signal } = new AbortController();
    const jobOptions = { workers: 1, quirks: 'none', signal, store, publisher, stage } as const;
    return runIndexJob(job, jobOptions, (root) => new InlineEngine(root));
  }

  /** Names of the working directories that are there. */
  workingDirectories(): string[] {
    const path = join(this.folder, 'work', 'ds');
    return existsSync(path) ? readdirSync(path) : [];
  }

  /** Files of deep storage, below it, in order. */
  files(): string[] {
    if (!existsSync(this.segments)) return [];
    return readdirSync(this.segments, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.segments.length + 1))
      .sort();
  }

  /** Version by hour of what is used. */
  async usedHours(): Promise<[hour: number, version: string][]> {
    const used = await this.store.usedSegments('ds', DAY);
    return used.map(({ interval, version }) => [interval.start / 3_600_000, version]);
  }
}
