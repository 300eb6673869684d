import type { IndexReport } from '../../mapreduce/index/indexReport.ts';
import { thrownAwayRows, totalRows, unparseableRows } from '../../row/rowCounts.ts';
import { type Cell, plain, tableLines } from '../text/layout.ts';
import { bytesText, countOf, countText, ratioText } from '../text/numbers.ts';
import type { Paint } from './formatSummary.ts';
import { NAMES_WIDTH } from './named.ts';

/** Where every row went, or would go. */
export type RowFigures = Pick<IndexReport, 'counts' | 'rowsStored' | 'inputBytes' | 'inputFiles'>;

/** Each record read is in exactly one line between `read` and `stored`. */
export function rowLines(report: RowFigures, paint: Paint): string[] {
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
