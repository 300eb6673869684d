import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MapManifest, SectionInputRef } from '../../../src/mapreduce/index/indexPayload.ts';
import { mapIndex } from '../../../src/mapreduce/index/mapTask.ts';
import { reduceBatch } from '../../../src/mapreduce/index/reduceBatch.ts';
import type { JobSpec } from '../../../src/spec/jobSpec.ts';
import { jobOf } from '../../mapreduce/index/checkJob.ts';

const DAY = { start: 0, end: 86_400_000 };

/** A job of one shard whose files lie in a directory. */
export function jobWith(
  directory: string,
  dimensions: readonly unknown[],
  maxRowsInMemory: number,
  rollup = true,
): JobSpec {
  return jobOf(
    JSON.stringify({
      type: 'index_hadoop',
      spec: {
        dataSchema: {
          dataSource: 'merge',
          parser: {
            type: 'hadoopyString',
            parseSpec: {
              format: 'json',
              timestampSpec: { column: 'ts', format: 'millis' },
              dimensionsSpec: { dimensions },
            },
          },
          metricsSpec: [
            { type: 'count', name: 'count' },
            { type: 'longFirst', name: 'first', fieldName: 'n' },
            { type: 'longLast', name: 'last', fieldName: 'n' },
          ],
          granularitySpec: {
            segmentGranularity: 'DAY',
            queryGranularity: 'HOUR',
            rollup,
            intervals: ['1970-01-01/P1D'],
          },
        },
        ioConfig: {
          type: 'hadoop',
          inputSpec: { type: 'static', paths: join(directory, 'in.json') },
          segmentOutputPath: join(directory, 'out'),
        },
        tuningConfig: { type: 'hadoop', partitionsSpec: { type: 'hashed', numShards: 1 }, maxRowsInMemory },
      },
    }),
  );
}

function writeLines(directory: string, records: readonly unknown[]): string {
  const path = join(directory, 'in.json');
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

function contextOf(directory: string, name: string) {
  const attemptDirectory = join(directory, name);
  mkdirSync(attemptDirectory, { recursive: true });
  return { attemptDirectory, attempt: 0, progress: { addBytes: () => undefined, addRows: () => undefined } };
}

/** Writes runs of a job's rows. */
export async function mapRecords(directory: string, records: readonly unknown[], job: JobSpec) {
  const path = writeLines(directory, records);
  const length = records.reduce<number>((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)) + 1, 0);
  const input = { index: 0, path, start: 0, end: length, length, codec: 'none' as const };
  const split = { index: 0, inputs: [input], bytes: length };
  const { runs, counts }: MapManifest = await mapIndex(
    { config: { job, quirks: 'none' }, split, badRowsMax: null, pass: { type: 'numShards', numShards: 1 } },
    contextOf(directory, 'map'),
  );
  const sections = runs.flatMap((run) => run.sections.map((section) => ({ path: run.path, section })));
  return { path, sections, counts };
}

/** Merges sections into a segment of a job. @returns the path of its index.zip */
export async function reduceSections(directory: string, sections: readonly SectionInputRef[], job: JobSpec) {
  const temporaryZip = join(directory, 'index.zip');
  const segments = [{ interval: DAY, sections, temporaryZip }];
  await reduceBatch({ config: { job, quirks: 'none' }, segments }, contextOf(directory, 'reduce'));
  return temporaryZip;
}
