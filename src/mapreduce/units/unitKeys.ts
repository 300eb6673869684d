import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { JobSpec } from '../../spec/jobSpec.ts';
import type { FileStatus } from '../../storage/storage.ts';
import type { CountPayload, IndexConfig, MapPayload, ScatterPayload, SectionInputRef } from '../index/indexPayload.ts';
import type { ReduceBatch } from '../index/reduceBatch.ts';
import type { Task } from '../job.ts';
import { programIdentity } from './programIdentity.ts';
import { filesOf, type UnitManifest } from './unitManifest.ts';

const KEY_DIGITS = 32;

/**
 * Names tasks by all that decides what they make: a unit of an earlier run that has the name of a task is what the task would make.
 * For map tasks that is the spec, the program, and the split with its files; for others the spec, the program, and what the files hold
 * that earlier tasks have left.
 */
export class UnitKeys {
  readonly #job: string;
  readonly #modified: ReadonlyMap<string, number>;
  /** Of parts of payloads that many tasks share. */
  readonly #digests = new WeakMap<object, string>();
  /** What files of earlier tasks hold, by path. */
  readonly #contents = new Map<string, string>();

  /** @param files the input, as listed */
  constructor(config: IndexConfig, files: readonly FileStatus[]) {
    this.#job = jobKey(config);
    this.#modified = new Map(files.map(({ path, modificationMs }) => [path, modificationMs]));
  }

  /** The task with a name that tells its key. */
  named(task: Task): Task {
    const parts = [this.#job, task.kind, ...this.#partsOf(task)];
    return { ...task, id: `${task.id}-${digest(parts)}` };
  }

  /** Takes note of the files that a task has left. */
  learn(unit: Pick<UnitManifest, 'kind' | 'result'>): void {
    for (const { path, bytes, crc32 } of filesOf(unit)) {
      const content = [unitName(basename(dirname(path))), basename(path), bytes, crc32];
      this.#contents.set(path, content.join('/'));
    }
  }

  #partsOf({ kind, payload }: Task): unknown[] {
    switch (kind) {
      case 'mapIndex':
        return this.#mapParts(payload as MapPayload);
      case 'countKeys': {
        const { config, part, keyRuns } = payload as CountPayload;
        return [this.#configOf(config), part, keyRuns.map(({ path }) => this.#contentOf(path))];
      }
      case 'scatterRun': {
        const { config, plan, sections } = payload as ScatterPayload;
        return [this.#configOf(config), plan, this.#sections(sections)];
      }
      case 'reduceIndex': {
        const { config, segments } = payload as ReduceBatch;
        return [
          this.#configOf(config),
          segments.map(({ interval, sections }) => [interval.start, interval.end, this.#sections(sections)]),
        ];
      }
      case 'measureShard':
        throw new Error('What a plan measures is no unit of a job.');
    }
  }

  #mapParts({ config, pass, split, badRowsMax }: MapPayload): unknown[] {
    const inputs = split.inputs.map(({ index, path, start, end, length, codec, unpacked }) => {
      return [index, path, start, end, length, codec, this.#modified.get(path), unpacked?.startsInLine];
    });
    return [this.#configOf(config), this.#digestOf(pass, () => pass), badRowsMax, split.index, inputs];
  }

  #configOf(config: IndexConfig): string {
    return this.#digestOf(config, () => configParts(config));
  }

  /** A section is told by the file that it stands in, and its chunk and shard. */
  #sections(sections: readonly SectionInputRef[]): string[] {
    return sections.map(({ path, section }) => `${this.#contentOf(path)}/${section.chunk}/${section.shard}`);
  }

  #contentOf(path: string): string {
    const content = this.#contents.get(path);
    if (content === undefined) throw new Error(`No task of this job has left ${path}.`);
    return content;
  }

  #digestOf(shared: object, parts: () => unknown): string {
    const known = this.#digests.get(shared) ?? digest(parts());
    this.#digests.set(shared, known);
    return known;
  }
}

/** Names a job: what the names of all its units have in common. */
export function jobKey(config: IndexConfig): string {
  return digest(configParts(config));
}

/** Name of a unit, from that of an attempt directory. */
export function unitName(attempt: string): string {
  return attempt.replace(/\.\d+$/, '');
}

function configParts({ job, quirks }: IndexConfig): unknown {
  return [programIdentity(), quirks, rowParts(job)];
}

/** What rows and segments depend on: not where they go, under which version, nor what is kept of the job. */
function rowParts(job: JobSpec): unknown {
  const { segmentOutputPath, metadataUpdate, dropExisting, context, taskId, tuning, ...parts } = job;
  const {
    workingPath,
    version,
    useExplicitVersion,
    leaveIntermediate,
    cleanupOnFailure,
    overwriteFiles,
    logParseExceptions,
    ...limits
  } = tuning;
  return [parts, limits];
}

function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_DIGITS);
}
