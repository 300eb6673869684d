import type { ParseSpec } from '../spec/jobSpec.ts';
import { DelimitedBlockScanner } from './delimited/blockScanner.ts';
import { readDelimitedBlocks } from './delimited/headerRows.ts';
import { JsonBlockScanner } from './json/blockScanner.ts';
import { LowercaseJsonScanner } from './json/lowercaseScanner.ts';
import { type LineBlock, type LineBlockOptions, readLineBlocks } from './lines/lineBlocks.ts';
import type { RecordBatch } from './recordBatch.ts';
import type { RecordScanner, ScannerOptions } from './recordScanner.ts';
import { RegexBlockScanner } from './regex/blockScanner.ts';
import type { InputSplit } from './splits/splits.ts';

/** A scanner and the lines that it wants to be given. */
export interface RecordReader {
  readonly scanner: RecordScanner;
  /** The lines of a split that hold records, in position order: header rows are left out. For `scanner.begin`, one by one. */
  blocks(split: InputSplit, options?: LineBlockOptions): AsyncGenerator<LineBlock>;
}

/**
 * Makes the scanner of a `parseSpec`.
 *
 * @param batch filled by this scanner only
 * @throws SyntaxError for a regular expression that cannot be used
 */
export function createRecordReader(parse: ParseSpec, batch: RecordBatch, options: ScannerOptions): RecordReader {
  switch (parse.format) {
    case 'json':
      return {
        scanner: parse.lowercase ? new LowercaseJsonScanner(batch, options) : new JsonBlockScanner(batch, options),
        blocks: readLineBlocks,
      };
    case 'regex':
      return { scanner: new RegexBlockScanner(batch, parse, options), blocks: readLineBlocks };
    case 'delimited': {
      const scanner = new DelimitedBlockScanner(batch, parse, options);
      return { scanner, blocks: (split, blockOptions) => readDelimitedBlocks(split, parse, scanner, blockOptions) };
    }
  }
}
