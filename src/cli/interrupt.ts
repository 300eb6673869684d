import { ExitCode } from './exitCode.ts';
import type { Io, InterruptSignal } from './io.ts';

/** The reason jobs are aborted with when a person or the system wants the process to end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor(signal: InterruptSignal) {
    super(`interrupted by ${signal}`);
  }
}

/**
 * Runs work that a first signal asks to stop and a second one does not wait for.
 *
 * @param onStop called at the first signal, before the work hears of it
 * @throws what the work throws; when interrupted, mostly the InterruptedError
 */
export async function interruptible<Result>(
  io: Io,
  onStop: () => void,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const release = io.onInterrupt((name) => {
    if (controller.signal.aborted) {
      io.exitNow(ExitCode.interrupted);
      return;
    }
    onStop();
    const again = name === 'SIGINT' ? 'Ctrl-C again' : 'a second signal';
    io.stderr.write(`segmill: ${name}: stopping and cleaning up; ${again} ends at once\n`);
    controller.abort(new InterruptedError(name));
  });
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
}
