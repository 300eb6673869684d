import type { FileStatus } from '../../storage/storage.ts';
import type { Published } from './indexPublication.ts';
import type { IndexReport, SegmentReport } from './indexReport.ts';

/** What is known of a job whichever engine ran it. */
export interface JobFacts extends Pick<IndexReport, 'dataSource' | 'version' | 'counts' | 'samples' | 'deadLetters'> {
  readonly files: readonly FileStatus[];
  /** Base of deep storage. */
  readonly output: string;
  readonly segments: readonly SegmentReport[];
  readonly published: Published;
}

/** The report of a job, but for what its engine alone knows. */
export function jobReport(facts: JobFacts): Omit<IndexReport, 'seconds' | 'workers' | 'units' | 'notes'> {
  const { files, segments } = facts;
  return {
    dataSource: facts.dataSource,
    version: facts.version,
    inputFiles: files.length,
    inputBytes: files.reduce((sum, { length }) => sum + length, 0),
    counts: facts.counts,
    samples: facts.samples,
    deadLetters: facts.deadLetters,
    rowsStored: segments.reduce((sum, { rows }) => sum + rows, 0),
    segments,
    segmentOutputPath: facts.output,
    publication: facts.published.report,
  };
}
