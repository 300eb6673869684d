import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { BlockEncoder } from '../../src/kernel/lz4.ts';
import { runIndexJob } from '../../src/mapreduce/index/indexJob.ts';
import type { Quirks } from '../../src/mapreduce/index/indexPayload.ts';
import type { IndexReport } from '../../src/mapreduce/index/indexReport.ts';
import { readSpec } from '../../src/spec/readSpec.ts';
import { InlineEngine } from '../mapreduce/index/inlineEngine.ts';

let scratch: string | null = null;

afterAll(() => {
  if (scratch !== null) rmSync(scratch, { recursive: true, force: true });
  scratch = null;
});

/** A new folder, removed when the test file is through. */
export function outputFolder(): string {
  scratch ??= mkdtempSync(join(tmpdir(), 'segmill-run-'));
  return mkdtempSync(join(scratch, 'out-'));
}

/** Runs a spec in this thread. @param encoder in place of the product's own */
export async function runSpec(specText: string, quirks: Quirks, encoder?: BlockEncoder): Promise<IndexReport> {
  const { job, problems } = readSpec(specText, 'spec.json');
  if (job === null) throw new Error(problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'));
  const options = { workers: 1, quirks, signal: new AbortController().signal };
  return runIndexJob(job, options, (root) => new InlineEngine(root, encoder));
}
