import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 50;
const LAST_MS = 1000;

/**
 * Waits between two looks at an application: not long at first, since small ones end soon, then a second. Returns early when aborted.
 *
 * @param poll looks so far, from 0 on
 */
export async function pollPause(poll: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(LAST_MS, FIRST_MS * 2 ** poll), undefined, { signal }).catch(() => undefined);
}
