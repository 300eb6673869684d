import { type ByteSource, bytesSource } from './byteSource.ts';
import { ComplexColumnWriter } from './complexColumn.ts';
import { numericDescriptor, stringDescriptor } from './descriptor.ts';
import { DictionaryWriter } from './dictionary.ts';
import { type ColumnStorage, type MetricColumn, metricColumn } from './metricColumn.ts';
import { NumericColumnWriter } from './numericColumn.ts';
import { PairColumnWriter } from './pairColumn.ts';
import type { SegmentDescription, SegmentDimension } from './segmentDescription.ts';
import { checkName, type SmooshEntry } from './smoosh.ts';
import { StringColumnWriter } from './stringColumn.ts';

const TIME_COLUMN = '__time';
interface Column {
  readonly name: string;
  readonly descriptor: ByteSource;
  readonly writer: { readonly rows: number; parts(): ByteSource[] };
}

/** A column that needs no writer. */
class MadeColumn {
  readonly rows: number;
  readonly #part: Uint8Array;

  constructor(part: Uint8Array, rows: number) {
    this.#part = part;
    this.rows = rows;
  }

  parts(): ByteSource[] {
    return [bytesSource(this.#part)];
  }
}

/** The column writers of one segment, by place in its description. Errors name the column and what it holds. */
export class ColumnSet {
  readonly #description: SegmentDescription;
  readonly #storage: ColumnStorage;
  readonly #time: NumericColumnWriter;
  readonly #metrics: MetricColumn[];
  /** Null for dimensions that are not strings. */
  readonly #dictionaries: (DictionaryWriter | null)[];
  /** Empty during the first walk; null for a string dimension that holds only nulls. */
  #dimensions: (NumericColumnWriter | StringColumnWriter | MadeColumn | null)[] = [];
  #state: 'dictionaries' | 'rows' | 'finished' = 'dictionaries';

  constructor(description: SegmentDescription, storage: ColumnStorage) {
    checkNames(description);
    const { scratch } = storage;
    this.#description = description;
    this.#storage = storage;
    this.#time = new NumericColumnWriter(TIME_COLUMN, 8, storage.numbers, scratch);
    this.#metrics = description.metrics.map((metric) => metricColumn(metric, storage));
    this.#dictionaries = description.dimensions.map(({ name, type }) =>
      type === 'string' ? new DictionaryWriter(name, scratch) : null,
    );
  }

  /** The dictionary of a string dimension, in the first walk. */
  dictionary(dimension: number): DictionaryWriter {
    const dictionary = this.#dictionaries[dimension];
    if (this.#state !== 'dictionaries' || !dictionary)
      throw this.#misuse(this.#dimension(dimension), 'a dictionary value');
    return dictionary;
  }

  /** Ends the first walk: dictionaries are complete. */
  endDictionaries(): void {
    if (this.#state !== 'dictionaries') throw new Error('the dictionaries of this segment have been ended already');
    this.#state = 'rows';
    this.#dimensions = this.#description.dimensions.map((dimension, i) => {
      const dictionary = this.#dictionaries[i];
      return dictionary === null ? this.#newNumericDimension(dimension) : this.#newStrings(dimension, dictionary);
    });
  }

  /** Puts a part that was made elsewhere, of the dimension's type, in place of the dimension's writer. */
  put(dimension: number, part: Uint8Array, rows: number): void {
    if (this.#state !== 'rows') throw this.#misuse(this.#dimension(dimension), 'a column');
    this.#dimensions[dimension] = new MadeColumn(part, rows);
  }

  time(): NumericColumnWriter {
    if (this.#state !== 'rows') throw this.#misuse(TIME_COLUMN, 'row times');
    return this.#time;
  }

  /** The writer of a string dimension, or null if it holds only nulls. */
  strings(dimension: number): StringColumnWriter | null {
    const writer = this.#dimensions[dimension];
    if (this.#state !== 'rows' || (writer !== null && !(writer instanceof StringColumnWriter))) {
      throw this.#misuse(this.#dimension(dimension), 'dictionary ids');
    }
    return writer;
  }

  numericDimension(dimension: number, type: 'long' | 'float' | 'double'): NumericColumnWriter {
    const writer = this.#dimensions[dimension];
    if (
      this.#state !== 'rows' ||
      !(writer instanceof NumericColumnWriter) ||
      this.#description.dimensions[dimension].type !== type
    ) {
      throw this.#misuse(this.#dimension(dimension), `${type}s`);
    }
    return writer;
  }

  numericMetric(metric: number, type: 'long' | 'float' | 'double'): NumericColumnWriter {
    const writer = this.#metrics[metric]?.writer;
    if (
      this.#state !== 'rows' ||
      !(writer instanceof NumericColumnWriter) ||
      this.#description.metrics[metric].column !== type
    ) {
      throw this.#misuse(this.#metric(metric), `${type}s`);
    }
    return writer;
  }

  complexMetric(metric: number): ComplexColumnWriter {
    const writer = this.#metrics[metric]?.writer;
    if (this.#state !== 'rows' || !(writer instanceof ComplexColumnWriter)) {
      throw this.#misuse(this.#metric(metric), 'serialised objects');
    }
    return writer;
  }

  /** @param values their array type must fit the metric */
  pairMetric(metric: number, values: Int32Array | Float64Array | Float32Array): PairColumnWriter {
    const column =
      values instanceof Int32Array ? 'pairLong' : values instanceof Float32Array ? 'pairFloat' : 'pairDouble';
    const writer = this.#metrics[metric]?.writer;
    if (
      this.#state !== 'rows' ||
      !(writer instanceof PairColumnWriter) ||
      this.#description.metrics[metric].column !== column
    ) {
      throw this.#misuse(this.#metric(metric), `values of ${column}`);
    }
    return writer;
  }

  /** Entries in Druid's order (time, metrics by name, dimensions), and the names of those that are stored. */
  finish(): { entries: SmooshEntry[]; metricNames: string[]; dimensionNames: string[] } {
    if (this.#state !== 'rows') throw new Error('a segment is finished once, after its dictionaries were ended');
    this.#state = 'finished';
    const metrics: Column[] = [...this.#metrics].sort((a, b) => (a.name < b.name ? -1 : 1));
    const dimensions = this.#dimensionColumns();
    const entries = [this.#entry({ name: TIME_COLUMN, descriptor: numericDescriptor('long'), writer: this.#time })];
    for (const column of metrics) entries.push(this.#entry(column));
    for (const column of dimensions) entries.push(this.#entry(column));
    return {
      entries,
      metricNames: metrics.map(({ name }) => name),
      dimensionNames: dimensions.map(({ name }) => name),
    };
  }

  #entry({ name, descriptor, writer }: Column): SmooshEntry {
    if (writer.rows !== this.#time.rows)
      throw new Error(`column "${name}" got ${writer.rows} row(s), but ${TIME_COLUMN} got ${this.#time.rows}`);
    const parts = writer.parts();
    parts.unshift(descriptor);
    return { name, parts };
  }

  #dimensionColumns(): Column[] {
    const columns: Column[] = [];
    this.#description.dimensions.forEach(({ name, type, hasMultipleValues }, i) => {
      const writer = this.#dimensions[i];
      const descriptor = type === 'string' ? stringDescriptor(hasMultipleValues) : numericDescriptor(type);
      if (writer !== null) columns.push({ name, descriptor, writer });
    });
    return columns;
  }

  #newNumericDimension({ name, type }: SegmentDimension): NumericColumnWriter {
    const valueBytes = type === 'float' ? 4 : 8;
    return new NumericColumnWriter(name, valueBytes, this.#storage.numbers, this.#storage.scratch);
  }

  #newStrings(dimension: SegmentDimension, dictionary: DictionaryWriter): StringColumnWriter | null {
    if (dictionary.isNullOnly) return null;
    const { name, hasMultipleValues, createBitmapIndex } = dimension;
    const options = { name, hasMultipleValues, createBitmapIndex, codec: this.#storage.ids };
    return new StringColumnWriter(options, dictionary, this.#storage.scratch);
  }

  #dimension(dimension: number): string {
    const found = this.#description.dimensions[dimension];
    return found ? `dimension "${found.name}" (${found.type})` : `dimension number ${dimension}`;
  }

  #metric(metric: number): string {
    const found = this.#description.metrics[metric];
    return found ? `metric "${found.name}" (${found.column})` : `metric number ${metric}`;
  }

  #misuse(column: string, what: string): Error {
    const when = { dictionaries: 'before endDictionaries', rows: 'after endDictionaries', finished: 'after finish' };
    return new Error(`${column} cannot take ${what} ${when[this.#state]}`);
  }
}

/** Names that were found good last: those of a job's segments are the same. */
let checkedNames: readonly string[] = [];

function checkNames({ dimensions, metrics }: SegmentDescription): void {
  const count = dimensions.length + metrics.length;
  const nameOf = (i: number) => (i < dimensions.length ? dimensions[i] : metrics[i - dimensions.length]).name;
  if (count === checkedNames.length && checkedNames.every((name, i) => name === nameOf(i))) return;
  const names = Array.from({ length: count }, (_, i) => nameOf(i));
  const seen = new Set([TIME_COLUMN, 'index.drd', 'metadata.drd']);
  for (const name of names) {
    checkName(name);
    if (seen.has(name)) {
      throw new Error(
        `column "${name}" stands twice in the segment: names of dimensions and metrics must differ, also from ${TIME_COLUMN}`,
      );
    }
    seen.add(name);
  }
  checkedNames = names;
}
