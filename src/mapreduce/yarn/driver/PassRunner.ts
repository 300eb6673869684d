import type { WebHdfsStorage } from '../../../storage/webhdfs/WebHdfsStorage.ts';
import type { IndexPhase } from '../../index/indexReport.ts';
import { HistoryServer } from '../client/HistoryServer.ts';
import type { ResourceManager } from '../client/ResourceManager.ts';
import { historyAddress } from '../client/yarnAddresses.ts';
import { checkFits } from '../submit/taskMemory.ts';
import type { YarnPlan } from '../task/plan.ts';
import { applicationName, type JobState, type PassName, writeState } from './JobState.ts';
import { bytesOf, splitsLabel } from './mapSplits.ts';
import { type PassUnits, runPass } from './runPass.ts';
import type { YarnCluster } from './YarnCluster.ts';
import type { YarnIndexOptions } from './yarnOptions.ts';

export interface PassRunnerOptions {
  readonly hdfs: WebHdfsStorage;
  readonly manager: ResourceManager;
  readonly cluster: YarnCluster;
  /** Folder of the job. */
  readonly directory: string;
  readonly state: JobState;
  readonly options: YarnIndexOptions;
}

/** Runs the passes of one job, and remembers on HDFS which application runs which. */
export class PassRunner {
  /** An application may still be running: nobody could reach the cluster to end it. */
  mayRun = false;
  /** Time that the maps of the index pass took, as far as it was watched. */
  mapSeconds = 0;
  readonly #with: PassRunnerOptions;
  #state: JobState;
  #hasSubmitted = false;

  constructor(options: PassRunnerOptions) {
    this.#with = options;
    this.#state = options.state;
  }

  async run(name: PassName, plan: Omit<YarnPlan, 'directory'>): Promise<PassUnits> {
    const { hdfs, manager, directory, options } = this.#with;
    const passPlan: YarnPlan = { ...plan, directory: `${directory}/${name}` };
    const bytesTotal = bytesOf(plan.mapSplits.flat());
    const started = performance.now();
    this.mayRun = true;
    const units = await runPass({
      hdfs,
      manager,
      history: new HistoryServer(historyAddress(options.hadoop.conf), options.hadoop.user),
      plan: passPlan,
      applicationId: this.#state.applications[name] ?? null,
      submit: () => this.#submit(name, passPlan),
      labelOf: (kind, number) =>
        kind === 'map' ? splitsLabel(plan.mapSplits[number]) : `reducer ${number + 1} of ${plan.reducers}`,
      signal: options.signal,
      onProgress: (kind, progress) => {
        const phase: IndexPhase = name === 'determine' ? 'determine' : kind === 'map' ? 'read' : 'merge';
        if (phase === 'read') this.mapSeconds = (performance.now() - started) / 1000;
        options.onProgress?.({ phase, bytesTotal: kind === 'map' ? bytesTotal : 0, ...progress });
      },
      onMessage: (message) => options.onMessage?.(message),
      onEnded: () => {
        this.mayRun = false;
      },
    });
    return units;
  }

  /** Forgets what a pass left, so that it runs again. */
  async forget(name: PassName): Promise<void> {
    const { hdfs, directory } = this.#with;
    const { [name]: _forgotten, ...applications } = this.#state.applications;
    this.#state = { ...this.#state, applications };
    await writeState(hdfs, directory, this.#state);
    await hdfs.remove(`${directory}/${name}`, { recursive: true });
  }

  async #submit(name: PassName, plan: YarnPlan): Promise<string> {
    const { hdfs, manager, cluster, directory, options } = this.#with;
    if (!this.#hasSubmitted) await cluster.preflight(options.signal);
    this.#hasSubmitted = true;
    const { id, memoryMax } = await manager.newApplication();
    checkFits(cluster.memory, memoryMax);
    // Written first: a driver that dies between the two leaves an application that was never submitted, and not one that nobody knows.
    this.#state = { ...this.#state, applications: { ...this.#state.applications, [name]: id } };
    await writeState(hdfs, directory, this.#state);
    const title = applicationName(this.#state.job.dataSource, name, directory);
    this.mayRun = true;
    try {
      await cluster.submit({ applicationId: id, name: title, plan });
    } catch (error) {
      // The answer may be what got lost.
      await manager.kill(id);
      this.mayRun = false;
      throw error;
    }
    options.onMessage?.(
      `${name === 'determine' ? 'determining partitions' : 'indexing'} as ${id}; should this end, "segmill attach ${id}" takes it over`,
    );
    return id;
  }
}
