import type { SegmentReport } from '../../mapreduce/index/indexReport.ts';
import { shortInterval } from '../text/intervals.ts';
import { type Cell, plain, tableLines } from '../text/layout.ts';
import { bytesText, countOf, countText } from '../text/numbers.ts';
import type { Paint } from './formatSummary.ts';

/** A table with more segments is cut in the middle. */
const SHOWN_MAX = 16;
/** Of a cut table, at each end. */
const SHOWN_AT_ENDS = 6;

/** The segments as a table with a head; of many, the first and the last ones, and how unequal they all are. */
export function segmentLines(segments: readonly SegmentReport[], paint: Paint): string[] {
  if (segments.length === 0) return ['no segments'];
  const isCut = segments.length > SHOWN_MAX;
  const shown = isCut ? [...segments.slice(0, SHOWN_AT_ENDS), ...segments.slice(-SHOWN_AT_ENDS)] : segments;
  const head = ['interval (UTC)', 'part', 'rows', 'size', 'zipped'].map((text) => ({ text, paint: paint.dim }));
  const rows = shown.map((segment): Cell[] => [
    plain(shortInterval(segment.interval)),
    plain(String(segment.partitionNum)),
    plain(countText(segment.rows)),
    plain(bytesText(segment.size)),
    plain(bytesText(segment.zipBytes)),
  ]);
  const lines = tableLines([head, ...rows, ...totalRow(segments)], ['left', 'right', 'right', 'right', 'right']);
  if (isCut) {
    const left = countText(segments.length - 2 * SHOWN_AT_ENDS);
    lines.splice(1 + SHOWN_AT_ENDS, 0, paint.dim(`... ${left} more`));
    lines.push(skewLine(segments));
  }
  return lines;
}

function totalRow(segments: readonly SegmentReport[]): Cell[][] {
  if (segments.length === 1) return [];
  let rows = 0;
  let size = 0;
  let zipBytes = 0;
  for (const segment of segments) {
    rows += segment.rows;
    size += segment.size;
    zipBytes += segment.zipBytes;
  }
  const texts = [countOf(segments.length, 'segment'), '', countText(rows), bytesText(size), bytesText(zipBytes)];
  return [texts.map(plain)];
}

/** One huge segment among small ones is the commonest reason for slow queries. */
function skewLine(segments: readonly SegmentReport[]): string {
  const rows = segments.map((segment) => segment.rows).sort((a, b) => a - b);
  const median = rows[rows.length >> 1];
  return `rows in a segment: ${countText(rows[0])} to ${countText(rows[rows.length - 1])}, median ${countText(median)}`;
}
