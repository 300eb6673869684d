import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Output } from './io.ts';

/** UTF-16 units written at once. */
const BATCH = 64 * 1024;

/** Writes a text and waits until it is taken. @throws the stream's error, such as EPIPE */
export function writeText(output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Writes lines as fast as the reader takes them, so that the largest dump needs no memory.
 *
 * @param lines without line ends; taken only when there is room
 * @throws the stream's error, or what making a line threw
 */
export async function writeLines(output: Output, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(batches(lines)), output, { end: false });
}

function* batches(lines: Iterable<string>): Generator<string> {
  let batch = '';
  for (const line of lines) {
    batch += `${line}\n`;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = '';
  }
  if (batch !== '') yield batch;
}
