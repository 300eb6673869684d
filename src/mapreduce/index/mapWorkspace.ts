import { isDeepStrictEqual } from 'node:util';
import { createRecordReader, type RecordReader } from '../../input/createScanner.ts';
import { RecordBatch } from '../../input/recordBatch.ts';
import type { ScannerOptions } from '../../input/recordScanner.ts';
import { createKernel } from '../../kernel/kernel.ts';
import { Slots } from '../../row/slots.ts';
import type { IndexConfig } from './indexPayload.ts';
import { RowAssembler } from './rowAssembler.ts';

/** Memory of the kernel at first: growing it renews every view of it. */
const KERNEL_RESERVE_BYTES = 64 * 1024 * 1024;

/**
 * What a map task reads records with and gathers rows in. Its buffers fit the rows of the task before: tasks of a job take the
 * workspace over from each other, since growing such buffers anew for every split costs more than most of what is done in them.
 */
export class MapWorkspace {
  readonly config: IndexConfig;
  readonly batch: RecordBatch;
  readonly reader: RecordReader;
  readonly assembler: RowAssembler;
  /** Told of every line that is not a record; set by the task. */
  onMalformed: ScannerOptions['onMalformed'] = () => undefined;

  constructor(config: IndexConfig) {
    const { job } = config;
    const slots = new Slots(job);
    const kernel = createKernel();
    kernel.reserve(KERNEL_RESERVE_BYTES);
    this.config = config;
    this.batch = new RecordBatch(kernel, slots.names);
    this.reader = createRecordReader(job.parse, this.batch, {
      discover: job.dimensions.discover,
      exclusions: new Set(job.dimensions.exclusions),
      onMalformed: (start, end, problem) => this.onMalformed(start, end, problem),
    });
    this.assembler = new RowAssembler(config, slots, kernel);
  }
}

/** The workspace that the thread's last map task left. */
let left: MapWorkspace | null = null;

/** The workspace for a task: that of the task before where both are of one job, else a new one. It has no rows and no counts. */
export function takeWorkspace(config: IndexConfig): MapWorkspace {
  const workspace = left;
  left = null;
  return workspace !== null && isDeepStrictEqual(workspace.config, config) ? workspace : new MapWorkspace(config);
}

/** Leaves a workspace to the thread's next task. One whose task failed is not left: nobody knows what it holds. */
export function leaveWorkspace(workspace: MapWorkspace): void {
  workspace.assembler.reset();
  workspace.onMalformed = () => undefined;
  left = workspace;
}

/** Gives up the memory of the thread's last map task, when other tasks follow. */
export function dropWorkspace(): void {
  left = null;
}
