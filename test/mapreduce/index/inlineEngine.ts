import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockEncoder } from '../../../src/kernel/lz4.ts';
import { type MeasurePayload, measureShard } from '../../../src/mapreduce/index/plan/measureTask.ts';
import { type ReduceBatch, reduceBatch } from '../../../src/mapreduce/index/reduceBatch.ts';
import type { Engine, PhaseOptions, Task, TaskContext, TaskOutcome, Tasks } from '../../../src/mapreduce/job.ts';
import { taskFunctions } from '../../../src/mapreduce/tasks.ts';

const NO_PROGRESS = { addBytes: () => undefined, addRows: () => undefined };

/** Runs the tasks of a job one after the other in this thread, with an encoder of the test's choice. */
export class InlineEngine implements Engine {
  readonly #root: string;
  readonly #encoder: BlockEncoder | undefined;

  constructor(root: string, encoder?: BlockEncoder) {
    this.#root = root;
    this.#encoder = encoder;
  }

  async run(tasks: Tasks, { onOutcome }: PhaseOptions): Promise<TaskOutcome[]> {
    const outcomes: TaskOutcome[] = [];
    for await (const task of tasks) {
      const attemptDirectory = join(this.#root, task.id);
      mkdirSync(attemptDirectory, { recursive: true });
      const context: TaskContext = { attemptDirectory, attempt: 0, progress: NO_PROGRESS };
      // Payloads cross a thread or the network in production.
      const payload = structuredClone(task.payload);
      const result = await this.#runTask(task.kind, payload, context);
      const outcome = { id: task.id, result: structuredClone(result), attempts: 1, wallMs: 0 };
      outcomes.push(outcome);
      onOutcome?.(task, outcome);
    }
    return outcomes;
  }

  #runTask(kind: Task['kind'], payload: unknown, context: TaskContext): Promise<unknown> {
    if (this.#encoder !== undefined) {
      if (kind === 'reduceIndex') return reduceBatch(payload as ReduceBatch, context, this.#encoder);
      if (kind === 'measureShard') return measureShard(payload as MeasurePayload, context, this.#encoder);
    }
    return taskFunctions[kind](payload, context);
  }

  async close(): Promise<void> {}
}
