import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PhaseProgress, Task } from '../../../src/mapreduce/job.ts';
import { LocalEngine } from '../../../src/mapreduce/local/LocalEngine.ts';
import { lostWorker, TaskError } from '../../../src/mapreduce/local/TaskError.ts';
import { startThreads, type ThreadOptions } from '../../../src/mapreduce/local/workerThreads.ts';
import { compileWorker } from './compileWorker.ts';

const tasksModule = new URL('./tasks.mjs', import.meta.url);
const noAbort = { signal: new AbortController().signal };
let compiled: string;
let workerModule: URL;
let root: string;
const engines: LocalEngine[] = [];

beforeAll(() => {
  compiled = mkdtempSync(join(tmpdir(), 'segmill-worker-'));
  workerModule = compileWorker(compiled);
});
afterAll(() => rmSync(compiled, { recursive: true }));
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'segmill-engine-'));
});
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  rmSync(root, { recursive: true });
});

function engineOf(options: Partial<ThreadOptions> = {}): LocalEngine {
  const { workers = 2 } = options;
  const threads = startThreads({ workers, tasksModule, workerModule, ...options });
  const engine = new LocalEngine({ workers, attemptRoot: join(root, 'attempts'), threads });
  engines.push(engine);
  return engine;
}

function taskOf(id: string, payload: Record<string, unknown>): Task {
  return { kind: 'mapIndex', id, label: `task ${id}`, payload };
}

async function failureOf(promise: Promise<unknown>): Promise<TaskError> {
  const error = await promise.then(
    () => new Error('did not fail'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TaskError);
  return error as TaskError;
}

const attempts = () => (existsSync(join(root, 'attempts')) ? readdirSync(join(root, 'attempts')).sort() : []);

test('outcomes come in the order of the tasks, whatever ends first', async () => {
  const waits = [60, 5, 40, 1, 20];
  const tasks = waits.map((waitMs, at) => taskOf(`map-${at}`, { action: 'echo', value: at * 10, waitMs }));
  const outcomes = await engineOf().run(tasks, noAbort);
  expect(outcomes.map(({ id, result, attempts }) => ({ id, result, attempts }))).toEqual(
    waits.map((_, at) => ({ id: `map-${at}`, result: { value: at * 10, attempt: 0 }, attempts: 1 })),
  );
  expect(outcomes.every(({ wallMs }) => wallMs > 0)).toBe(true);
  expect(attempts()).toEqual(waits.map((_, at) => `map-${at}.0`));
  expect(readFileSync(join(root, 'attempts/map-4.0/out'), 'utf8')).toBe('40');
});

test('one worker is a thread of its own, kept from phase to phase, and starts tasks in order', async () => {
  const engine = engineOf({ workers: 1 });
  const file = join(root, 'log');
  const tasks = Array.from({ length: 20 }, (_, at) => taskOf(`t${at}`, { action: 'log', file, value: at }));
  const first = await engine.run(tasks, noAbort);
  const second = await engine.run([taskOf('again', { action: 'log', file, value: 'x' })], noAbort);
  const threads = new Set([...first, ...second].map(({ result }) => (result as { threadId: number }).threadId));
  expect(threads.size).toBe(1);
  expect(threads.has(0)).toBe(false);
  expect(readFileSync(file, 'utf8').trim().split('\n')).toEqual([...tasks.map((_, at) => String(at)), 'x']);
});

test('no tasks, no outcomes', async () => {
  expect(await engineOf().run([], noAbort)).toEqual([]);
});

test('progress sums the counts of all tasks; those of a failed attempt are taken back', async () => {
  const seen: PhaseProgress[] = [];
  const tasks = [
    taskOf('a', { action: 'echo', value: 1 }),
    taskOf('b', { action: 'failOnce', marker: join(root, 'marker') }),
    taskOf('c', { action: 'echo', value: 1 }),
  ];
  await engineOf().run(tasks, { ...noAbort, onProgress: (progress) => seen.push(progress) });
  // On a busy machine the timer tells, too.
  expect([...new Set(seen.map(({ tasksDone }) => tasksDone))].filter((done) => done > 0)).toEqual([1, 2, 3]);
  expect(seen.at(-1)).toEqual({ bytes: 20, rows: 102, tasksDone: 3, tasksTotal: 3 });
});

test('a failed attempt is made once more in a new directory, and the first directory goes', async () => {
  const outcomes = await engineOf().run([taskOf('a', { action: 'failOnce', marker: join(root, 'marker') })], noAbort);
  expect(outcomes).toMatchObject([{ id: 'a', result: { attempt: 1 }, attempts: 2 }]);
  expect(attempts()).toEqual(['a.1']);
});

test('a task that fails twice fails the phase, with its label and the class of its error', async () => {
  const error = await failureOf(engineOf().run([taskOf('a', { action: 'fail' })], noAbort));
  expect(error.message).toBe('Task task a failed twice, the last time so: always so');
  expect(error).toMatchObject({ name: 'RangeError', taskId: 'a', taskLabel: 'task a', attempts: 2, details: null });
  expect(error.stack).toMatch(
    /^RangeError: Task task a failed twice, the last time so: always so\n {4}at .*tasks\.mjs/,
  );
  expect(attempts()).toEqual([]);
});

test('an error marked final fails at once and keeps message, details and class', async () => {
  const error = await failureOf(engineOf().run([taskOf('a', { action: 'bad' })], noAbort));
  expect(error.message).toBe('a.json line 3: no timestamp');
  expect(error).toMatchObject({ name: 'BadDataError', attempts: 1, details: { file: 'a.json', offset: 17 } });
});

test('anything thrown becomes an error', async () => {
  const error = await failureOf(engineOf().run([taskOf('a', { action: 'throwText' })], noAbort));
  expect(error.message).toBe('Task task a failed twice, the last time so: just text');
});

test('a worker that exits or crashes is replaced; the task is tried once more', async () => {
  const engine = engineOf({ workers: 1 });
  const exited = await failureOf(engine.run([taskOf('a', { action: 'exit', code: 3 })], noAbort));
  expect(exited.message).toBe('Task task a failed twice, the last time so: its worker thread ended with exit code 3.');
  expect(exited).toMatchObject({ name: 'WorkerLostError', attempts: 2 });
  const crashed = await failureOf(engine.run([taskOf('b', { action: 'late' })], noAbort));
  expect(crashed.message).toBe('Task task b failed twice, the last time so: its worker thread crashed: in a timer');
  const outcomes = await engine.run([taskOf('c', { action: 'echo', value: 5 })], noAbort);
  expect(outcomes).toMatchObject([{ result: { value: 5 } }]);
  expect(attempts()).toEqual(['c.0']);
});

// To run out of memory in earnest ends the whole process on some Nodes.
test('a worker that runs out of memory is reported as such', () => {
  const thrown = Object.assign(new Error('Worker terminated due to reaching memory limit: JS heap out of memory'), {
    code: 'ERR_WORKER_OUT_OF_MEMORY',
  });
  expect(lostWorker(thrown)).toMatchObject({
    message: 'its worker thread ran out of memory. Lower tuningConfig.maxRowsInMemory or maxBytesInMemory.',
    retryable: true,
  });
});

test('a failing task stops the others and their directories go; finished ones stay', async () => {
  const marker = join(root, 'marker');
  const engine = engineOf();
  const tasks = [
    taskOf('done', { action: 'echo', value: 1 }),
    taskOf('bad', { action: 'bad' }),
    taskOf('spin', { action: 'spin', marker }),
    taskOf('never', { action: 'echo', value: 1 }),
  ];
  const error = await failureOf(engine.run(tasks, noAbort));
  expect(error.taskId).toBe('bad');
  expect(attempts()).toEqual(['done.0']);
  expect(await engine.run([taskOf('after', { action: 'echo', value: 2 })], noAbort)).toMatchObject([{ attempts: 1 }]);
});

test('of several failures the first task in order is told, after those before it have ended', async () => {
  const tasks = [
    taskOf('slow', { action: 'echo', value: 1, waitMs: 600 }),
    taskOf('bad', { action: 'bad', waitMs: 300 }),
    taskOf('worse', { action: 'bad' }),
    taskOf('never', { action: 'echo', value: 1 }),
  ];
  const ended: string[] = [];
  const onOutcome = ({ id }: Task) => ended.push(id);
  const engine = engineOf({ workers: 3 });
  // So that all three threads are there.
  await engine.run(
    ['x', 'y', 'z'].map((id) => taskOf(id, { action: 'echo', value: 1, waitMs: 100 })),
    noAbort,
  );
  const error = await failureOf(engine.run(tasks, { ...noAbort, onOutcome }));
  expect([error.taskId, ended]).toEqual(['bad', ['slow']]);
});

describe('tasks that come one by one', () => {
  test('are asked for as lanes get free, and begin in their order', async () => {
    let asked = 0;
    async function* source(ended: () => number) {
      for (let i = 0; i < 6; i++) {
        await sleep(1);
        asked++;
        // A lane that asks is free.
        expect(asked - ended()).toBeLessThanOrEqual(2);
        yield taskOf(`t-${i}`, { action: 'echo', value: i });
      }
    }
    let ended = 0;
    const onOutcome = () => ended++;
    const outcomes = await engineOf().run(
      source(() => ended),
      { ...noAbort, onOutcome },
    );
    expect(outcomes.map(({ result }) => (result as { value: number }).value)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('an error of their source fails the phase after the tasks before it; the source is closed', async () => {
    let isClosed = false;
    const ended: string[] = [];
    async function* source() {
      try {
        yield taskOf('a', { action: 'echo', value: 1, waitMs: 50 });
        throw new Error('no more to read');
      } finally {
        isClosed = true;
      }
    }
    const onOutcome = ({ id }: Task) => ended.push(id);
    await expect(engineOf().run(source(), { ...noAbort, onOutcome })).rejects.toThrow(new Error('no more to read'));
    expect([ended, isClosed]).toEqual([['a'], true]);
  });
});

test('abort ends running workers, even busy ones, and rejects with the reason', async () => {
  const controller = new AbortController();
  const marker = join(root, 'marker');
  const engine = engineOf();
  const running = engine.run(
    [taskOf('spin', { action: 'spin', marker }), taskOf('wait', { action: 'echo', value: 1, waitMs: 60_000 })],
    { signal: controller.signal },
  );
  const reason = new Error('stopped by hand');
  const rejected = expect(running).rejects.toBe(reason);
  while (!existsSync(marker)) await sleep(5);
  controller.abort(reason);
  await rejected;
  expect(attempts()).toEqual([]);
  await expect(engine.run([], { signal: controller.signal })).rejects.toBe(reason);
});

test('threads are ended where they tell of their progress, not in the midst of their work', async () => {
  const controller = new AbortController();
  const paths = [0, 1].map((task) => ({ state: join(root, `state-${task}`), marker: join(root, `marker-${task}`) }));
  const running = engineOf({ workers: 2 }).run(
    paths.map((files, task) => taskOf(`work-${task}`, { action: 'work', ...files })),
    { signal: controller.signal },
  );
  const rejected = expect(running).rejects.toThrow(new Error('stopped by hand'));
  while (!paths.every(({ marker }) => existsSync(marker))) await sleep(5);
  controller.abort(new Error('stopped by hand'));
  await rejected;
  expect(paths.map(({ state }) => readFileSync(state, 'utf8'))).toEqual(['between', 'between']);
});

test('close ends a phase that runs, and the engine', async () => {
  const marker = join(root, 'marker');
  const engine = engineOf({ workers: 1 });
  const running = engine.run([taskOf('spin', { action: 'spin', marker })], noAbort);
  const rejected = expect(running).rejects.toThrow(new Error('The engine was closed while a phase was running.'));
  await expect(engine.run([], noAbort)).rejects.toThrow(
    new Error('The engine runs one phase at a time; wait for the one that runs.'),
  );
  while (!existsSync(marker)) await sleep(5);
  await engine.close();
  await rejected;
  await expect(engine.run([], noAbort)).rejects.toThrow(new Error('The engine is closed; make a new one.'));
});

test('close leaves no handle behind', async () => {
  const handles = () => process.getActiveResourcesInfo().filter((name) => /Port|Worker/.test(name)).length;
  const before = handles();
  const engine = engineOf();
  const running = engine.run([taskOf('a', { action: 'echo', value: 1, waitMs: 50 })], noAbort);
  expect(handles()).toBeGreaterThan(before);
  await running;
  await engine.close();
  await engine.close();
  expect(handles()).toBe(before);
});

test('a module without the function says so', async () => {
  const error = await failureOf(engineOf().run([{ ...taskOf('a', {}), kind: 'reduce' as 'mapIndex' }], noAbort));
  expect(error.message).toBe(
    `Task task a failed twice, the last time so: The module ${tasksModule.href} has no function for tasks of the kind 'reduce'.`,
  );
});

test('task ids must be safe file names, each once', async () => {
  const engine = engineOf();
  const same = [taskOf('a', {}), taskOf('a', {})];
  await expect(engine.run(same, noAbort)).rejects.toThrow(new Error("Two tasks have the id 'a'."));
  await expect(engine.run([taskOf('../a', {})], noAbort)).rejects.toThrow(
    new Error("The task id '../a' is not a safe file name."),
  );
});

test('options are checked', () => {
  expect(() => engineOf({ workers: 0 })).toThrow(new Error('workers is 0; it must be a whole number above 0.'));
  expect(() => engineOf({ workerModule: new URL('file:///nowhere/worker.js') })).toThrow(
    new Error('The compiled worker /nowhere/worker.js is missing. Run npm run build first.'),
  );
});
