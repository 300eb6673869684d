import { ExitCode } from './exitCode.ts';

/** What of a process is needed to end it. */
export type EndingProcess = Pick<NodeJS.Process, 'exitCode'> & {
  once(event: 'beforeExit', listener: () => void): unknown;
  readonly stderr: { write(text: string): unknown };
};

/**
 * Ends a process with the exit code of what it runs, once that is through. Should it never be, because it waits for something that nobody
 * will do any more, Node would end the process with exit code 13, or without a word: that is told here, and is no success.
 *
 * @param running resolves to the exit code, and never rejects
 */
export function exitWith(running: Promise<number>, process: EndingProcess): void {
  let isOver = false;
  void running.then((code) => {
    isOver = true;
    // Not process.exit: what is still on its way into a pipe would be lost.
    process.exitCode = code;
  });
  process.once('beforeExit', () => {
    if (isOver) return;
    if (process.exitCode === ExitCode.interrupted) {
      process.stderr.write(
        'segmill: interrupted, and not all of what was begun is cleaned up; the next run, or segmill clean, does it\n',
      );
      return;
    }
    process.exitCode = ExitCode.failed;
    process.stderr.write(
      'segmill: ended before its work was done, waiting for something that never came. ' +
        'This looks like a defect of segmill: run it again, and report it, please.\n',
    );
  });
}
