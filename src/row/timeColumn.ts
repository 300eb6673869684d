import { FieldKind } from '../input/record.ts';
import { BATCH_ROWS, type RecordBatch } from '../input/recordBatch.ts';
import type { TimestampSpec } from '../spec/jobSpec.ts';
import { compileTimestampParser, type TimestampParser } from '../time/timestampParser.ts';

/** The times of records, by the spec's timestampSpec. */
export class TimeColumn {
  readonly #slot: number;
  readonly #parser: TimestampParser;
  readonly #missing: number;

  constructor(spec: TimestampSpec, slot: number) {
    this.#slot = slot;
    this.#parser = compileTimestampParser(spec.format);
    this.#missing = spec.missingValue ?? Number.NaN;
  }

  /** @param times receives epoch milliseconds per record, NaN where there is no readable time */
  assemble(batch: RecordBatch, times: Float64Array): void {
    const base = this.#slot * BATCH_ROWS;
    const { kinds, starts, ends, bytes } = batch;
    const parser = this.#parser;
    for (let record = 0; record < batch.rows; record++) {
      const at = base + record;
      switch (kinds[at]) {
        case FieldKind.string:
          times[record] = parser.parseBytes(bytes, starts[at], ends[at]);
          break;
        case FieldKind.integer:
        case FieldKind.decimal:
          times[record] = parser.parseNumberBytes(bytes, starts[at], ends[at]);
          break;
        case FieldKind.text:
          times[record] = parser.parseText(batch.texts[starts[at]]);
          break;
        case FieldKind.absent:
        case FieldKind.null:
          times[record] = this.#missing;
          break;
        default:
          times[record] = Number.NaN;
      }
    }
  }
}
