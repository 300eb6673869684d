/** What the process says to the one who called it. Documented in docs/cli.md and in `--help`. */
export const ExitCode = {
  /** What was asked for is done. */
  done: 0,
  /** It was begun, and failed. */
  failed: 1,
  /** It was not begun: the spec or the arguments are wrong. */
  badSpecOrUsage: 2,
  /** Stopped by SIGINT or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The same for `--help`. */
export const EXIT_CODES_TEXT = `Exit codes:
  0    done
  1    the job failed, or what was to be read cannot be
  2    the spec or the arguments are wrong; nothing was begun
  130  stopped by Ctrl-C (SIGINT) or SIGTERM`;
