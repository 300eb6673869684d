/** Runs a Node program and measures it from outside. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { CACHE } from './generate.mjs';

const USAGE = pathToFileURL(join(import.meta.dirname, 'usage.mjs')).href;

/**
 * @typedef {object} Measurement
 * @property {number} wallSeconds from spawn to exit, start of Node included
 * @property {number} cpuSeconds user and system time of all threads of the process
 * @property {number} peakMiB greatest resident set
 * @property {string} stdout what the program printed
 */

/**
 * @param {string[]} args program and arguments for `node`
 * @returns {Measurement}
 * @throws {Error} when the program fails; its message holds what the program wrote to stderr
 */
export function measure(args) {
  mkdirSync(CACHE, { recursive: true });
  const usageFile = join(CACHE, `usage-${process.pid}.json`);
  const started = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--import', USAGE, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, SEGMILL_BENCH_USAGE: usageFile },
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (status !== 0) {
    throw new Error(`node ${args.join(' ')} ended with ${signal ?? `exit code ${status}`}:\n${stderr}\n${stdout}`);
  }
  const usage = JSON.parse(readFileSync(usageFile, 'utf8'));
  rmSync(usageFile);
  return { wallSeconds, ...usage, stdout };
}

/** What was measured on, for reports. */
export function machine() {
  return { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
}

/** @param {number[]} values at least one @returns {number} the median */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
