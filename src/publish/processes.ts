import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process among all that ever were: ids are used again, and in a container every process is number 1. */
export interface ProcessId {
  readonly host: string;
  readonly pid: number;
  /** When it was started: clock ticks since the machine started where that can be told, else 0. */
  readonly startedAt: number;
}

export function thisProcess(): ProcessId {
  return { host: hostname(), pid: process.pid, startedAt: startOf(process.pid) ?? 0 };
}

/** A process as a part of file names, which {@link processOfName} finds again where they begin with it. */
export function processText({ host, pid, startedAt }: ProcessId): string {
  return `${pid}-${startedAt}-${host}~`;
}

/** The process that a name begins with, or null where it begins with none. */
export function processOfName(name: string): ProcessId | null {
  const found = /^(\d+)-(\d+)-([^~]*)~/.exec(name);
  return found === null ? null : { pid: Number(found[1]), startedAt: Number(found[2]), host: found[3] };
}

/** Whether a process runs still. Of another machine that is not known, and taken as true. */
export function isProcessAlive({ host, pid, startedAt }: ProcessId): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not allowed to signal it: it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = startOf(pid);
  return started === null || startedAt === 0 || started === startedAt;
}

/** Field 22 of /proc/PID/stat, whose second one, the name in brackets, may hold blanks; null where there is no /proc. */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return null;
  }
}
