import { planSplits } from '../../../src/input/splits/splits.ts';
import type { MapPayload } from '../../../src/mapreduce/index/indexPayload.ts';
import type { Engine, PhaseOptions, Task, TaskOutcome, Tasks } from '../../../src/mapreduce/job.ts';
import type { FileStatus } from '../../../src/storage/storage.ts';

/** Has another engine run a job's map phase over splits of another size, so that small inputs make many tasks. */
export class RecutEngine implements Engine {
  readonly #engine: Engine;
  readonly #maxSplitBytes: number;

  constructor(engine: Engine, maxSplitBytes: number) {
    this.#engine = engine;
    this.#maxSplitBytes = maxSplitBytes;
  }

  async run(tasks: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const all: Task[] = [];
    for await (const task of tasks) all.push(task);
    return this.#engine.run(all[0]?.kind === 'mapIndex' ? this.#recut(all) : all, options);
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
    return planSplits([...files.values()], { maxSplitBytes: this.#maxSplitBytes }).map((split) => ({
      kind: 'mapIndex',
      id: `map-${split.index}`,
      label: `split ${split.index}`,
      payload: { ...payloads[0], split } satisfies MapPayload,
    }));
  }
}
