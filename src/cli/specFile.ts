import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import type { Io } from './io.ts';
import { bytesText } from './text/numbers.ts';
import { UsageError } from './usageError.ts';

/** A spec's text, and how messages name the place it is from. */
export interface SpecFile {
  readonly name: string;
  readonly text: string;
}

/** Stands for stdin among the arguments, as messages name it: yargs cannot take a lone `-`. */
export const STDIN = '(stdin)';

/** Far beyond any spec, far below any memory. */
const BYTES_MAX = 48 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EACCES: 'permission denied for the user who runs this process',
  EPERM: 'permission denied for the user who runs this process',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is too long',
};

/**
 * Reads a spec: from a file, from stdin for {@link STDIN}, or from the argument itself if that starts with `{`, as Druid's command line does.
 *
 * @throws UsageError when there is no text to be had
 */
export async function readSpecFile(argument: string, io: Io): Promise<SpecFile> {
  if (argument.startsWith('{')) return { name: '(argument)', text: argument };
  if (argument === '') throw new UsageError('the name of the spec is empty');
  const [name, bytes] = argument === STDIN ? [STDIN, await readStdin(io)] : [argument, await readBytes(argument)];
  return { name, text: decode(name, bytes) };
}

async function readStdin(io: Io): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of io.stdin) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > BYTES_MAX) throw tooLarge(STDIN, length);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > BYTES_MAX) throw tooLarge(path, size);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new UsageError(`cannot read ${path}: it is a directory, expected a file with a spec`);
    throw new UsageError(`cannot read ${path}: ${REASONS[code ?? ''] ?? message}`);
  }
}

function tooLarge(name: string, bytes: number): UsageError {
  return new UsageError(
    `${name} has ${bytesText(bytes)}, and a spec may have ${bytesText(BYTES_MAX)}; is this a data file?`,
  );
}

function decode(name: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UsageError(`${name} is UTF-16 text; save it as UTF-8`);
  }
  if (first === 0x1f && second === 0x8b) throw new UsageError(`${name} is a gzip file; unpack it first`);
  throw new UsageError(`${name}:${lineOfBadBytes(bytes)} is not UTF-8 text; save the file as UTF-8`);
}

/** From 1. */
function lineOfBadBytes(bytes: Buffer): number {
  // A line end is never part of a longer character, so lines can be checked one by one.
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
