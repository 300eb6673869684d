import { createRecordReader, type RecordReader } from '../../../src/input/createScanner.ts';
import type { LineBlockOptions } from '../../../src/input/lines/lineBlocks.ts';
import { hasLoneCarriageReturn } from '../../../src/input/lines/lineEnds.ts';
import { FieldKind } from '../../../src/input/record.ts';
import { BATCH_ROWS, RecordBatch } from '../../../src/input/recordBatch.ts';
import type { InputSplit } from '../../../src/input/splits/splits.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import type { ParseSpec } from '../../../src/spec/jobSpec.ts';

type Cell = string | null | (string | null)[];
/** A record by field names; absent fields are left out. */
export type Cells = Record<string, Cell>;

/** What became of the lines of an input, good ones and bad ones apart. */
export interface Scanned {
  readonly records: Cells[];
  readonly malformed: { readonly text: string; readonly problem: string }[];
}

/** A CSV ParseSpec. */
export function csv(
  columns: readonly string[] | null,
  listDelimiter = '|',
): Extract<ParseSpec, { format: 'delimited' }> {
  return {
    format: 'delimited',
    columns,
    delimiter: ',',
    listDelimiter,
    quotes: true,
    hasHeaderRow: columns === null,
    skipHeaderRows: 0,
  };
}

/** A TSV ParseSpec. */
export function tsv(columns: readonly string[], delimiter: string, listDelimiter: string): ParseSpec {
  return { ...csv(columns, listDelimiter), delimiter, quotes: false };
}

class Collector implements Scanned {
  readonly records: Cells[] = [];
  readonly malformed: { text: string; problem: string }[] = [];
  readonly reader: RecordReader;
  readonly #batch: RecordBatch;

  constructor(parse: ParseSpec, wanted: readonly string[], discover: boolean) {
    this.#batch = new RecordBatch(createKernel(), wanted);
    this.reader = createRecordReader(parse, this.#batch, {
      discover,
      onMalformed: (start, end, problem) =>
        this.malformed.push({ text: this.#batch.bytes.toString('utf8', start, end), problem }),
    });
  }

  /** @param limit lines per call of the scanner */
  take(limit: number): void {
    while (this.reader.scanner.next(limit) > 0) {
      for (let row = 0; row < this.#batch.rows; row++) this.records.push(cellsOf(this.#batch, row));
    }
  }
}

/** Scans lines that are one block. @param wanted fields of the job; null: all that there are */
export function scanLines(parse: ParseSpec, wanted: readonly string[] | null, lines: Buffer, limit = 1000): Scanned {
  const collector = new Collector(parse, wanted ?? [], wanted === null);
  // Other bytes around the block must not matter.
  const bytes = Buffer.concat([Buffer.from('"x'), lines, Buffer.from('"y')]);
  collector.reader.scanner.begin({
    inputIndex: 0,
    path: 'lines',
    bytes,
    start: 2,
    end: bytes.length - 2,
    firstOffset: 0,
    isFileStart: true,
    hasLoneCarriageReturns: hasLoneCarriageReturn(lines, 0, lines.length),
  });
  collector.take(limit);
  return collector;
}

/** Scans splits of files, each with a scanner of its own, as map tasks do. */
export async function scanSplits(
  parse: ParseSpec,
  splits: readonly InputSplit[],
  options?: LineBlockOptions,
): Promise<Cells[]> {
  const records: Cells[] = [];
  for (const split of splits) {
    const collector = new Collector(parse, [], true);
    for await (const block of collector.reader.blocks(split, options)) {
      collector.reader.scanner.begin(block);
      collector.take(1000);
    }
    records.push(...collector.records);
  }
  return records;
}

function cellsOf(batch: RecordBatch, row: number): Cells {
  const { elements, texts, bytes } = batch;
  const scalar = (kind: number, start: number, end: number): string | null => {
    if (kind === FieldKind.null) return null;
    if (kind === FieldKind.text) return texts[start];
    if (kind === FieldKind.string) return bytes.toString('utf8', start, end);
    throw new Error(`kind ${kind}`);
  };
  const cells: Cells = {};
  for (const [slot, name] of batch.fieldNames.entries()) {
    const at = slot * BATCH_ROWS + row;
    const [kind, start, end] = [batch.kinds[at], batch.starts[at], batch.ends[at]];
    if (kind === FieldKind.absent) continue;
    cells[name] =
      kind === FieldKind.list
        ? Array.from({ length: end - start }, (_, i) =>
            scalar(elements.kinds[start + i], elements.starts[start + i], elements.ends[start + i]),
          )
        : scalar(kind, start, end);
  }
  return cells;
}
