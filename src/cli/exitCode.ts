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
