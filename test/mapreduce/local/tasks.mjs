// Tiny task functions for the engine's tests; kinds are those of the real jobs, the payload says what to do.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

class BadDataError extends Error {
  retryable = false;
  details = { file: 'a.json', offset: 17 };
}

const actions = {
  async echo({ value, waitMs }, { progress, attemptDirectory, attempt }) {
    progress.addBytes(10);
    progress.addRows(1);
    await sleep(waitMs ?? 0);
    writeFileSync(join(attemptDirectory, 'out'), String(value));
    return { value, attempt };
  },
  async log({ file, value }) {
    appendFileSync(file, `${value}\n`);
    return { threadId };
  },
  async failOnce({ marker }, { attempt, attemptDirectory, progress }) {
    progress.addRows(100);
    writeFileSync(join(attemptDirectory, 'partial'), 'x');
    if (existsSync(marker)) return { attempt };
    writeFileSync(marker, '');
    throw new Error('disk went away');
  },
  async fail() {
    throw new RangeError('always so');
  },
  async bad({ waitMs }) {
    await sleep(waitMs ?? 0);
    throw new BadDataError('a.json line 3: no timestamp');
  },
  async throwText() {
    throw 'just text';
  },
  async exit({ code }) {
    process.exit(code);
  },
  async late() {
    setTimeout(() => {
      throw new TypeError('in a timer');
    }, 1);
    await sleep(10_000);
  },
  work,
  async spin({ marker }, { attemptDirectory }) {
    writeFileSync(join(attemptDirectory, 'partial'), 'x');
    writeFileSync(marker, '');
    for (;;); // only terminate() ends this
  },
};

// What it is at can be seen in a file.
function work({ state, marker }, { progress }) {
  for (;;) {
    writeFileSync(state, 'between');
    progress.addRows(1);
    writeFileSync(state, 'at work');
    writeFileSync(marker, '');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
}

const run = (payload, context) => actions[payload.action](payload, context);

export const taskFunctions = { mapIndex: run, reduceIndex: run };
