import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratchFolder } from './segmill.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/**
 * A job of jobs/wikipedia with a version and with absolute paths, so that Druid can run it too.
 * @param partitionsSpec in place of the job's own
 */
export function wikipediaJob(name: string, partitionsSpec?: object): string {
  const task = JSON.parse(readFileSync(join(ROOT, `jobs/wikipedia/${name}.json`), 'utf8'));
  const out = scratchFolder();
  const { ioConfig, tuningConfig } = task.spec;
  ioConfig.inputSpec.paths = join(ROOT, ioConfig.inputSpec.paths);
  ioConfig.segmentOutputPath = join(out, 'segments');
  tuningConfig.workingPath = join(out, 'work');
  tuningConfig.version = '2026-01-01T00:00:00.000Z';
  tuningConfig.partitionsSpec = partitionsSpec ?? tuningConfig.partitionsSpec;
  return JSON.stringify(task);
}
