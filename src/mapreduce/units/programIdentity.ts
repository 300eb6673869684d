import { RUN_FORMAT } from '../../rollup/run/run.ts';
import { programVersion } from '../../version.ts';

/** What beside its payload decides what a task makes. */
export interface ProgramIdentity {
  readonly program: string;
  /** Form of the runs that tasks leave each other. */
  readonly runs: number;
  /** Node's zlib packs segments. */
  readonly node: string;
  /** Version of the time-zone data. */
  readonly timeZones: string;
  readonly icu: string;
}

export function programIdentity(): ProgramIdentity {
  const { node, tz, icu } = process.versions;
  return { program: programVersion(), runs: RUN_FORMAT, node, timeZones: tz ?? '', icu: icu ?? '' };
}
