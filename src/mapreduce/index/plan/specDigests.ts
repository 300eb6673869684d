import { createHash } from 'node:crypto';
import type { JobSpec } from '../../../spec/jobSpec.ts';

/**
 * SHA-256 of each part of a spec as it is understood: defaults filled in, whatever its dialect and layout. Where segments go and who is
 * told of them is left out: the installation may say that, and no segment depends on it.
 */
export function specDigests(job: JobSpec): Record<string, string> {
  const { metadataUpdate: _told, segmentOutputPath: _place, ...parts } = job;
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      name,
      createHash('sha256').update(JSON.stringify(part)).digest('hex'),
    ]),
  );
}
