import { RecordView } from '../../input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../../input/recordBatch.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { createState } from '../../rollup/metrics/createStates.ts';
import type { MetricState } from '../../rollup/metrics/metricState.ts';
import { RowIndex } from '../../rollup/rowIndex.ts';
import { type ChunkFinder, chunkFinder } from '../../row/chunks.ts';
import type { DimensionColumn } from '../../row/dimension/dimension.ts';
import { FoundDimensions } from '../../row/dimension/foundDimensions.ts';
import { NumericDimension } from '../../row/dimension/numericDimension.ts';
import { StringDimension } from '../../row/dimension/stringDimension.ts';
import { compileFilter, type RowFilter, TIME_SLOT } from '../../row/filter/rowFilter.ts';
import type { Aggregator } from '../../row/metric/aggregator.ts';
import { createAggregator } from '../../row/metric/createAggregator.ts';
import { javaDoubleText, javaDoubleTextJdk17 } from '../../row/numbers/javaText.ts';
import { newRowCounts, type RowCounts, type RowReason } from '../../row/rowCounts.ts';
import type { Slots } from '../../row/slots.ts';
import { TimeColumn } from '../../row/timeColumn.ts';
import type { DimensionSpec } from '../../spec/jobSpec.ts';
import { type CompiledGranularity, compileGranularity } from '../../time/granularity.ts';
import type { IndexConfig } from './indexPayload.ts';
import { hashDimensions, isPartitioned } from './partitioning.ts';

/** Told of every record that is not an ordinary row. */
export type RecordReport = (reason: RowReason, record: number) => void;

/** A dimension, and the column of cells that has it. */
export interface AssembledColumn {
  readonly dimension: DimensionColumn;
  readonly cells: Int32Array;
}

/**
 * Turns batches of records into rolled-up rows in memory: time, time chunk, filter, dimensions, grouping, metrics, each step
 * over a whole batch and column by column.
 */
export class RowAssembler {
  /** The batches' kernel; it holds the dictionaries too. */
  readonly kernel: Kernel;
  readonly index: RowIndex;
  /** Those that the spec lists. */
  readonly dimensions: readonly DimensionColumn[];
  /**
   * With `--quirks druid`, texts of the input that Druid hashes in place of stored values: further columns of the index, behind
   * the dimensions, by name.
   */
  readonly hashColumns: readonly DimensionColumn[];
  /** Dimensions found in the data, whose columns are the last ones of the index; null where none are looked for. */
  readonly found: FoundDimensions | null;
  readonly chunks: ChunkFinder;
  /** Of the records since `reset`. */
  counts: RowCounts = newRowCounts();
  /** Records that became rows of each time chunk, since `reset`. */
  chunkRecords = new Map<number, number>();
  readonly #queryGranularity: CompiledGranularity;
  readonly #time: TimeColumn;
  readonly #filter: RowFilter | null;
  readonly #view: RecordView;
  readonly #aggregators: readonly Aggregator[];
  readonly #rawTimes = new Float64Array(BATCH_ROWS);
  readonly #times = new Float64Array(BATCH_ROWS);
  readonly #records = new Int32Array(BATCH_ROWS);
  readonly #rows = new Int32Array(BATCH_ROWS);
  readonly #faulty = new Uint8Array(BATCH_ROWS);
  readonly #cells: Int32Array[];
  /** Columns that are there from the start. */
  readonly #columns: number;

  constructor(config: IndexConfig, slots: Slots, kernel: Kernel) {
    this.kernel = kernel;
    const { job } = config;
    const druid = config.quirks === 'druid';
    const doubleText = druid ? javaDoubleTextJdk17 : javaDoubleText;
    const keyDimensions = hashDimensions(config);
    this.chunks = chunkFinder(job.granularity);
    this.#queryGranularity = compileGranularity(job.granularity.queryGranularity);
    this.#time = new TimeColumn(job.timestamp, slots.of(job.timestamp.column));
    this.#view = new RecordView(slots.names);
    this.#filter =
      job.transform.filter === null
        ? null
        : compileFilter(
            job.transform.filter,
            (column) => (column === '__time' ? TIME_SLOT : slots.of(column)),
            doubleText,
          );
    const stringDimension = (
      name: string,
      handling: DimensionSpec['multiValueHandling'],
      slot = slots.of(name),
      isFound = false,
    ) =>
      new StringDimension({
        kernel,
        name,
        slot,
        multiValueHandling: handling,
        doubleText,
        nullElementsAsText: druid,
        flatOnly: isFound,
        tellsAbsence: isFound && druid,
      });
    this.dimensions = job.dimensions.dimensions.map((spec) =>
      spec.type === 'string'
        ? stringDimension(spec.name, spec.multiValueHandling)
        : new NumericDimension(spec.name, spec.type, slots.of(spec.name)),
    );
    // Of all dimensions, those whose text is not what is stored; partition dimensions even where they are no dimensions.
    const { discover, exclusions } = job.dimensions;
    const numeric = job.dimensions.dimensions.filter(({ type }) => type !== 'string').map(({ name }) => name);
    const hashed = new Set([...keyDimensions, ...(keyDimensions.length === 0 || discover ? numeric : [])]);
    const isHashed = druid && (discover || isPartitioned(job.tuning.partitions));
    this.hashColumns = isHashed ? [...hashed].map((name) => stringDimension(name, 'ARRAY')) : [];
    this.found = discover
      ? new FoundDimensions({
          known: new Set([...exclusions, ...this.dimensions.map(({ name }) => name)]),
          newDimension: (name, slot) => stringDimension(name, 'SORTED_ARRAY', slot, true),
        })
      : null;
    const states: MetricState[] = job.metrics.map((metric) => createState(metric, druid));
    const options = { slots, view: this.#view, doubleText, druidQuirks: druid };
    this.#aggregators = job.metrics.map((metric, i) => createAggregator(metric, states[i], options));
    this.#columns = this.dimensions.length + this.hashColumns.length;
    this.#cells = Array.from({ length: this.#columns }, () => new Int32Array(BATCH_ROWS));
    this.index = new RowIndex(this.#columns, states, job.granularity.rollup);
  }

  /** Adds all records of a batch. */
  add(batch: RecordBatch, report: RecordReport): void {
    this.#time.assemble(batch, this.#rawTimes);
    const count = this.#select(batch, report);
    if (count === 0) return;
    const records = this.#records;
    const faulty = this.#faulty.fill(0, 0, batch.rows);
    let column = 0;
    for (const dimension of this.dimensions) dimension.assemble(batch, records, count, this.#cells[column++], faulty);
    for (const dimension of this.hashColumns) dimension.assemble(batch, records, count, this.#cells[column++], faulty);
    if (this.found !== null) this.#assembleFound(this.found, batch, count);
    this.index.group(this.#times, this.#cells, count, this.#rows);
    this.found?.note(this.#rows, count);
    const grouped = { batch, records, rows: this.#rows, count, rawTimes: this.#rawTimes };
    for (const aggregator of this.#aggregators) aggregator.aggregate(grouped, faulty);
    let withErrors = 0;
    for (let i = 0; i < count; i++) {
      if (faulty[records[i]] === 0) continue;
      withErrors++;
      report('badValue', records[i]);
    }
    this.counts.processedWithErrors += withErrors;
    this.counts.processed += count - withErrors;
  }

  /** Dimensions to be stored, with the cells of all rows: those that the spec lists, then those found in the data. */
  storedColumns(): AssembledColumn[] {
    const listed = this.dimensions.map((dimension, i) => ({ dimension, cells: this.index.cells[i] }));
    const found = this.found?.active ?? [];
    return [...listed, ...found.map((dimension, i) => ({ dimension, cells: this.index.cells[this.#columns + i] }))];
  }

  /** The `hashColumns`, with the cells of all rows. */
  hashedColumns(): AssembledColumn[] {
    const first = this.dimensions.length;
    return this.hashColumns.map((dimension, i) => ({ dimension, cells: this.index.cells[first + i] }));
  }

  /** The time that rows of a truncated time are hashed with: the query granularity's bucket, though it begin before the chunk. */
  hashTime(time: number): number {
    return this.#queryGranularity.bucketStart(time);
  }

  /** Bytes in use; a function of the records alone. */
  memoryUsage(): number {
    let sum = this.index.memoryUsage() + (this.found?.memoryUsage() ?? 0);
    for (const dimension of this.dimensions) sum += dimension.memoryUsage();
    for (const dimension of this.hashColumns) sum += dimension.memoryUsage();
    return sum;
  }

  /** Forgets all rows, after their run was written. */
  clear(): void {
    this.index.clear();
    for (const dimension of this.dimensions) dimension.clear();
    for (const dimension of this.hashColumns) dimension.clear();
    this.found?.clear();
    this.#cells.length = this.#columns;
  }

  /** Forgets rows and counts, for the records of another split; the counts so far stay their holder's. */
  reset(): void {
    this.clear();
    this.counts = newRowCounts();
    this.chunkRecords = new Map();
  }

  #assembleFound(found: FoundDimensions, batch: RecordBatch, count: number): void {
    found.find(batch, this.#records, count);
    while (this.#cells.length < this.#columns + found.active.length) {
      this.#cells.push(new Int32Array(BATCH_ROWS));
      this.index.addColumn();
    }
    found.active.forEach((dimension, i) => {
      dimension.assemble(batch, this.#records, count, this.#cells[this.#columns + i], this.#faulty);
    });
  }

  /** Picks the records that become rows and truncates their times. */
  #select(batch: RecordBatch, report: RecordReport): number {
    const { counts, chunks } = this;
    const granularity = this.#queryGranularity;
    let count = 0;
    let lastChunk = Number.NaN;
    let first = 0;
    for (let record = 0; record < batch.rows; record++) {
      const time = this.#rawTimes[record];
      if (Number.isNaN(time)) {
        counts.unparseable.timestamp++;
        report('timestamp', record);
        continue;
      }
      if (this.#filter !== null) {
        batch.load(record, this.#view);
        if (!this.#filter.matches(this.#view, time)) {
          counts.thrownAway.filtered++;
          report('filtered', record);
          continue;
        }
      }
      const chunk = chunks.find(time);
      if (Number.isNaN(chunk)) {
        counts.thrownAway.outsideIntervals++;
        report('outsideIntervals', record);
        continue;
      }
      if (chunk !== lastChunk) {
        this.#countChunk(lastChunk, count - first);
        lastChunk = chunk;
        first = count;
      }
      // Druid's index never lets a truncated time fall before its chunk (IncrementalIndex.minTimestamp).
      let truncated = Math.max(granularity.bucketStart(time), chunk);
      // Before 1970 Druid rounds some periods up, even out of the chunk; there no query would find the row (docs/quirks.md, row 14).
      if (truncated > time && chunks.find(truncated) !== chunk) truncated = chunk;
      this.#times[count] = truncated;
      this.#records[count++] = record;
    }
    this.#countChunk(lastChunk, count - first);
    return count;
  }

  #countChunk(chunk: number, records: number): void {
    if (records > 0) this.chunkRecords.set(chunk, (this.chunkRecords.get(chunk) ?? 0) + records);
  }
}
