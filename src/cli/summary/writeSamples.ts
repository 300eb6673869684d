import pc from 'picocolors';
import type { RowSample } from '../../row/rowCounts.ts';
import { columnsOf, hasColors, type Io } from '../io.ts';
import { sampleLines } from './sampleLines.ts';

/** Shows bad rows on stderr, where they are why a command fails. */
export function writeSamples(samples: readonly RowSample[], { stderr, env }: Io): void {
  const lines = sampleLines(samples, pc.createColors(hasColors(stderr, env)), columnsOf(stderr));
  if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
}
