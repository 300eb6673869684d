import { planSplits } from '../../../src/input/splits/splits.ts';
import type { MapPayload } from '../../../src/mapreduce/index/indexPayload.ts';
import type { Engine, PhaseOptions, Task, TaskOutcome, Tasks } from '../../../src/mapreduce/job.ts';
import type { FileStatus } from '../../../src/storage/storage.ts';

/** Has another engine run a job's map phase over splits of another size, so that small inputs make many tasks. */
export class RecutEngine implements Engine {
  readonly #engine: Engine;
  readonly #maxSplitBytes: number;
  readonly #cut = new Set<string>();

  constructor(engine: Engine, maxSplitBytes: number) {
    this.#engine = engine;
    this.#maxSplitBytes = maxSplitBytes;
  }

  async run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const all: Task[] = [];
    for await (const task of tasks) all.push(task);
    return this.#engine.run(this.#isWhole(all) ? this.#recut(all) : all, options);
  }

  /** Splits that were cut once come back when they are read again. */
  #isWhole(tasks: readonly Task[]): boolean {
    if (tasks[0]?.kind !== 'mapIndex') return false;
    const { split } = tasks[0].payload as MapPayload;
    return !this.#cut.has(JSON.stringify(split));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #recut(tasks: readonly Task[]): Task[] {
    const payloads = tasks.map((task) => task.payload as MapPayload);
    const files = new Map<string, FileStatus>();
    for (const { path, length } of payloads.flatMap(({ split }) => split.inputs)) {
      files.set(path, { path, length, isDirectory: false } as FileStatus);
    }
    const splits = planSplits([...files.values()], { maxSplitBytes: this.#maxSplitBytes });
    for (const split of splits) this.#cut.add(JSON.stringify(split));
    return splits.map((split) => ({
      kind: 'mapIndex',
      id: `${payloads[0].pass.type}-${split.index}`,
      label: `split ${split.index}`,
      payload: { ...payloads[0], split } satisfies MapPayload,
    }));
  }
}
