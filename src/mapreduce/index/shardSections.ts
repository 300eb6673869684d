import { join } from 'node:path';
import { borrowKernel } from '../../kernel/kernel.ts';
import type { SectionInput } from '../../rollup/merge/mergeColumns.ts';
import { createState } from '../../rollup/metrics/createStates.ts';
import { type SortColumn, sortRows, timeColumns } from '../../rollup/rowSort.ts';
import type { SectionColumn, SectionRef } from '../../rollup/run/run.ts';
import { readHeader } from '../../rollup/run/runReader.ts';
import { RunWriter } from '../../rollup/run/runWriter.ts';
import { readSection } from '../../rollup/run/sectionReader.ts';
import { sectionBytes, WholeSection } from '../../rollup/run/wholeSection.ts';
import type { DimensionSpec, DimensionType } from '../../spec/jobSpec.ts';
import type { OpenRun, TaskContext } from '../job.ts';
import { orderOfArrival } from './firstSights.ts';
import type { IndexConfig, SectionInputRef } from './indexPayload.ts';
import { openRunFile, RunFileWriter } from './runFile.ts';

/** A dimension that a section does not have: null in all its rows. */
const NO_COLUMN: SectionColumn = {
  values: 0,
  hasNull: true,
  hasMultiple: false,
  cells: 0,
  dictionary: [],
  lists: [],
};

/** Bytes up to which the sections of a shard are read whole. */
const AT_ONCE_BYTES_MAX = 1 << 20;

/** Held by the first section of a small shard, and left for that of the next one: there may be thousands. */
let idleBuffer: ArrayBuffer | undefined;

/** The sections of one shard, open for a merge. */
export class ShardSections {
  /** Of the segment, in its order: those that the spec lists, then those found in the data. */
  readonly dimensions: readonly DimensionSpec[];
  /** In position order, with columns by `dimensions`. */
  readonly inputs: readonly SectionInput[];
  readonly #config: IndexConfig;
  readonly #directory: string;
  readonly #readers = new Map<string, OpenRun>();
  readonly #openRun: (path: string) => OpenRun;
  /** Of the first section that was read whole. */
  #buffer: ArrayBuffer | undefined;

  /**
   * @param refs in position order
   * @param context of the task; sections that have to be sorted anew go to its directory
   */
  constructor(
    config: IndexConfig,
    refs: readonly SectionInputRef[],
    context: Pick<TaskContext, 'attemptDirectory' | 'openRun'>,
  ) {
    this.#config = config;
    this.#directory = context.attemptDirectory;
    this.#openRun = context.openRun ?? openRunFile;
    try {
      const areSmall = refs.reduce((sum, { section }) => sum + sectionBytes(section), 0) <= AT_ONCE_BYTES_MAX;
      const sections = refs.map(({ path, section }): SectionInput => {
        const run = this.#open(path, this.#openRun);
        const source = areSmall && section.start < section.header.offset ? this.#whole(run, section) : run;
        return { source, header: readHeader(source, section) };
      });
      const { dimensions: listed, discover } = config.job.dimensions;
      if (!discover) {
        this.dimensions = listed;
        this.inputs = sections;
        return;
      }
      const found = orderOfArrival(sections.map(({ header }) => header.found));
      this.dimensions = [...listed, ...found.map(foundDimension)];
      const places = new Map(found.map((name, i) => [name, listed.length + i]));
      this.inputs = sections.map((section, number) => this.#aligned(section, places, number));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    idleBuffer = this.#buffer ?? idleBuffer;
    this.#buffer = undefined;
  }

  #whole(run: OpenRun, section: SectionRef): WholeSection {
    if (this.#buffer !== undefined) return new WholeSection(run, section);
    const whole = new WholeSection(run, section, idleBuffer);
    idleBuffer = undefined;
    this.#buffer = whole.buffer;
    return whole;
  }

  #open(path: string, openRun: (path: string) => OpenRun): OpenRun {
    let reader = this.#readers.get(path);
    if (reader === undefined) {
      reader = openRun(path);
      this.#readers.set(path, reader);
    }
    return reader;
  }

  /** A section with its columns where the segment has them. Where their order makes another order of rows, it is sorted anew. */
  #aligned(section: SectionInput, places: ReadonlyMap<string, number>, number: number): SectionInput {
    const { header } = section;
    const listed = header.columns.length - header.found.length;
    const stored = header.columns.map((_, i) => (i < listed ? i : (places.get(header.found[i - listed].name) ?? -1)));
    const sorting = stored.filter((_, i) => header.columns[i].cells > 0);
    if (sorting.every((place, i) => i === 0 || sorting[i - 1] < place))
      return withColumns(section, stored, this.dimensions);
    return this.#sorted(section, stored, number);
  }

  #sorted({ source, header }: SectionInput, stored: readonly number[], number: number): SectionInput {
    const { job, quirks } = this.#config;
    const types = stored.map((place): DimensionType => this.dimensions[place]?.type ?? 'string');
    const newMetrics = () => job.metrics.map((metric) => createState(metric, quirks === 'druid'));
    const path = join(this.#directory, `sorted-${String(number).padStart(6, '0')}`);
    const file = new RunFileWriter(path);
    const kept = stored.map((place, column) => ({ place, column })).filter(({ place }) => place >= 0);
    kept.sort((a, b) => a.place - b.place);
    try {
      const ref = borrowKernel((kernel) => {
        const section = readSection(kernel, source, header, types, newMetrics);
        const columns = kept.map(({ column }) => section.columns[column]);
        const keys: SortColumn[] = [...timeColumns(kernel, section.times, section.rows)];
        for (const { cells, cellCount } of columns) keys.push({ values: cells, max: cellCount });
        const order = sortRows(kernel, section.rows, keys);
        return new RunWriter(file, { ...section, columns, hashes: null }, order).writeSection(0, 0, 0, section.rows);
      });
      file.finish();
      const reader = this.#open(path, openRunFile);
      const sorted = { source: reader, header: readHeader(reader, ref) };
      return withColumns(
        sorted,
        kept.map(({ place }) => place),
        this.dimensions,
      );
    } finally {
      file.close();
    }
  }
}

function foundDimension(name: string): DimensionSpec {
  return { name, type: 'string', multiValueHandling: 'SORTED_ARRAY', createBitmapIndex: true };
}

function withColumns(
  { source, header }: SectionInput,
  stored: readonly number[],
  dimensions: readonly DimensionSpec[],
): SectionInput {
  const columns = dimensions.map(() => NO_COLUMN);
  stored.forEach((place, i) => {
    if (place >= 0) columns[place] = header.columns[i];
  });
  return { source, header: { ...header, columns }, stored };
}
