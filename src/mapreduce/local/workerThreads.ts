import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { PROGRAM_ROOT } from '../../programRoot.ts';
import type { AttemptReply, AttemptRequest } from './messages.ts';

export interface ThreadOptions {
  /** Threads at most. */
  readonly workers: number;
  /** Threads to start at once, default none; others start when there are tasks for them. */
  readonly ready?: number;
  /** Module that exports `taskFunctions`; default `mapreduce/tasks`. */
  readonly tasksModule?: URL;
  /** Compiled worker entry; default the one beside this module, or the build's when this module runs from its TypeScript source. */
  readonly workerModule?: URL;
}

/**
 * Megabytes to which a thread's heap grows before V8 looks for garbage all over it. The heap itself holds some ten, but V8 starts from
 * less than that, and buffers count, too: without this one CPU second in fifteen goes into finding nothing.
 */
const INITIAL_HEAP_MB = 128;

/**
 * In Node 20 V8 has nothing between its quick compilers and those that optimize, which every thread of a job of many small segments keeps
 * busy for a tenth of its CPU seconds. With baseline code from the first call on, three times V8's patience before it optimizes
 * JavaScript, and ten times that before WASM (later versions have seven), jobs take three to eight hundredths less. Later versions have a
 * compiler in between, and not all of these flags.
 */
const NODE_20_FLAGS = ['--always-sparkplug', '--interrupt-budget=396000', '--wasm-tiering-budget=18000000'];

/** Threads that run attempts of tasks. To destroy them twice does no harm: an engine does, and so does whoever started them. */
export type WorkerThreads = Piscina<AttemptRequest, AttemptReply>;

/** Threads cannot load TypeScript on every Node we support: from source, too, the built worker is used. */
const BUILT = join(PROGRAM_ROOT, 'dist/mapreduce');

/**
 * Starts threads that load the program, which takes them a good tenth of a second: time for a job to look after other things.
 *
 * @throws Error when the program is not built
 */
export function startThreads({ workers, ready = 0, tasksModule, workerModule }: ThreadOptions): WorkerThreads {
  if (!Number.isInteger(workers) || workers < 1)
    throw new Error(`workers is ${workers}; it must be a whole number above 0.`);
  const worker = workerModule === undefined ? join(BUILT, 'local/worker.js') : fileURLToPath(workerModule);
  if (!existsSync(worker)) throw new Error(`The compiled worker ${worker} is missing. Run npm run build first.`);
  setFlagsFromString(`--initial-heap-size=${INITIAL_HEAP_MB}`);
  if (process.versions.node.startsWith('20.')) for (const flag of NODE_20_FLAGS) setFlagsFromString(flag);
  const threads: WorkerThreads = new Piscina({
    filename: worker,
    argv: [(tasksModule ?? pathToFileURL(join(BUILT, 'tasks.js'))).href],
    minThreads: Math.min(ready, workers),
    maxThreads: workers,
    // Warm threads are kept from phase to phase.
    idleTimeout: Infinity,
  });
  // A thread that dies between tasks, or cannot start: without a listener it would end the process. Whoever runs tasks listens, too.
  threads.on('error', () => undefined);
  return threads;
}
