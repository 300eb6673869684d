import pc from 'picocolors';
import type { DeadLetterReport } from '../../mapreduce/index/deadLetterFile.ts';
import type { IndexReport, PublicationReport } from '../../mapreduce/index/indexReport.ts';
import type { UnitReport } from '../../mapreduce/units/Units.ts';
import { totalRows } from '../../row/rowCounts.ts';
import { wrapItems, wrapWords } from '../text/layout.ts';
import { countOf, countText, secondsText } from '../text/numbers.ts';
import { printableLine } from '../text/printable.ts';
import { named, noteLines, TEXT_COLUMN } from './named.ts';
import { rowLines } from './rowLines.ts';
import { sampleLines } from './sampleLines.ts';
import { segmentLines } from './segmentLines.ts';

export interface SummaryOptions {
  readonly color: boolean;
  /** Width to lay out for, in characters; lines go beyond it only for a path or a word that is longer. */
  readonly columns: number;
}

/** Colors, or functions that add none. */
export type Paint = ReturnType<typeof pc.createColors>;

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
    [...timeLines(report, paint, columns), ...resumeLines(report, paint)],
    sampleLines(report.samples, paint, columns),
    noteLines(report.notes, paint, columns),
    [...deadLetterLines(report.deadLetters, paint), ...placeLines(report, paint, columns)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
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

/** What a run of the job before this one had done already. */
function resumeLines({ units }: IndexReport, paint: Paint): string[] {
  if (units === undefined) return [];
  const items = Object.entries<UnitReport[keyof UnitReport]>(units)
    .filter(([, { reused }]) => reused > 0)
    .map(([kind, { reused, made }]) => `${countText(reused)} of ${countOf(reused + made, `${kind} task`)}`);
  return items.length === 0 ? [] : named('resumed', [`${items.join(', ')} were done by an earlier run`], paint);
}

/** Paths stay in one piece, to be copied. */
function placeLines(
  { segmentOutputPath, segments, publication }: IndexReport,
  paint: Paint,
  columns: number,
): string[] {
  if (segments.length === 0) return [];
  const lines = named('segments in', [paint.bold(printableLine(segmentOutputPath))], paint);
  return publication === null ? lines : [...lines, ...publicationLines(publication, paint, columns)];
}

/** Where bad and thrown-away rows are kept. */
export function deadLetterLines(deadLetters: DeadLetterReport | null, paint: Paint): string[] {
  if (deadLetters === null || deadLetters.rows === 0) return [];
  const rows = countOf(deadLetters.rows, 'row');
  return named('dead letters', [`${printableLine(deadLetters.path)}  ${paint.dim(rows)}`], paint);
}

function publicationLines(publication: PublicationReport, paint: Paint, columns: number): string[] {
  const store = printableLine(publication.store);
  if (publication.status === 'staged') {
    const directory = printableLine(publication.directory ?? '');
    return [
      ...named('staged for', [store], paint),
      ...named(
        '',
        [
          paint.bold(`segmill publish ${directory}${publication.isReadByDruid ? ' --metadata ADDRESS' : ''}`),
          'makes them visible, segmill discard removes them',
        ],
        paint,
      ),
    ];
  }
  const lines = named('published to', [store], paint);
  if (publication.isReadByDruid) return lines;
  return [...lines, ...named('', wrapWords(NOT_READ, columns - TEXT_COLUMN).map(paint.dim), paint)];
}

const NOT_READ =
  'No Druid reads that file: give metadataUpdateSpec, or --metadata, to publish to the metadata store of a Druid.';
