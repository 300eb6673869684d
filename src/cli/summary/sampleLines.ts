import { type RowReason, type RowSample, samplePlace } from '../../row/rowCounts.ts';
import { wrapWords } from '../text/layout.ts';
import { cutTo, printableLine } from '../text/printable.ts';
import type { Paint } from './formatSummary.ts';

/** Shown of each reason. */
const SHOWN_MAX = 3;
const INDENT = '  ';

const TITLES: readonly (readonly [RowReason, string])[] = [
  ['malformed', 'malformed'],
  ['timestamp', 'without a readable time'],
  ['badValue', 'with a bad value'],
  ['outsideIntervals', 'outside the intervals'],
  ['filtered', 'filtered out'],
];

/** A few records of each reason: where they lie, what is wrong, their text on one line. */
export function sampleLines(samples: readonly RowSample[], paint: Paint, columns: number): string[] {
  const lines: string[] = [];
  for (const [reason, title] of TITLES) {
    const ofReason = samples.filter((sample) => sample.reason === reason);
    if (ofReason.length === 0) continue;
    lines.push(paint.yellow(`rows ${title}, for example`));
    for (const sample of ofReason.slice(0, SHOWN_MAX)) lines.push(...oneSample(sample, paint, columns));
  }
  return lines;
}

function oneSample(sample: RowSample, paint: Paint, columns: number): string[] {
  const width = columns - INDENT.length;
  // The place stays in one piece, to be copied.
  const place = printableLine(samplePlace(sample));
  const what = printableLine(sample.message);
  const oneLine = `${place}: ${what}`;
  const told = oneLine.length <= width ? [oneLine] : [`${place}:`, ...wrapWords(what, width)];
  const shown = [...told, paint.dim(cutTo(printableLine(sample.text), width))];
  return shown.map((line) => INDENT + line);
}
