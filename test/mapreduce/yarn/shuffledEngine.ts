import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type {
  CountPayload,
  MapManifest,
  MapPayload,
  ReduceManifest,
} from '../../../src/mapreduce/index/indexPayload.ts';
import type { ReduceBatch } from '../../../src/mapreduce/index/reduceBatch.ts';
import type { Engine, PhaseOptions, Task, TaskContext, TaskOutcome, Tasks } from '../../../src/mapreduce/job.ts';
import { taskFunctions } from '../../../src/mapreduce/tasks.ts';
import { emitKeys } from '../../../src/mapreduce/yarn/shuffle/emitKeys.ts';
import { emitRuns } from '../../../src/mapreduce/yarn/shuffle/emitRuns.ts';
import { keyRunsOf, sectionsOf } from '../../../src/mapreduce/yarn/shuffle/groupPayload.ts';
import { RawBytesReader, RawBytesWriter, type RawRecord } from '../../../src/mapreduce/yarn/shuffle/rawBytes.ts';
import { reducerOf } from '../../../src/mapreduce/yarn/shuffle/reducerOf.ts';
import { type BlockGroup, ShuffleInput } from '../../../src/mapreduce/yarn/shuffle/shuffleInput.ts';

type Segment = ReduceBatch['segments'][number];

const PROGRESS = { addBytes: () => undefined, addRows: () => undefined };

/** Has another engine run a job, but for its reducers: these get their runs as Hadoop's shuffle brings them. */
export class ShuffledEngine implements Engine {
  /** Bytes of blocks that came early and did not fit in memory. */
  spilled = 0;
  readonly #engine: Engine;
  readonly #root: string;
  #maps: MapManifest[] = [];
  #payload: MapPayload | null = null;

  constructor(engine: Engine, root: string) {
    this.#engine = engine;
    this.#root = root;
  }

  async run(source: Tasks, options: PhaseOptions): Promise<TaskOutcome[]> {
    const tasks: Task[] = [];
    for await (const task of source) tasks.push(task);
    const kind = tasks[0]?.kind;
    if (kind === 'reduceIndex') return this.#reduce(tasks);
    if (kind === 'countKeys') return this.#count(tasks);
    const outcomes = await this.#engine.run(tasks, options);
    if (kind === 'mapIndex') {
      this.#maps = outcomes.map(({ result }) => result as MapManifest);
      this.#payload = tasks[0].payload as MapPayload;
    }
    return outcomes;
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  async #reduce(tasks: readonly Task[]): Promise<TaskOutcome[]> {
    const { job } = (this.#payload as MapPayload).config;
    const types = job.dimensions.dimensions.map(({ type }) => type);
    const reducers = 1 + (tasks.length % 3);
    const sorted = this.#shuffle('runs', (records) => {
      this.#maps.forEach((map, number) => {
        const options = {
          map: number,
          firstRun: 0,
          types,
          reducerOf: reducerOf(reducers, []),
          onBytes: () => undefined,
        };
        emitRuns(map.runs, records, options);
      });
    });
    const results = new Map<string, ReduceManifest>();
    const places = tasks.flatMap(({ payload }) => {
      const { config, segments } = payload as ReduceBatch;
      return segments.map((segment) => ({ config, segment }));
    });
    // A reducer's keys begin with its own prefix.
    for (const [prefix, path] of sorted) {
      await this.#withInput(path, async (input) => {
        for (let group = input.nextGroup(); group !== null; group = input.nextGroup()) {
          const { chunk, shard } = group;
          const place = places.findIndex(({ segment }) => isOf(segment, chunk, shard));
          const { config, segment } = places[place];
          const payload: ReduceBatch = { config, segments: [{ ...segment, sections: sectionsOf(group) }] };
          const context = this.#context(`${prefix}-${place}`, input);
          const [manifest] = (await taskFunctions.reduceIndex(payload, context)) as ReduceManifest[];
          results.set(segment.temporaryZip, manifest);
        }
      });
    }
    return tasks.map(({ id, payload }) => {
      const result = (payload as ReduceBatch).segments.map(({ temporaryZip }) => results.get(temporaryZip));
      return { id, result, attempts: 1, wallMs: 0 };
    });
  }

  async #count(tasks: readonly Task[]): Promise<TaskOutcome[]> {
    const sorted = this.#shuffle('keys', (records) => {
      this.#maps.forEach(({ keyRuns }, number) => {
        emitKeys(keyRuns, { map: number, firstRun: 0, parts: tasks.length }, records);
      });
    });
    const results = new Map<number, unknown>();
    for (const [prefix, path] of sorted) {
      await this.#withInput(path, async (input) => {
        const group = input.nextGroup() as BlockGroup;
        const payload = { ...(tasks[group.shard].payload as CountPayload), keyRuns: keyRunsOf(group) };
        results.set(group.shard, await taskFunctions.countKeys(payload, this.#context(`count-${prefix}`, input)));
      });
    }
    return Promise.all(
      tasks.map(async ({ id, payload }, part) => ({
        id,
        result: results.get(part) ?? (await taskFunctions.countKeys(payload, this.#context(`empty-${part}`, null))),
        attempts: 1,
        wallMs: 0,
      })),
    );
  }

  /** Sorts records as Hadoop does. @returns a file of records for each reducer, by the prefix of its keys */
  #shuffle(name: string, emit: (records: RawBytesWriter) => void): Map<string, string> {
    const path = join(this.#root, `${name}.shuffle`);
    const file = openSync(path, 'w');
    const writer = new RawBytesWriter(file);
    emit(writer);
    writer.flush();
    closeSync(file);
    const records: RawRecord[] = [];
    const input = openSync(path, 'r');
    const reader = new RawBytesReader(input);
    for (let record = reader.next(); record !== null; record = reader.next()) records.push(record);
    closeSync(input);
    records.sort((a, b) => Buffer.compare(a.key, b.key));
    const parts = new Map<string, string>();
    for (const prefix of new Set(records.map(({ key }) => key.toString('hex', 0, 3)))) {
      const part = join(this.#root, `${name}-${prefix}`);
      const output = openSync(part, 'w');
      const sorted = new RawBytesWriter(output);
      for (const { key, value } of records) if (key.toString('hex', 0, 3) === prefix) sorted.write(key, value);
      sorted.flush();
      closeSync(output);
      parts.set(prefix, part);
    }
    return parts;
  }

  async #withInput(path: string, use: (input: ShuffleInput) => Promise<void>): Promise<void> {
    const file = openSync(path, 'r');
    const input = new ShuffleInput(new RawBytesReader(file), `${path}.early`);
    await use(input);
    this.spilled += input.spilled;
    input.close();
    closeSync(file);
  }

  #context(name: string, input: ShuffleInput | null): TaskContext {
    const attemptDirectory = join(this.#root, name);
    mkdirSync(attemptDirectory, { recursive: true });
    const context = { attemptDirectory, attempt: 0, progress: PROGRESS };
    return input === null ? context : { ...context, openRun: (path) => input.openRun(path) };
  }
}

function isOf({ interval, sections }: Segment, chunk: number, shard: number): boolean {
  return interval.start === chunk && sections[0].section.shard === shard;
}
