import type { IndexOptions } from '../../index/indexJob.ts';
import type { Quirks } from '../../index/indexPayload.ts';
import type { IndexProgress } from '../../index/indexReport.ts';
import type { YarnOptions } from './YarnCluster.ts';

/** How a job runs on the cluster, and who learns of its segments: the driver publishes as on one machine. */
export interface YarnIndexOptions extends YarnOptions, Pick<IndexOptions, 'plan' | 'publisher' | 'store' | 'stage'> {
  readonly quirks: Quirks;
  /** A file of this machine for records that could not be indexed, or null. */
  readonly deadLetters?: string | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Sentences for people while the job runs. */
  readonly onMessage?: (message: string) => void;
}
