import pc from 'picocolors';
import type { DeadLetterReport } from '../../mapreduce/index/deadLetterFile.ts';
import type { IndexReport } from '../../mapreduce/index/indexReport.ts';
import { thrownAwayRows, totalRows, unparseableRows } from '../../row/rowCounts.ts';
import { type Cell, plain, tableLines, wrapItems, wrapWords } from '../text/layout.ts';
import { bytesText, countOf, countText, ratioText, secondsText } from '../text/numbers.ts';
import { printableLine } from '../text/printable.ts';
import { sampleLines } from './sampleLines.ts';
import { segmentLines } from './segmentLines.ts';

export interface SummaryOptions {
  readonly color: boolean;
  /** Width to lay out for, in characters; lines go beyond it only for a path or a word that is longer. */
  readonly columns: number;
}

/** Colors, or functions that add none. */
export type Paint = ReturnType<typeof pc.createColors>;

const NAMES_WIDTH = 13;
const TEXT_COLUMN = NAMES_WIDTH + 2;

/**
 * What a job did, for people: where every row went, the segments, the time it took, bad rows to look at, and where the output lies.
 * Ends with a line end.
 */
export function formatSummary(report: IndexReport, { color, columns }: SummaryOptions): string {
  const paint = pc.createColors(color);
  const blocks = [
    [`${paint.bold(printableLine(report.dataSource))}  ${paint.dim(`version ${printableLine(report.version)}`)}`],
    rowLines(report, paint),
    segmentLines(report.segments, paint),
    timeLines(report, paint, columns),
    sampleLines(report.samples, paint, columns),
    noteLines(report.notes, paint, columns),
    [...deadLetterLines(report.deadLetters, paint), ...placeLines(report, paint)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Each record read is in exactly one line between `read` and `stored`. */
function rowLines(report: IndexReport, paint: Paint): string[] {
  const { counts, rowsStored, inputBytes, inputFiles } = report;
  const { thrownAway, unparseable } = counts;
  const indexed = counts.processed + counts.processedWithErrors;
  const rows: Cell[][] = [
    row('rows read', totalRows(counts), `from ${countOf(inputFiles, 'file')}, ${bytesText(inputBytes)}`),
    row('indexed', counts.processed, ''),
  ];
  if (counts.processedWithErrors > 0) {
    rows.push(row('with errors', counts.processedWithErrors, 'indexed too, with nulls for bad values', paint.yellow));
  }
  if (thrownAwayRows(counts) > 0) {
    const why = reasons([
      [thrownAway.outsideIntervals, 'outside the intervals'],
      [thrownAway.filtered, 'filtered out'],
    ]);
    rows.push(row('thrown away', thrownAwayRows(counts), why, paint.yellow));
  }
  if (unparseableRows(counts) > 0) {
    const why = reasons([
      [unparseable.malformed, 'malformed'],
      [unparseable.timestamp, 'without a readable time'],
    ]);
    rows.push(row('unparseable', unparseableRows(counts), why, paint.red));
  }
  const rollup = rowsStored === 0 ? '' : `rollup ${ratioText(indexed / rowsStored)} to 1`;
  rows.push(row('stored', rowsStored, rollup));
  const dimmed = rows.map(([name, ...cells]) => [{ ...name, paint: paint.dim }, ...cells]);
  return tableLines(dimmed, ['left', 'right', 'left']);
}

function row(name: string, count: number, remark: string, paint?: (text: string) => string): Cell[] {
  const number = { text: countText(count), ...(paint === undefined ? {} : { paint }) };
  return [plain(name.padEnd(NAMES_WIDTH)), number, plain(remark)];
}

/** With one reason there is no second number to tell. */
function reasons(parts: readonly (readonly [number, string])[]): string {
  const given = parts.filter(([count]) => count > 0);
  return given.length === 1 ? given[0][1] : given.map(([count, why]) => `${countText(count)} ${why}`).join(', ');
}

function timeLines({ seconds, workers, counts }: IndexReport, paint: Paint, columns: number): string[] {
  const rate = seconds.total > 0 ? totalRows(counts) / seconds.total : 0;
  const items = [
    `${secondsText(seconds.total)} with ${countOf(workers, 'worker')},`,
    `${countText(rate)} rows/s:`,
    `read ${secondsText(seconds.read)},`,
    ...(seconds.determine > 0 ? [`find shards ${secondsText(seconds.determine)},`] : []),
    `merge ${secondsText(seconds.merge)},`,
    `store ${secondsText(seconds.store)}`,
  ];
  return named('time', wrapItems(items, columns - TEXT_COLUMN), paint);
}

function noteLines(notes: readonly string[], paint: Paint, columns: number): string[] {
  return notes.flatMap((note) => named('note', wrapWords(printableLine(note), columns - TEXT_COLUMN), paint));
}

/** The path stays in one piece, to be copied. */
function placeLines({ segmentOutputPath, segments }: IndexReport, paint: Paint): string[] {
  if (segments.length === 0) return [];
  return named('segments in', [paint.bold(printableLine(segmentOutputPath))], paint);
}

/** Where bad and thrown-away rows are kept. */
export function deadLetterLines(deadLetters: DeadLetterReport | null, paint: Paint): string[] {
  if (deadLetters === null || deadLetters.rows === 0) return [];
  const rows = countOf(deadLetters.rows, 'row');
  return named('dead letters', [`${printableLine(deadLetters.path)}  ${paint.dim(rows)}`], paint);
}

function named(name: string, lines: readonly string[], paint: Paint): string[] {
  const [first = '', ...more] = lines;
  return [`${paint.dim(name.padEnd(TEXT_COLUMN))}${first}`, ...more.map((line) => ' '.repeat(TEXT_COLUMN) + line)];
}
