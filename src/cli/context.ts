import type { runIndexJob } from '../mapreduce/index/indexJob.ts';
import type { planIndexJob } from '../mapreduce/index/plan/planIndexJob.ts';
import type * as yarn from '../mapreduce/yarn/driver/yarnIndexJob.ts';
import type { recordJob } from '../publish/metadata/sqlite/jobHistory.ts';
import type { Io } from './io.ts';

/** What commands have done by others; tests put their own there. Loaded when first needed, so that `--help` is quick. */
export interface Services {
  loadRunIndexJob(): Promise<typeof runIndexJob>;
  loadPlanIndexJob(): Promise<typeof planIndexJob>;
  loadRecordJob(): Promise<typeof recordJob>;
  /** The engine for Hadoop clusters. */
  loadYarn(): Promise<Pick<typeof yarn, 'runYarnIndexJob' | 'findYarnJob'>>;
}

export const ownServices: Services = {
  loadRunIndexJob: async () => (await import('../mapreduce/index/indexJob.ts')).runIndexJob,
  loadPlanIndexJob: async () => (await import('../mapreduce/index/plan/planIndexJob.ts')).planIndexJob,
  loadRecordJob: async () => (await import('../publish/metadata/sqlite/jobHistory.ts')).recordJob,
  loadYarn: () => import('../mapreduce/yarn/driver/yarnIndexJob.ts'),
};

/** What every command gets beside its arguments. */
export interface Context {
  readonly io: Io;
  readonly services: Services;
  /** Stack traces are wanted. */
  readonly debug: boolean;
}

/** What a command line asks for, once it is understood. Resolves to the exit code. */
export type Action = (context: Context) => Promise<number>;

/** Takes the one action of a command line. */
export type Choose = (action: Action) => void;
