/**
 * Loaded into a process that is to die: kills it, all its threads at once, when the manifest of one of its tasks gets its name.
 * KILL_AT is the beginning of the task's name, how many such manifests there are then, and `before` or `after`.
 */

import fs, { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join } from 'node:path';

const [kind, count, when] = process.env.KILL_AT.split(' ');
const { renameSync } = fs;

fs.renameSync = (from, to) => {
  const isLast =
    basename(to) === 'manifest' && basename(dirname(to)).startsWith(kind) && done(to) === Number(count) - 1;
  if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL');
  renameSync(from, to);
  if (isLast) process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();

/** Tasks that have ended beside this one. */
function done(manifest) {
  const attempts = dirname(dirname(manifest));
  const names = readdirSync(attempts).filter((name) => name.startsWith(kind));
  return names.filter((name) => fs.existsSync(join(attempts, name, 'manifest'))).length;
}
