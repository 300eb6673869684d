import type { SpecLog } from './problem.ts';
import { isPlaceholder, PLACEHOLDER_HINT } from './scalar.ts';
import { quote, type Spot } from './specTree.ts';
import { clauseOf } from './times.ts';

/** UTF-16 units. Far beyond what a person writes; V8 needs minutes for patterns of megabytes. */
const LENGTH_MAX = 65_536;

/**
 * Makes a pattern of the spec ready once, so that one that cannot be used is an error of the spec and not of the first task.
 * @param compile what the tasks will do with the pattern, and throws where they would
 */
export function checkRegex(log: SpecLog, spot: Spot, pattern: string, compile: (pattern: string) => unknown): void {
  if (pattern.length > LENGTH_MAX) {
    log.error(spot, `the regex ${quote(pattern)} has ${pattern.length} characters, and it may have ${LENGTH_MAX}`);
    return;
  }
  try {
    compile(pattern);
  } catch (error) {
    log.error(spot, clause(error, pattern), null, isPlaceholder(pattern) ? PLACEHOLDER_HINT : null);
  }
}

function clause(error: unknown, pattern: string): string {
  // Groups inside groups are read by recursion.
  if (error instanceof RangeError) return `the regex ${quote(pattern)} is nested too deep`;
  const own = /^Invalid regular expression: .*: (.*)$/s.exec((error as Error).message);
  // V8's message has the translated pattern in it, which its author has never seen.
  if (own !== null) return `the regex ${quote(pattern)} can't be used: ${(own[1] as string).toLowerCase()}`;
  return clauseOf(error).replaceAll(JSON.stringify(pattern), () => quote(pattern));
}
