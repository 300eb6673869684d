import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { IS_SOURCE, PROGRAM_ROOT } from '../../../programRoot.ts';
import type { ArchiveEntry } from './tarGz.ts';

/** Where tasks start, from the root of the program. */
export const TASK_MAIN = 'dist/mapreduce/yarn/task/taskMain.js';

/** Assets that modules load by their place. */
const ASSETS = ['package.json', 'build/kernel.wasm'];
/** Imports of compiled modules. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*(['"])([^'"]+)\1/g;

/**
 * All that a task needs of this program: the compiled modules that its entry reaches, and the packages that those import. Commands
 * and their packages stay behind.
 */
export async function programFiles(): Promise<ArchiveEntry[]> {
  const modules = new Set<string>();
  const packages = new Set<string>();
  await visit(join(PROGRAM_ROOT, TASK_MAIN), modules, packages);
  const files = [...modules, ...ASSETS.map((asset) => join(PROGRAM_ROOT, asset))];
  const entries = files.map((path) => entry(relative(PROGRAM_ROOT, path), path));
  const found = new Map<string, string>();
  for (const name of packages) await visitPackage(name, PROGRAM_ROOT, found);
  for (const [name, directory] of found) {
    for (const file of await readdir(directory, { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name);
      if (!file.isFile() || relative(directory, path).split('/').includes('node_modules')) continue;
      if (/\.(map|md|d\.[cm]?ts|ts)$/.test(file.name)) continue;
      entries.push(entry(`node_modules/${name}/${relative(directory, path)}`, path));
    }
  }
  return entries;
}

function entry(name: string, path: string): ArchiveEntry {
  return { name, source: { path }, isExecutable: false };
}

async function visit(path: string, modules: Set<string>, packages: Set<string>): Promise<void> {
  if (modules.has(path)) return;
  modules.add(path);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!IS_SOURCE) throw error;
    throw new Error(`The compiled module ${path} is missing. Run npm run build first.`);
  }
  for (const [, , name] of text.matchAll(IMPORT)) {
    if (name.startsWith('node:')) continue;
    if (name.startsWith('.')) await visit(resolve(dirname(path), name), modules, packages);
    else packages.add(packageOf(name));
  }
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A package and those it depends on; all go side by side, as npm lays them out. */
async function visitPackage(name: string, from: string, found: Map<string, string>): Promise<void> {
  if (found.has(name)) return;
  const directory = await packageDirectory(name, from);
  // An optional package that is not installed.
  if (directory === null) return;
  found.set(name, directory);
  const { dependencies = {} } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) await visitPackage(dependency, directory, found);
}

/** As Node finds it: in the `node_modules` of a folder or of one above it. */
async function packageDirectory(name: string, from: string): Promise<string | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    try {
      await readFile(join(candidate, 'package.json'));
      return candidate;
    } catch {
      if (folder === dirname(folder)) return null;
    }
  }
}
