import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { directoryRules, listInputFiles } from '../../input/splits/listInputFiles.ts';
import { type InputSplit, MAX_SPLIT_BYTES_DEFAULT, planSplits } from '../../input/splits/splits.ts';
import type { JobSpec } from '../../spec/jobSpec.ts';
import { type FileStatus, storageFor } from '../../storage/storage.ts';
import type { Quirks } from './indexPayload.ts';

/** What a job reads. */
export interface JobInput {
  /** By path. */
  readonly files: readonly FileStatus[];
  readonly splits: readonly InputSplit[];
}

/** @throws Error in words where the spec's paths name no files, or some that cannot be read */
export async function listJobInput(job: JobSpec, quirks: Quirks, hadoop: HadoopClient | undefined): Promise<JobInput> {
  const storageOf = (path: string) => storageFor(path, hadoop);
  const files = await listInputFiles(job.input.paths, directoryRules(job.tuning.jobProperties), storageOf);
  return { files, splits: planMaps(files, quirks) };
}

/** Small files share a split; in Hadoop none does, which shows where Druid counts bad rows by split (docs/quirks.md, row 6). */
export function planMaps(files: readonly FileStatus[], quirks: Quirks): InputSplit[] {
  const together = quirks === 'druid' ? files.map((file) => [file]) : [files];
  return together
    .flatMap((some) => planSplits(some, { maxSplitBytes: MAX_SPLIT_BYTES_DEFAULT }))
    .map((split, index) => ({ ...split, index }));
}
