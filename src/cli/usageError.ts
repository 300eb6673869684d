import { closestName } from '../spec/suggest.ts';

/** The arguments, or what they name, are wrong: nothing was begun. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What yargs adds to the arguments of every command, and the options every command has. */
const EVERYWHERE = ['help', 'version', 'debug'];

/** Arguments as yargs hands them to a command. */
export interface RawArguments {
  readonly _: readonly (string | number)[];
  readonly [name: string]: unknown;
}

/**
 * Refuses options that a command does not know, options given twice, and arguments too many.
 *
 * @param args as yargs read them
 * @param command its words: `index`
 * @param names of its options and positional arguments
 * @param lists the names among them that may be given more than once
 */
export function checkArguments(
  args: RawArguments,
  command: string,
  names: readonly string[],
  lists: readonly string[] = [],
): void {
  const known = new Set([...names, ...EVERYWHERE, 'h', '_', '$0']);
  for (const [name, value] of Object.entries(args)) {
    if (!known.has(name)) throw unknownOption(name, command, [...names, ...EVERYWHERE]);
    if (name !== '_' && Array.isArray(value) && !lists.includes(name)) {
      throw new UsageError(`option --${name} is given ${value.length} times, once is enough`);
    }
  }
  const extra = args._[command.split(' ').length];
  if (extra !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(String(extra))}`);
}

function unknownOption(name: string, command: string, names: readonly string[]): UsageError {
  const near = closestName(name, names);
  const hint = near === null ? '' : `; did you mean --${near}?`;
  return new UsageError(`unknown option ${name.length === 1 ? '-' : '--'}${name} of "segmill ${command}"${hint}`);
}

/** @param given the word where a command is expected @param commands all there are */
export function unknownCommand(given: string, commands: readonly string[]): UsageError {
  const near = closestName(given, commands);
  const hint = near === null ? `the commands are ${commands.join(', ')}` : `did you mean "${near}"?`;
  return new UsageError(`unknown command ${JSON.stringify(given)}; ${hint}`);
}

/** A whole number from an option's text. */
export function wholeNumber(option: string, text: unknown, minimum: number, maximum: number): number {
  const value = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new UsageError(
    `option --${option} is ${JSON.stringify(text)}, expected a whole number from ${minimum} to ${maximum}`,
  );
}

/** One of some words from an option's text. */
export function oneOf<Word extends string>(option: string, text: unknown, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  const near = closestName(String(text), words);
  const hint = near === null ? '' : `; did you mean ${near}?`;
  throw new UsageError(`option --${option} is ${JSON.stringify(text)}, expected ${words.join(' or ')}${hint}`);
}
