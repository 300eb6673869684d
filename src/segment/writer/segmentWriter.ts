import { type BlockEncoder, lz4Encoder } from '../../kernel/lz4.ts';
import type { IndexSpec } from '../../spec/jobSpec.ts';
import type { Scratch } from '../scratch.ts';
import { blockCodec, lz4Codec } from './blockCodec.ts';
import { bytesSource } from './byteSource.ts';
import { littleEndianBytes, utf8 } from './bytes.ts';
import { ColumnSet } from './columnSet.ts';
import type { ElementBatch } from './elementBatch.ts';
import { indexDrd } from './indexDrd.ts';
import type { SegmentDescription } from './segmentDescription.ts';
import { type SegmentFile, segmentFile } from './segmentFile.ts';
import { smooshFiles } from './smoosh.ts';

export type { SegmentDescription, SegmentDimension, SegmentMetric } from './segmentDescription.ts';
export type { SegmentFile } from './segmentFile.ts';

/** The same in every segment. */
const VERSION = segmentFile('version.bin', [bytesSource(Uint8Array.of(0, 0, 0, 9))]);
const FACTORY = segmentFile('factory.json', [bytesSource(utf8('{"type":"mMapSegmentFactory"}'))]);

/** What a writer works with. The scratch stays the caller's: dispose it once the files of the segment have been read. */
export interface SegmentWriterResources {
  readonly encoder: BlockEncoder;
  readonly scratch: Scratch;
}

/**
 * Writes one V9 segment in two walks: all dictionaries (`addNullValue`, `addValues`, `endDictionaries`), then all rows in batches,
 * every column the same rows (`append...`), then `finish`.
 *
 * Numbers and ids are compressed block by block as they come; what waits in memory is one block per column, and how often each
 * value of an indexed string dimension occurs (4 bytes per value). Bitmap indexes are built in `finish`, one column at a time. A
 * string dimension whose dictionary holds nothing but null is not stored, as in Druid's Hadoop indexer; its rows may be appended and
 * are dropped.
 *
 * Batches: longs are (low, high) int32 pairs; `nulls` has 1 per null row, or is null when the batch has none; arrays may be longer
 * than the batch and are not kept.
 */
export class SegmentWriter {
  readonly #description: SegmentDescription;
  readonly #columns: ColumnSet;
  readonly #scratch: Scratch;
  readonly #isKernelEncoder: boolean;

  /** @throws Error for an index spec that cannot be written yet, or names that a segment cannot hold */
  constructor(description: SegmentDescription, resources: SegmentWriterResources) {
    const { indexSpec } = description;
    checkIndexSpec(indexSpec);
    const { encoder, scratch } = resources;
    const lz4 = lz4Codec(encoder);
    const { dimensionCompression, metricCompression } = indexSpec;
    this.#description = description;
    this.#scratch = scratch;
    this.#isKernelEncoder = encoder === lz4Encoder();
    this.#columns = new ColumnSet(description, {
      scratch,
      ids:
        dimensionCompression === 'uncompressed' ? null : blockCodec(dimensionCompression, 'dimensionCompression', lz4),
      numbers: metricCompression === 'none' ? null : blockCodec(metricCompression, 'metricCompression', lz4),
      pairs: lz4,
    });
  }

  /** Adds null to a string dimension's dictionary, before all values. */
  addNullValue(dimension: number): void {
    this.#columns.dictionary(dimension).addNull();
  }

  /** Adds values of a string dimension, which come behind those added so far. */
  addValues(dimension: number, texts: ElementBatch): void {
    this.#columns.dictionary(dimension).addAll(texts);
  }

  /** Ends the first walk. */
  endDictionaries(): void {
    this.#columns.endDictionaries();
  }

  /** Whether the kernel makes columns as this does: of LZ4 blocks, and by the encoder of the kernel. */
  get takesKernelColumns(): boolean {
    const { dimensionCompression, metricCompression } = this.#description.indexSpec;
    return this.#isKernelEncoder && dimensionCompression === 'lz4' && metricCompression === 'lz4';
  }

  /** Takes all rows of a dimension at once, as the part of a column that the kernel has made. @param part copied */
  putColumn(dimension: number, part: Uint8Array, rows: number): void {
    const copy = this.#scratch.piece(part.length);
    copy.set(part);
    this.#columns.put(dimension, copy, rows);
  }

  /** Row times, ascending, already truncated: epoch milliseconds as (low, high) pairs. */
  appendTimes(pairs: Int32Array, rows: number): void {
    this.#columns.time().append(littleEndianBytes(pairs, 2 * rows), null, rows);
  }

  /** Dictionary ids of a single-value string dimension. */
  appendIds(dimension: number, ids: Int32Array, rows: number): void {
    this.#columns.strings(dimension)?.appendIds(ids, rows);
  }

  /** Multi-value string dimension: row i has `ids[ends[i - 1], ends[i])`; a row without ids is null. */
  appendIdLists(dimension: number, ends: Int32Array, ids: Int32Array, rows: number): void {
    this.#columns.strings(dimension)?.appendIdLists(ends, ids, rows);
  }

  appendDimensionLongs(dimension: number, pairs: Int32Array, nulls: Uint8Array | null, rows: number): void {
    this.#columns.numericDimension(dimension, 'long').append(littleEndianBytes(pairs, 2 * rows), nulls, rows);
  }

  appendDimensionFloats(dimension: number, values: Float32Array, nulls: Uint8Array | null, rows: number): void {
    this.#columns.numericDimension(dimension, 'float').append(littleEndianBytes(values, rows), nulls, rows);
  }

  appendDimensionDoubles(dimension: number, values: Float64Array, nulls: Uint8Array | null, rows: number): void {
    this.#columns.numericDimension(dimension, 'double').append(littleEndianBytes(values, rows), nulls, rows);
  }

  appendMetricLongs(metric: number, pairs: Int32Array, nulls: Uint8Array | null, rows: number): void {
    this.#columns.numericMetric(metric, 'long').append(littleEndianBytes(pairs, 2 * rows), nulls, rows);
  }

  appendMetricFloats(metric: number, values: Float32Array, nulls: Uint8Array | null, rows: number): void {
    this.#columns.numericMetric(metric, 'float').append(littleEndianBytes(values, rows), nulls, rows);
  }

  appendMetricDoubles(metric: number, values: Float64Array, nulls: Uint8Array | null, rows: number): void {
    this.#columns.numericMetric(metric, 'double').append(littleEndianBytes(values, rows), nulls, rows);
  }

  /** Serialised objects of a complex metric: object i is `bytes[ends[i - 1], ends[i])`. */
  appendComplex(metric: number, bytes: Uint8Array, ends: Int32Array, nulls: Uint8Array | null, rows: number): void {
    this.#columns.complexMetric(metric).append(bytes, ends, nulls, rows);
  }

  /**
   * Pairs of a numeric first or last metric: times as (low, high) pairs; values as (low, high) pairs for longs, doubles or floats.
   * `valueNulls` has 1 where the pair has a time but no value.
   */
  appendPairs(
    metric: number,
    times: Int32Array,
    values: Int32Array | Float64Array | Float32Array,
    valueNulls: Uint8Array | null,
    rows: number,
  ): void {
    this.#columns.pairMetric(metric, values).append(times, values, valueNulls, rows);
  }

  /**
   * Builds bitmap indexes and returns the files of the segment: `version.bin`, `factory.json`, `meta.smoosh`, `00000.smoosh`, ...
   * Their bytes lie in the scratch and can be read until it is disposed. Nothing may be appended afterwards.
   *
   * @throws Error when columns got different numbers of rows
   */
  finish(): SegmentFile[] {
    const { interval, metadata } = this.#description;
    const { entries, metricNames, dimensionNames } = this.#columns.finish();
    entries.push({ name: 'index.drd', parts: [bytesSource(indexDrd(metricNames, dimensionNames, interval))] });
    entries.push({ name: 'metadata.drd', parts: [bytesSource(metadata)] });
    const files = smooshFiles(entries);
    files.unshift(VERSION, FACTORY);
    return files;
  }
}

function checkIndexSpec(indexSpec: IndexSpec): void {
  const refuse = (field: string, value: string, instead: string) => {
    throw new Error(
      `indexSpec.${field} "${value}" cannot be written yet: use "${instead}" (Druid reads all of them alike)`,
    );
  };
  if (indexSpec.bitmap !== 'roaring') refuse('bitmap', indexSpec.bitmap, 'roaring');
  if (indexSpec.longEncoding !== 'longs') refuse('longEncoding', indexSpec.longEncoding, 'longs');
  const dictionary = indexSpec.stringDictionaryEncoding.type;
  if (dictionary !== 'utf8') refuse('stringDictionaryEncoding', dictionary, 'utf8');
}
