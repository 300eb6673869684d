import { createHash } from 'node:crypto';
import { outputPath } from '../mapreduce/index/indexPublication.ts';
import type { JobRecord } from '../publish/metadata/sqlite/jobHistory.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import { isHdfsPath } from '../storage/storage.ts';
import type { Context } from './context.ts';
import type { IndexDocument } from './indexSpec.ts';
import { embeddedStorePath } from './metadataOption.ts';

/** A run of a job that is over. */
interface Run {
  /** Null where the spec could not be read: there is no deep storage to remember it in. */
  readonly job: JobSpec | null;
  readonly specText: string;
  /** ISO 8601, UTC. */
  readonly started: string;
}

/** Remembers a run for `segmill jobs`, in the embedded store of its deep storage. That it can't is worth a word, not a failure. */
export async function recordOutcome(
  { job, specText, started }: Run,
  document: IndexDocument,
  { io, services }: Context,
): Promise<void> {
  if (job === null || job.segmentOutputPath === null || isHdfsPath(job.segmentOutputPath)) return;
  try {
    const recordJob = await services.loadRecordJob();
    await recordJob(embeddedStorePath(outputPath(job)), {
      started,
      status: statusOf(document),
      dataSource: job.dataSource,
      version: document.status === 'SUCCESS' ? document.version : null,
      specSha256: createHash('sha256').update(specText).digest('hex'),
      details: withoutDescriptors(document),
    });
  } catch (error) {
    io.stderr.write(`segmill: this run is missing in segmill jobs: ${(error as Error).message}\n`);
  }
}

function statusOf(document: IndexDocument): JobRecord['status'] {
  if (document.status === 'FAILED') return 'FAILED';
  return document.publication?.status === 'staged' ? 'STAGED' : 'SUCCESS';
}

/** They are in the metadata store, and large. */
function withoutDescriptors(document: IndexDocument): unknown {
  if (document.status === 'FAILED') return document;
  return { ...document, segments: document.segments.map(({ descriptor, ...segment }) => segment) };
}
