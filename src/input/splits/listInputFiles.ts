/** From the paths of a static inputSpec to the files they name, as Hadoop's FileInputFormat lists them. */

import { byPath } from '../../storage/glob.ts';
import { isHiddenName } from '../../storage/globPattern.ts';
import { expandBraces } from '../../storage/pathText.ts';
import { type FileStatus, type Storage, storageFor } from '../../storage/storage.ts';

/** How directories are read; `directoryRules` reads it from jobProperties. */
export interface DirectoryRules {
  /** Go down into directories inside an input directory. */
  readonly recursive: boolean;
  /** When not going down: pass over such directories instead of failing. */
  readonly ignoreSubdirectories: boolean;
}

const RECURSIVE = 'mapreduce.input.fileinputformat.input.dir.recursive';
const IGNORE_SUBDIRECTORIES = 'mapreduce.input.fileinputformat.input.dir.nonrecursive.ignore.subdirs';

/** Reads Hadoop's two switches for directories; both are off by default. */
export function directoryRules(jobProperties: Readonly<Record<string, string>>): DirectoryRules {
  // Hadoop's Configuration.getBoolean: anything but `true` is the default, which is false here.
  const isTrue = (name: string) => jobProperties[name]?.trim().toLowerCase() === 'true';
  return { recursive: isTrue(RECURSIVE), ignoreSubdirectories: isTrue(IGNORE_SUBDIRECTORIES) };
}

/**
 * All input files in UTF-16 order of their paths. A file that several paths name is listed as often as it is named: Hadoop reads it
 * as often. Every alternative of `{a,b}` is a path of its own (HadoopGlobPathSplitter), so each must exist.
 *
 * @param paths after `splitPaths`
 * @param storageOf gives the storage of a path; by default what its scheme says
 * @throws one error that names every path without a match
 */
export async function listInputFiles(
  paths: readonly string[],
  rules: DirectoryRules,
  storageOf: (path: string) => Storage = storageFor,
): Promise<FileStatus[]> {
  const files: FileStatus[] = [];
  const missing: string[] = [];
  for (const path of paths.flatMap(expandBraces)) {
    const storage = storageOf(path);
    const matches = await storage.glob(path);
    if (matches.length === 0) missing.push(missingSentence(storage, path));
    for (const match of matches) {
      if (match.isDirectory) await collectFiles(storage, match, rules, files);
      else files.push(match);
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `${missing.join('\n')}\nCheck inputSpec.paths: relative paths count from ${process.cwd()}, ` +
        `and names beginning with _ or . are found only by a pattern that begins so too.`,
    );
  }
  return files.sort(byPath);
}

async function collectFiles(
  storage: Storage,
  directory: FileStatus,
  rules: DirectoryRules,
  files: FileStatus[],
): Promise<void> {
  for (const child of await storage.list(directory.path)) {
    if (isHiddenName(child.path.slice(child.path.lastIndexOf('/') + 1))) continue;
    if (!child.isDirectory) files.push(child);
    else if (rules.recursive) await collectFiles(storage, child, rules, files);
    else if (!rules.ignoreSubdirectories) {
      throw new Error(
        `Not a file: ${storage.uriOf(child.path)} is a directory inside an input directory. To read what is in it set ` +
          `"${RECURSIVE}": "true" in tuningConfig.jobProperties; to pass over it set "${IGNORE_SUBDIRECTORIES}": "true".`,
      );
    }
  }
}

function missingSentence(storage: Storage, path: string): string {
  return /[*?[\\]/.test(path)
    ? `Input path does not exist: Input Pattern ${storage.uriOf(path)} matches 0 files`
    : `Input path does not exist: ${storage.uriOf(path)}`;
}
