/** Processes of containers: the suite's NodeManagers start them on this machine, where /proc tells which is which. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TASK_MAIN } from '../../../src/mapreduce/yarn/archives/programFiles.ts';
import { CLUSTER } from '../hadoop/prepare.ts';
import { type Driver, until } from '../hadoop/yarnJobs.ts';

/** A process in a container. */
export interface ContainerProcess {
  readonly pid: number;
  /** Which NodeManager started it: 1 or 2. */
  readonly node: number;
  readonly directory: string;
  readonly arguments: readonly string[];
}

/** The Node process of a task. */
export interface NodeTask extends ContainerProcess {
  /** `attempt_..._m_000003_0` */
  readonly attempt: string;
}

const MASTER = 'org.apache.hadoop.mapreduce.v2.app.MRAppMaster';
/** A task's process lives for a second, where it has little to do. */
const PAUSE_MS = 20;

/** All that run now. */
function containerProcesses(): ContainerProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const directory = ofProc(() => readlinkSync(`/proc/${name}/cwd`)) ?? '';
    const command = ofProc(() => readFileSync(`/proc/${name}/cmdline`, 'utf8')) ?? '';
    const [, node] = /^\/local([12])\//.exec(directory.replace(join(CLUSTER, 'data'), '')) ?? [];
    return node === undefined
      ? []
      : [{ pid: Number(name), node: Number(node), directory, arguments: command.split('\0').slice(0, -1) }];
  });
}

/** Waits for a task's Node process and stops it: it neither ends nor fails, until it is killed or continued. */
export async function heldTask(
  application: string,
  kind: 'map' | 'reduce',
  running: Driver,
  isWanted: (task: NodeTask) => boolean = () => true,
): Promise<NodeTask> {
  const find = () => nodeTasks(application, kind).find(isWanted);
  const task = await until(find, running, PAUSE_MS);
  process.kill(task.pid, 'SIGSTOP');
  return task;
}

/** Lets a task that is held run for moments, until something is so. */
export async function stepped({ pid }: NodeTask, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    process.kill(pid, 'SIGCONT');
    await sleep(PAUSE_MS);
    process.kill(pid, 'SIGSTOP');
  }
}

function nodeTasks(application: string, kind: 'map' | 'reduce'): NodeTask[] {
  const job = application.slice('application_'.length);
  return containerProcesses().flatMap((found) => {
    const [main, argument] = found.arguments.slice(-2);
    if (argument !== kind || !main?.endsWith(basename(TASK_MAIN))) return [];
    const environment = ofProc(() => readFileSync(`/proc/${found.pid}/environ`, 'utf8'));
    const attempt = /\0mapreduce_task_attempt_id=([^\0]+)/.exec(environment ?? '')?.[1];
    return attempt?.includes(`_${job}_`) ? [{ ...found, attempt }] : [];
  });
}

/** The JVM of an application's master, once it runs. */
export function masterProcess(application: string): ContainerProcess | undefined {
  return containerProcesses().find(({ directory, arguments: [program, ...rest] }) => {
    // That of the application before may still be ending.
    return directory.includes(`/${application}/`) && program?.endsWith('/java') && rest.includes(MASTER);
  });
}

/** Kills all that a NodeManager has started. */
export function killContainers(node: number): void {
  for (const found of containerProcesses()) {
    // A parent may have ended with its child.
    if (found.node === node) ofProc(() => process.kill(found.pid, 'SIGKILL'));
  }
}

/** Bytes that a process has read so far, from files and sockets alike. */
export function bytesRead({ pid }: ContainerProcess): number {
  const io = ofProc(() => readFileSync(`/proc/${pid}/io`, 'utf8'));
  return Number(/^rchar: (\d+)$/m.exec(io ?? '')?.[1] ?? 0);
}

/** Ports that a process is connected to. */
export function portsConnected({ pid }: ContainerProcess): number[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => ofProc(() => readlinkSync(`/proc/${pid}/fd/${fd}`))),
  );
  const lines = ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(`/proc/${pid}/net/${file}`, 'utf8').split('\n').slice(1),
  );
  return lines.flatMap((line) => {
    const [, , remote, state, , , , , , inode] = line.trim().split(/\s+/);
    const isConnected = state === '01' && sockets.has(`socket:[${inode}]`);
    return isConnected ? [Number.parseInt(remote.slice(remote.indexOf(':') + 1), 16)] : [];
  });
}

/** @returns null for a process that has ended meanwhile */
function ofProc<Found>(read: () => Found): Found | null {
  try {
    return read();
  } catch {
    return null;
  }
}
