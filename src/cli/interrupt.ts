import { ExitCode } from './exitCode.ts';
import type { InterruptSignal, Io } from './io.ts';

/** The reason jobs are aborted with when a person or the system wants the process to end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  /** @param cause what went wrong while stopping, or undefined */
  constructor(signal: InterruptSignal, cause?: unknown) {
    super(`interrupted by ${signal}; no segments were stored`, { cause });
  }
}

/**
 * Runs work that a first signal asks to stop and a second one does not wait for.
 *
 * @param onStop called at the first signal, before the work hears of it
 * @throws what the work throws; an InterruptedError for all that it throws after the first signal
 */
export async function interruptible<Result>(
  io: Io,
  onStop: () => void,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let stoppedBy: InterruptSignal | null = null;
  const release = io.onInterrupt((name) => {
    if (stoppedBy !== null) {
      io.exitNow(ExitCode.interrupted);
      return;
    }
    stoppedBy = name;
    onStop();
    const again = name === 'SIGINT' ? 'Ctrl-C again' : 'a second signal';
    io.stderr.write(`segmill: ${name}: stopping and cleaning up; ${again} ends at once\n`);
    controller.abort(new InterruptedError(name));
  });
  try {
    return await work(controller.signal);
  } catch (error) {
    if (stoppedBy === null) throw error;
    const isExpected = error === controller.signal.reason || (error instanceof Error && error.name === 'AbortError');
    throw new InterruptedError(stoppedBy, isExpected ? undefined : error);
  } finally {
    release();
  }
}
