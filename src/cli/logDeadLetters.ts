import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DeadLetterReport } from '../mapreduce/index/deadLetterFile.ts';
import { samplePlace } from '../row/rowCounts.ts';
import type { Io } from './io.ts';
import { cutTo, printableLine } from './text/printable.ts';

/** Characters of a row that are printed. */
const TEXT_MAX = 400;

/** Prints the bad rows of a dead-letter file, a line each: what `tuningConfig.logParseExceptions` asks for. */
export async function logDeadLetters({ path }: DeadLetterReport, { stderr }: Io): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const letter = JSON.parse(line) as {
      readonly kind: string;
      readonly path: string;
      readonly line: number;
      readonly offset: number;
      readonly message: string;
      readonly text: string;
    };
    // Nothing is wrong with a row that the spec does not want.
    if (letter.kind === 'thrownAway') continue;
    const row = `${samplePlace(letter)}: ${letter.message}: ${cutTo(letter.text, TEXT_MAX)}`;
    stderr.write(`${printableLine(row)}\n`);
  }
}
