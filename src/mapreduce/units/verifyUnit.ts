import { type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { HadoopClient } from '../../hadoop/hadoopClient.ts';
import { sha256Of } from '../../publish/segmentStore.ts';
import { parentPath } from '../../storage/pathText.ts';
import { storageFor } from '../../storage/storage.ts';
import type { MapManifest, MapPayload, ReduceManifest, TaskFile } from '../index/indexPayload.ts';
import type { ReduceBatch } from '../index/reduceBatch.ts';
import type { Task } from '../job.ts';
import { hashInputs } from './inputHash.ts';
import { filesOf, readManifest, type UnitManifest, writeManifest } from './unitManifest.ts';

const BUFFER_BYTES = 1 << 20;

/**
 * Takes what an earlier run has made for a task, after looking that it is whole and that the input is the one it was made of. Zips of
 * segments get the names that the task would write them under.
 *
 * @param directory of the unit, which belongs to this run
 * @returns the task's result; null where the task has to run
 */
export async function useUnit(task: Task, directory: string, hadoop: HadoopClient | undefined): Promise<unknown> {
  const unit = readManifest(directory);
  if (unit === null || unit.kind !== task.kind) return null;
  try {
    for (const file of filesOf(unit)) {
      // It has moved with its unit.
      (file as { path: string }).path = join(directory, basename(file.path));
      if (!(await isWhole(file))) return null;
    }
    if (task.kind === 'mapIndex') return (await isOfInput(task, unit, hadoop)) ? unit.result : null;
    if (task.kind === 'reduceIndex') return (await claimZips(task, unit, directory, hadoop)) ? unit.result : null;
    return unit.result;
  } catch {
    // What can't be read, or moved, is made anew; where the input can't be read the task will say so.
    return null;
  }
}

async function isWhole({ path, bytes, crc32: sum }: TaskFile): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    return (await file.stat()).size === bytes && (await crc32Of(file)) === sum;
  } finally {
    await file.close();
  }
}

async function crc32Of(file: FileHandle): Promise<number> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let sum = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return sum;
    sum = crc32(buffer.subarray(0, bytesRead), sum);
  }
}

/** Path, length and time of change of the files are in the name of the unit. */
async function isOfInput(task: Task, unit: UnitManifest, hadoop: HadoopClient | undefined): Promise<boolean> {
  const { split } = task.payload as MapPayload;
  const { inputHash } = unit.result as MapManifest;
  return inputHash === (await hashInputs(split, (path) => storageFor(path, hadoop)));
}

/** Name of a zip that a failed run has taken out of deep storage, in the unit's directory. */
export function parkedZip(directory: string, number: number): string {
  return join(directory, `segment-${number}.zip`);
}

async function claimZips(
  task: Task,
  unit: UnitManifest,
  directory: string,
  hadoop: HadoopClient | undefined,
): Promise<boolean> {
  const wanted = (task.payload as ReduceBatch).segments.map(({ temporaryZip }) => temporaryZip);
  const made = unit.result as ReduceManifest[];
  const found: string[] = [];
  for (const [i, { zipSha256 }] of made.entries()) {
    const places = [parkedZip(directory, i), unit.zips[i]];
    const sums = await Promise.all(places.map((path) => sha256Of(path, hadoop)));
    const place = places[sums.indexOf(zipSha256)];
    if (place === undefined) return false;
    found.push(place);
  }
  if (found.length !== wanted.length) return false;
  for (const [i, path] of found.entries()) {
    if (path === wanted[i]) continue;
    const storage = storageFor(wanted[i], hadoop);
    // The job is still making the folders of its segments.
    await storage.mkdirs(parentPath(wanted[i]));
    await storage.rename(path, wanted[i]);
  }
  writeManifest(directory, { ...unit, zips: wanted });
  return true;
}
