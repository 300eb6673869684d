import { InputFileError } from '../lines/InputFileError.ts';
import { type LineBlock, type LineBlockOptions, readLineBlocks } from '../lines/lineBlocks.ts';
import { countLines, nextLineEnd, nextLineStart } from '../lines/lineEnds.ts';
import type { InputSplit, SplitInput } from '../splits/splits.ts';
import { defaultColumnName } from './columns.ts';
import { type Delimiters, fieldTexts } from './lineScanner.ts';

/** Header rows are short: a small piece of the file will do. */
const HEADER_BLOCK_BYTES = 64 * 1024;

/** The part of a `delimited` ParseSpec that tells what stands at the start of a file. */
export interface HeaderFormat extends Delimiters {
  readonly hasHeaderRow: boolean;
  readonly skipHeaderRows: number;
}

/** What stands at the start of a file before the first record. */
export interface FileHeader {
  /** Names of the columns, of the header row; null without one. */
  readonly columns: readonly string[] | null;
  /** Offset in the file (unpacked, for gzip) of the first line that holds a record. */
  readonly dataOffset: number;
}

/**
 * The blocks of a split less the header rows of its files, which may end in a later split than they begin in. Before the first
 * block of a file with a header row the scanner is told its columns. Druid's Hadoop indexer refuses header rows; they are read here
 * as its other indexers read them: `skipHeaderRows` lines come first, and the header row goes before `columns` of the spec.
 *
 * @throws InputFileError as `readLineBlocks`, and for a header row that names a column twice
 */
export async function* readDelimitedBlocks(
  split: InputSplit,
  format: HeaderFormat,
  scanner: { useColumns(names: readonly string[]): void },
  options: LineBlockOptions = {},
): AsyncGenerator<LineBlock> {
  if (!format.hasHeaderRow && format.skipHeaderRows === 0) {
    yield* readLineBlocks(split, options);
    return;
  }
  for (const input of split.inputs) {
    const header = await readFileHeader(input, format, options);
    if (header.columns !== null) scanner.useColumns(header.columns);
    let skippedLines = 0;
    for await (const block of readLineBlocks({ ...split, inputs: [input] }, options)) {
      const skipped = Math.max(0, header.dataOffset - block.firstOffset);
      const start = Math.min(block.end, block.start + skipped);
      skippedLines += countLines(block.bytes, block.start, start);
      if (start === block.end) continue;
      yield { ...block, start, firstOffset: block.firstOffset + skipped, skippedLines };
      skippedLines = 0;
    }
  }
}

/**
 * Reads the start of a file, whichever part of it belongs to a split.
 *
 * @throws InputFileError as `readLineBlocks`, and for a header row that names a column twice
 */
export async function readFileHeader(
  input: SplitInput,
  format: HeaderFormat,
  options: LineBlockOptions = {},
): Promise<FileHeader> {
  const { unpacked: _, ...file } = input;
  const whole: SplitInput = { ...file, start: 0, end: input.length };
  const blocks = readLineBlocks(
    { index: 0, inputs: [whole], bytes: input.length },
    { ...options, blockBytes: Math.min(options.blockBytes ?? HEADER_BLOCK_BYTES, HEADER_BLOCK_BYTES) },
  );
  const headerLines = format.skipHeaderRows + Number(format.hasHeaderRow);
  let line = 0;
  let columns: readonly string[] | null = null;
  let dataOffset = 0;
  for await (const { bytes, start, end, firstOffset, overlongBytes } of blocks) {
    if (overlongBytes !== undefined && line < headerLines) throw overlongHeader(input.path, firstOffset, overlongBytes);
    for (let at = start; at < end; line++) {
      dataOffset = firstOffset + at - start;
      if (line === headerLines) return { columns, dataOffset };
      const lineEnd = nextLineEnd(bytes, at, end, true);
      if (line === format.skipHeaderRows)
        columns = columnNames(input.path, dataOffset, bytes.subarray(at, lineEnd), format);
      at = nextLineStart(bytes, lineEnd, end);
      dataOffset = firstOffset + at - start;
    }
  }
  return { columns, dataOffset };
}

function overlongHeader(path: string, offset: number, bytes: number): InputFileError {
  return new InputFileError(
    `The line at byte ${offset} of ${path} should be a header row, but has ${bytes} bytes. Write one row a line, or leave ` +
      `this file out.`,
    path,
    offset,
  );
}

/** Names as Druid takes them from a header row (`ParserUtils.findOrCreateColumnNames`): nameless columns are numbered. */
function columnNames(path: string, offset: number, row: Buffer, format: HeaderFormat): readonly string[] {
  const names = fieldTexts(row, format.delimiter, format.quotes).map((name, i) =>
    name === null || name === '' ? defaultColumnName(i) : name,
  );
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return names;
  throw new InputFileError(
    `The header row of ${path} (at byte ${offset}) names the column "${twice}" twice. Give each column a name of its own, or list ` +
      `the columns in the parseSpec and leave this row out with "skipHeaderRows": ${format.skipHeaderRows + 1}, "hasHeaderRow": false.`,
    path,
    offset,
  );
}
