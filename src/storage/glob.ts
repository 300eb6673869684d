/** Walks a storage along a path with wildcards, as Hadoop's `FileSystem.globStatus` does with FileInputFormat's filter. */

import { compileGlobComponent, isHiddenName } from './globPattern.ts';
import { expandBraces } from './pathText.ts';
import type { FileStatus, Storage } from './storage.ts';

/**
 * Everything that an absolute path pattern names, each once, in UTF-16 order of paths. Names beginning with `_` or `.` stay out when a
 * wildcard of the last component would find them; a component that itself begins with `_` or `.` finds them, and so does a plain name.
 * (Hadoop refuses even those that the path names outright.) As in Hadoop, wildcards of earlier components do see such directories.
 */
export async function expandGlob(storage: Storage, root: string, pattern: string): Promise<FileStatus[]> {
  const found = new Map<string, FileStatus>();
  for (const alternative of expandBraces(pattern)) {
    const names = alternative.split('/').filter((name) => name !== '');
    const components = names.map((name) => compileGlobComponent(name, pattern));
    const lastWild = components.findLastIndex((component) => component.kind === 'pattern');
    let directories = [root];
    let matches: FileStatus[] = [];
    for (const [depth, component] of components.entries()) {
      const isLast = depth === components.length - 1;
      if (component.kind === 'name') {
        directories = directories.map((directory) => joinPath(directory, component.name));
        continue;
      }
      matches = [];
      for (const directory of directories) {
        for (const child of await storage.list(directory)) {
          const name = baseName(child.path);
          if (!component.regex.test(name)) continue;
          if (isLast ? !component.namesHidden && isHiddenName(name) : !child.isDirectory) continue;
          matches.push(child);
        }
      }
      directories = matches.map((match) => match.path);
    }
    if (components.length === 0 || lastWild < components.length - 1) {
      matches = [];
      for (const path of directories) {
        const status = await storage.status(path);
        if (status !== null) matches.push(status);
      }
    }
    for (const match of matches) found.set(match.path, match);
  }
  return [...found.values()].sort(byPath);
}

/** Order of paths everywhere in this program: UTF-16 code units. */
export function byPath(a: FileStatus, b: FileStatus): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** The last component of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function joinPath(directory: string, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}
