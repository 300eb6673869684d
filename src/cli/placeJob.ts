import { type Installation, readInstallation } from '../conf/installation.ts';
import { overlordCredentials } from '../publish/overlord/credentials.ts';
import { type LockSpan, OverlordPublisher } from '../publish/overlord/OverlordPublisher.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { JobSpec } from '../spec/jobSpec.ts';
import { UsageError } from './usageError.ts';

export interface PlaceArguments {
  readonly overlord: string | null;
  readonly lock: LockSpan;
  readonly druidConf: string | null;
  /** A JDBC address, or null. */
  readonly metadata: string | null;
  /** Leaves the segments to `segmill publish`. */
  readonly stage: boolean;
}

/** A job that knows where its segments go, and who publishes them, or null. */
export interface PlacedJob {
  readonly job: JobSpec;
  readonly publisher: Publisher | null;
}

/** Says that nothing is published, whatever the configuration names. */
const NONE = 'none';

/**
 * Adds to a job what its spec leaves to the installation: the options come first, then the spec, then Druid's configuration.
 *
 * @throws UsageError in words when one of them is wrong
 */
export async function placeJob(
  job: JobSpec,
  args: PlaceArguments,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PlacedJob> {
  try {
    const installation = await readInstallation(args.druidConf, process.cwd(), env);
    const address = overlordOf(job, args, installation);
    const placed: JobSpec = {
      ...job,
      segmentOutputPath: job.segmentOutputPath ?? installation?.deepStorage() ?? null,
      metadataUpdate: job.metadataUpdate ?? (address === null ? (installation?.metadata() ?? null) : null),
    };
    if (address === null) return { job: placed, publisher: null };
    const credentials = overlordCredentials(env);
    return { job: placed, publisher: new OverlordPublisher(job, { address, credentials, lock: args.lock }) };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function overlordOf(
  job: JobSpec,
  { overlord, lock, metadata, stage }: PlaceArguments,
  installation: Installation | null,
): string | null {
  const configured =
    job.metadataUpdate === null && metadata === null && !stage ? (installation?.overlord() ?? null) : null;
  const address = overlord ?? configured;
  if (address !== null && address !== NONE) {
    if (metadata !== null) throw new Error('options --overlord and --metadata exclude each other.');
    if (stage) throw new Error('options --overlord and --stage exclude each other: an Overlord publishes at once.');
    if (lock === 'job' && job.granularity.intervals === null) {
      throw new Error(
        '--lock job needs granularitySpec.intervals in the spec: before the input is read nothing else says which time to lock.',
      );
    }
    return address;
  }
  if (lock === 'job') throw new Error('--lock job needs an Overlord, which gives locks: name it with --overlord.');
  return null;
}
