import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CountManifest, MapManifest, RunManifest, TaskFile } from '../index/indexPayload.ts';
import type { TaskKind } from '../job.ts';

/** Name of a task's manifest in its attempt directory. */
export const MANIFEST = 'manifest';

/** What a task that has ended well leaves beside its files: then they are a unit that another run may take over. */
export interface UnitManifest {
  readonly kind: TaskKind;
  /** What the task function returned. */
  readonly result: unknown;
  /** Where zips of segments lie that the task has written, in their order. */
  readonly zips: readonly string[];
}

/**
 * Writes the manifest of a task, when all its files are written. Nothing is synced: what a power cut tears is told by its checksum, and
 * made anew.
 */
export function writeManifest(directory: string, manifest: UnitManifest): void {
  const json = JSON.stringify(manifest);
  const path = join(directory, MANIFEST);
  writeFileSync(`${path}.partial`, `${json}\n${checksum(json)}\n`);
  renameSync(`${path}.partial`, path);
}

/** @returns null where there is none that is whole */
export function readManifest(directory: string): UnitManifest | null {
  let text: string;
  try {
    text = readFileSync(join(directory, MANIFEST), 'utf8');
  } catch {
    return null;
  }
  const [json, sum] = text.split('\n');
  return sum === checksum(json) ? JSON.parse(json) : null;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** The files of the attempt directory that a task's result names. */
export function filesOf({ kind, result }: Pick<UnitManifest, 'kind' | 'result'>): readonly TaskFile[] {
  switch (kind) {
    case 'mapIndex': {
      const { runs, keyRuns, druidKeys, letters } = result as MapManifest;
      const ofLetters = letters !== null && 'path' in letters ? [letters] : [];
      return [...runs, ...keyRuns, ...(druidKeys === null ? [] : [druidKeys]), ...ofLetters];
    }
    case 'countKeys':
      return [result as CountManifest];
    case 'scatterRun':
      return [result as RunManifest];
    case 'reduceIndex':
    case 'measureShard':
      return [];
  }
}
