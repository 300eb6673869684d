import { createHash } from 'node:crypto';
import type { JobSpec } from '../../../spec/jobSpec.ts';

/** SHA-256 of each part of a spec as it is understood: defaults filled in, whatever its dialect and layout. A password is left out. */
export function specDigests(job: JobSpec): Record<string, string> {
  const metadataUpdate = job.metadataUpdate === null ? null : { ...job.metadataUpdate, password: null };
  const parts = Object.entries({ ...job, metadataUpdate });
  return Object.fromEntries(
    parts.map(([name, part]) => [name, createHash('sha256').update(JSON.stringify(part)).digest('hex')]),
  );
}
