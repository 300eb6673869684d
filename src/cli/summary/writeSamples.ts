import pc from 'picocolors';
import type { DeadLetterReport } from '../../mapreduce/index/deadLetterFile.ts';
import type { RowSample } from '../../row/rowCounts.ts';
import { columnsOf, hasColors, type Io } from '../io.ts';
import { deadLetterLines } from './formatSummary.ts';
import { sampleLines } from './sampleLines.ts';

/** Shows bad rows on stderr, where they are why a command fails. */
export function writeSamples(
  samples: readonly RowSample[],
  deadLetters: DeadLetterReport | null,
  { stderr, env }: Io,
): void {
  const paint = pc.createColors(hasColors(stderr, env));
  const lines = [...sampleLines(samples, paint, columnsOf(stderr)), ...deadLetterLines(deadLetters, paint)];
  if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
}
