/**
 * Loaded before the program (`node --import`): counts its calls that change files or the embedded store, and has one of them fail or end
 * the process. What to do stands in the environment variable FAULTS, a JSON object (`Faults` of faults.ts). Every thread counts for itself.
 */
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import sqlite from 'node-sqlite3-wasm';

const faults = JSON.parse(process.env.FAULTS ?? '{}');
const thread = isMainThread ? 'main' : 'worker';
const { appendFileSync, existsSync, openSync, readdirSync, unlinkSync, writeSync } = fs;
/** Path by file descriptor. */
const opened = new Map();
/** The journal entry that was written last: what is synced next. */
let journalEntry = '';
/** Calls so far, by what they are called. */
const seen = new Map();

/** What a call is about, the same in every run: without ids of processes and jobs. */
function subjectOf(path, bytes) {
  const text = String(path);
  if (text.startsWith('sql:')) return text.slice('sql:'.length);
  if (text.endsWith('/journal.jsonl')) {
    const entry = bytes === null ? null : /^\{"type":"(\w+)"/.exec(Buffer.from(bytes).toString());
    if (entry !== null) journalEntry = entry[1];
    return `journal ${journalEntry}`;
  }
  const inWorld = faults.root === undefined ? text : relative(faults.root, text);
  return inWorld
    .replace(/[0-9a-f]{32}/g, '*')
    .replace(/\d+-\d+-[\w.-]*~/g, '#~')
    .replace(/index\.zip\.[0-9a-f]{8}/g, 'index.zip.*');
}

/** A call of Node's own calls others. */
let isWithin = false;
function within(run) {
  if (isWithin) return run();
  isWithin = true;
  try {
    return run();
  } finally {
    isWithin = false;
  }
}

/** Runs a call, unless it is the one that fails. @param half does a part of it */
function passed(call, path, bytes, run, half) {
  // A statement's own calls count, too.
  if (call === 'sql') return counted(call, path, bytes, run, half);
  return isWithin ? run() : within(() => counted(call, path, bytes, run, half));
}

function counted(call, path, bytes, run, half) {
  const subject = subjectOf(path, bytes);
  const name = `${thread} ${call} ${subject}`;
  const number = seen.get(name) ?? 0;
  seen.set(name, number + 1);
  // What the harness writes is no call of the program's.
  if (faults.trace !== undefined) within(() => appendFileSync(faults.trace, `${JSON.stringify({ name, number })}\n`));
  const { kill, fail } = faults;
  if (fail !== undefined && fails(fail, call, String(path))) throw failure(fail.code, call, path);
  if (kill === undefined || kill.name !== name || kill.number !== number) return run();
  if (kill.when === 'half') half();
  if (kill.when !== 'after') die(name);
  const result = run();
  if (result instanceof Promise) return result.finally(() => die(name));
  die(name);
}

function die(name) {
  within(() => appendFileSync(faults.hit, `${name}\n`));
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

let failing = 0;
/** A disk that is full stays full, one that is read-only stays so. */
function fails({ calls, under, after = 0 }, call, path) {
  if (!calls.includes(call) || !path.startsWith(under)) return false;
  // What is not there is told first.
  if (['unlink', 'rmdir', 'rm'].includes(call) && !existsSync(path)) return false;
  return failing++ >= after;
}

const TEXTS = {
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
  EIO: 'i/o error',
};
function failure(code, call, path) {
  const text = `${code}: ${TEXTS[code]}, ${call}`;
  const named = call === 'write' || call === 'fsync' ? text : `${text} '${path}'`;
  return Object.assign(new Error(named), { code, syscall: call, ...(named === text ? {} : { path: String(path) }) });
}

const nothing = () => {};
const isWriting = (flags) => (typeof flags === 'number' ? (flags & 3) !== 0 : !/^r[s]?$/.test(flags ?? 'r'));

/** Puts a function before one of an object. @param around is given the original, bound */
function wrap(object, name, around) {
  const original = object[name];
  object[name] = function (...args) {
    return around(original.bind(this), args, this);
  };
}

/** Files of a folder go, its folders stay. */
function removeFilesIn(path) {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isFile()) unlinkSync(`${path}/${entry.name}`);
  } catch {
    // none there
  }
}

/** Makes the file, without what was to be written to it. */
function makeEmpty(path, options) {
  openSync(path, options?.flag ?? 'w');
}

for (const [name, call] of [
  ['mkdirSync', 'mkdir'],
  ['mkdtempSync', 'mkdir'],
  ['rmdirSync', 'rmdir'],
  ['unlinkSync', 'unlink'],
]) {
  wrap(fs, name, (run, args) => passed(call, args[0], null, () => run(...args), nothing));
}
for (const [name, call] of [
  ['mkdir', 'mkdir'],
  ['rmdir', 'rmdir'],
  ['unlink', 'unlink'],
]) {
  wrap(fs.promises, name, async (run, args) => passed(call, args[0], null, () => run(...args), nothing));
}
wrap(fs, 'rmSync', (run, args) =>
  passed(
    'rm',
    args[0],
    null,
    () => run(...args),
    () => removeFilesIn(args[0]),
  ),
);
wrap(fs.promises, 'rm', async (run, args) =>
  passed(
    'rm',
    args[0],
    null,
    () => run(...args),
    () => removeFilesIn(args[0]),
  ),
);
wrap(fs, 'renameSync', (run, args) => passed('rename', args[1], null, () => run(...args), nothing));
wrap(fs.promises, 'rename', async (run, args) => passed('rename', args[1], null, () => run(...args), nothing));
for (const name of ['writeFileSync', 'appendFileSync']) {
  wrap(fs, name, (run, args) =>
    passed(
      'write',
      args[0],
      args[1],
      () => run(...args),
      () => makeEmpty(args[0], args[2]),
    ),
  );
}
wrap(fs.promises, 'writeFile', async (run, args) =>
  passed(
    'write',
    args[0],
    args[1],
    () => run(...args),
    () => makeEmpty(args[0], args[2]),
  ),
);

wrap(fs, 'openSync', (run, args) => {
  const open = () => {
    const file = run(...args);
    opened.set(file, args[0]);
    return file;
  };
  return isWriting(args[1]) ? passed('open', args[0], null, open, nothing) : open();
});
wrap(fs, 'writeSync', (run, args) => {
  const [file, bytes] = args;
  if (!opened.has(file)) return run(...args);
  const text = typeof bytes === 'string';
  const [offset = 0, length = bytes.length - offset, position = null] = text ? [] : args.slice(2);
  const half = text
    ? () => writeSync(file, bytes.slice(0, bytes.length >> 1))
    : () => writeSync(file, bytes, offset, length >> 1, position);
  return passed('write', opened.get(file), bytes, () => run(...args), half);
});
for (const [name, call] of [
  ['fsyncSync', 'fsync'],
  ['fdatasyncSync', 'fsync'],
  ['ftruncateSync', 'truncate'],
]) {
  wrap(fs, name, (run, args) => passed(call, opened.get(args[0]) ?? '', null, () => run(...args), nothing));
}

wrap(fs, 'fsync', async (run, [file, done]) => {
  const sync = () => new Promise((resolve, reject) => run(file, (error) => (error ? reject(error) : resolve())));
  try {
    await passed('fsync', opened.get(file) ?? '', null, sync, nothing);
  } catch (error) {
    done(error);
    return;
  }
  done(null);
});

const paths = new WeakMap();
wrap(fs.promises, 'open', async (run, args) => {
  const open = async () => {
    const handle = await run(...args);
    paths.set(handle, args[0]);
    return handle;
  };
  return isWriting(args[1]) ? passed('open', args[0], null, open, nothing) : open();
});
const handle = await fs.promises.open(process.execPath, 'r');
const FileHandle = Object.getPrototypeOf(handle);
await handle.close();
for (const [name, call] of [
  ['write', 'write'],
  ['writeFile', 'write'],
  ['sync', 'fsync'],
  ['datasync', 'fsync'],
]) {
  wrap(FileHandle, name, async (run, args, file) =>
    passed(call, paths.get(file) ?? '', args[0] ?? null, () => run(...args), nothing),
  );
}

/** Statements that change something, or make it count. */
const CHANGING = /^(BEGIN|CREATE|INSERT|UPDATE|DELETE|COMMIT)\b/;
function statement(sql, run) {
  const [word] = CHANGING.exec(sql) ?? [];
  if (word === undefined) return run();
  const [table = ''] = /\b(?:segmill_jobs|druid_segments)\b/.exec(sql) ?? [];
  return passed('sql', `sql:${`${table} ${word}`.trim()}`, null, run, nothing);
}
wrap(sqlite.Database.prototype, 'all', (run, args) => statement(args[0], () => run(...args)));
const native = process.getBuiltinModule?.('node:sqlite') ?? optional('node:sqlite');
if (native !== undefined) {
  wrap(native.DatabaseSync.prototype, 'prepare', (run, [sql]) => {
    const prepared = run(sql);
    return { all: (...values) => statement(sql, () => prepared.all(...values)) };
  });
}

function optional(name) {
  try {
    return createRequire(import.meta.url)(name);
  } catch {
    return undefined;
  }
}

syncBuiltinESMExports();
