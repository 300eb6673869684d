/**
 * Starts a Hadoop of its own for this suite, by scripts/hadoop: a NameNode and two DataNodes on 127.0.0.1, ports 5000 above
 * the usual ones, everything below .cache/e2e/hadoop-cluster. Stops it again.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Ignored by git. */
export const CLUSTER = join(ROOT, '.cache/e2e/hadoop-cluster');
export const PORT_OFFSET = 5000;

/**
 * Vitest's global set-up of the suite.
 * @returns its tear-down
 * @throws when Java or Maven is missing, or a daemon does not come up
 */
export default function prepare(): () => void {
  hadoop('down');
  rmSync(CLUSTER, { recursive: true, force: true });
  hadoop('up', 'hdfs', '--port-offset', String(PORT_OFFSET));
  return () => hadoop('down');
}

/** Runs scripts/hadoop for the suite's cluster. @throws Error when it fails */
export function hadoop(...args: readonly string[]): void {
  const { status } = spawnSync(join(ROOT, 'scripts/hadoop'), [...args, '--dir', CLUSTER], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`"scripts/hadoop ${args.join(' ')}" ended with exit code ${status}`);
}
