import type { InputSplit } from '../../input/splits/splits.ts';
import type { SectionRef } from '../../rollup/run/run.ts';
import type { RowCounts, RowSample } from '../../row/rowCounts.ts';
import type { Interval, JobSpec } from '../../spec/jobSpec.ts';

/** `druid` reproduces what docs/quirks.md lists; `none` is right. */
export type Quirks = 'none' | 'druid';

/** What every task of an indexing job knows. */
export interface IndexConfig {
  readonly job: JobSpec;
  readonly quirks: Quirks;
}

export interface MapPayload {
  readonly config: IndexConfig;
  readonly split: InputSplit;
  /** Bad rows that this task may meet before it stops; null is unlimited. */
  readonly badRowsMax: number | null;
}

/** A run that a map task wrote. */
export interface RunManifest {
  readonly path: string;
  readonly bytes: number;
  readonly crc32: number;
  readonly sections: readonly SectionRef[];
}

export interface MapManifest {
  readonly split: InputSplit;
  readonly counts: RowCounts;
  readonly samples: readonly RowSample[];
  /** In position order. */
  readonly runs: readonly RunManifest[];
}

/** A section of a run, as input of a reduce task. */
export interface SectionInputRef {
  readonly path: string;
  readonly section: SectionRef;
}

export interface ReducePayload {
  readonly config: IndexConfig;
  readonly interval: Interval;
  /** In position order. */
  readonly sections: readonly SectionInputRef[];
  /** Where index.zip is written to, under a name that no reader takes for finished. */
  readonly temporaryZip: string;
}

export interface ReduceManifest {
  readonly rows: number;
  /** Bytes of the uncompressed files of the segment together, as DataSegment.size has it. */
  readonly size: number;
  readonly zipBytes: number;
  readonly zipSha256: string;
}
