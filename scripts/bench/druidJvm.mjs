/** Runs commands of the test harness (test/e2e/druid/java) in a JVM with Druid 33. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { classPath, harnessOptions, CACHE as JARS, JAVA } from '../druid/jars.mjs';
import { CACHE } from './generate.mjs';

/**
 * What a JVM gets beside the usual.
 * @typedef {object} Extras
 * @property {readonly string[]} [folders] before everything else on the class path
 * @property {readonly string[]} [jars] folders of jars in the cache, before the Hadoop client
 * @property {Readonly<Record<string, string>>} [properties] system properties
 */

/**
 * Runs commands in a JVM of their own, one after the other.
 * @param {readonly string[][]} commands
 * @param {Extras} [extras]
 * @returns {{ exit: number, output: string }[]}
 */
export function inDruid(commands, { folders = [], jars = [], properties = {} } = {}) {
  const scratch = join(CACHE, 'druid', 'jvm');
  mkdirSync(scratch, { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    'java',
    [
      ...harnessOptions(scratch),
      ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
      '-cp',
      classPath([...folders, JAVA, join(JARS, 'druid33-classes')], ['druid33', ...jars, 'hadoop']),
      'oracle.Druid33',
    ],
    { input: commands.map((args) => `${JSON.stringify({ args })}\n`).join(''), encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  if (status !== 0) throw new Error(`The JVM of Druid ended with exit code ${status}:\n${stderr.slice(-4000)}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/**
 * Whether Druid finds each pair of segments equal in all rows, dimensions and metrics.
 * @param {readonly string[]} ours paths of zips
 * @param {readonly string[]} theirs
 * @returns {string} `yes`, or what the first difference is
 */
export function compareSegments(ours, theirs) {
  if (ours.length !== theirs.length) return `${ours.length} segments against ${theirs.length}`;
  const answers = inDruid(ours.map((zip, i) => ['validate', zip, theirs[i]]));
  const different = answers.map(({ output }) => JSON.parse(output)).find(({ same }) => same !== true);
  return different === undefined ? 'yes' : (different.error ?? different.exception);
}
