import { parseInstant, parseInterval } from '../time/isoText.ts';
import type { Interval } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { isPlaceholder, PLACEHOLDER_HINT, readString } from './scalar.ts';
import { describeNode, type SpecNode, spotOf } from './specTree.ts';

/** An ISO 8601 interval such as `2024-01-01/P1D`; null after an error. */
export function readInterval(log: SpecLog, node: SpecNode): Interval | null {
  const text = node.kind === 'null' ? null : readString(log, node);
  if (text === null) {
    if (node.kind === 'null') log.error(spotOf(node), 'null stands where an interval belongs', INTERVAL_EXAMPLE);
    return null;
  }
  try {
    return parseInterval(text);
  } catch (error) {
    log.error(spotOf(node), clauseOf(error), null, isPlaceholder(text) ? PLACEHOLDER_HINT : null);
    return null;
  }
}

const INTERVAL_EXAMPLE = 'an ISO 8601 interval such as 2024-01-01/2024-02-01 or 2024-01-01/P1M';

/** An instant: ISO 8601 text or epoch milliseconds; null after an error or for a JSON null. */
export function readInstant(log: SpecLog, node: SpecNode): number | null {
  if (node.kind === 'null') return null;
  if (node.kind === 'number' && Number.isSafeInteger(node.value)) return node.value as number;
  if (node.kind === 'string') {
    try {
      return parseInstant(node.text);
    } catch {
      // Told below, in the same words as for any other value.
    }
  }
  const hint = node.kind === 'string' && isPlaceholder(node.text) ? PLACEHOLDER_HINT : null;
  log.error(
    spotOf(node),
    `${describeNode(node)} is not an instant`,
    'ISO 8601 text such as 2024-01-01T00:00:00Z, or epoch milliseconds',
    hint,
  );
  return null;
}

/** What a thrown error says, as a clause of a longer message: in lower case, without a full stop. */
export function clauseOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\.$/, '').replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase());
}
