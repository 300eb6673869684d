/** A ResourceManager in this process, whose applications run their tasks here, one after the other, with real files for a shuffle. */

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HadoopClient } from '../../../src/hadoop/hadoopClient.ts';
import { reducerPrefix } from '../../../src/mapreduce/yarn/shuffle/blockKey.ts';
import { RawBytesReader, RawBytesWriter, type RawRecord } from '../../../src/mapreduce/yarn/shuffle/rawBytes.ts';
import { ShuffleInput } from '../../../src/mapreduce/yarn/shuffle/shuffleInput.ts';
import { mapSplits } from '../../../src/mapreduce/yarn/task/mapTask.ts';
import { unitName, type YarnPlan } from '../../../src/mapreduce/yarn/task/plan.ts';
import { runCount, runReduce } from '../../../src/mapreduce/yarn/task/reduceTask.ts';
import { StreamingProgress } from '../../../src/mapreduce/yarn/task/taskProgress.ts';
import { readJson, UnitCommit } from '../../../src/mapreduce/yarn/task/UnitCommit.ts';
import { hdfsFor } from '../../../src/storage/storage.ts';
import type { WebHdfsStorage } from '../../../src/storage/webhdfs/WebHdfsStorage.ts';
import { json } from '../../storage/webhdfs/fakeHdfs.ts';

interface Application {
  readonly id: string;
  readonly name: string;
  state: 'NEW' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';
  diagnostics: string;
}

export class FakeYarn {
  /** In the order in which they were asked for. */
  readonly applications: Application[] = [];
  /** Waited for before an application runs its tasks. */
  onSubmit: (application: Application) => Promise<void> = async () => undefined;
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));
  readonly #scratch = mkdtempSync(join(tmpdir(), 'segmill-fake-yarn-'));
  readonly #client: () => HadoopClient;

  private constructor(client: () => HadoopClient) {
    this.#client = client;
  }

  /** @param client how tasks reach HDFS */
  static async start(client: () => HadoopClient): Promise<FakeYarn> {
    const fake = new FakeYarn(client);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** `127.0.0.1:port`, for `yarn.resourcemanager.webapp.address` */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url as string, 'http://fake').pathname;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (path === '/conf') return json(response, { properties: [] });
    if (path.endsWith('/new-application')) {
      const id = `application_1700000000000_${String(this.applications.length + 1).padStart(4, '0')}`;
      this.applications.push({ id, name: '', state: 'NEW', diagnostics: '' });
      return json(response, { 'application-id': id, 'maximum-resource-capability': { memory: 4096 } });
    }
    if (path.endsWith('/cluster/apps')) {
      const at = this.applications.findIndex(({ id }) => id === body['application-id']);
      const application: Application = { ...this.applications[at], name: body['application-name'], state: 'RUNNING' };
      this.applications[at] = application;
      void this.#run(application);
      response.writeHead(202, { 'content-length': 0 }).end();
      return;
    }
    const application = this.applications.find(({ id }) => path.includes(`/cluster/apps/${id}`));
    if (application === undefined || application.state === 'NEW') {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    if (request.method === 'PUT') application.state = 'KILLED';
    json(response, { app: { ...application, finalStatus: 'UNDEFINED', queue: 'default' } });
  }

  async #run(application: Application): Promise<void> {
    if (application.name === 'segmill preflight') {
      Object.assign(application, { state: 'FAILED', diagnostics: 'exited with  exitCode: 0' });
      return;
    }
    try {
      await this.onSubmit(application);
      const directory = application.name.replace(/^segmill (\w+) .* in (\S+)$/, '$2/$1');
      const hdfs = hdfsFor(directory, this.#client());
      await this.#pass((await readJson(hdfs, `${directory}/plan.json`)) as YarnPlan, hdfs, application);
      if (application.state === 'RUNNING') application.state = 'FINISHED';
    } catch (error) {
      application.state = 'FAILED';
      application.diagnostics = (error as Error).message;
    }
  }

  async #pass(plan: YarnPlan, hdfs: WebHdfsStorage, application: Application): Promise<void> {
    const folder = join(this.#scratch, application.id);
    mkdirSync(folder);
    const output = openSync(join(folder, 'records'), 'w');
    const writer = new RawBytesWriter(output);
    const progress = new StreamingProgress(() => undefined);
    for (let map = 0; map < plan.mapSplits.length; map++) {
      if (application.state !== 'RUNNING') return;
      const attempt = join(folder, `map-${map}`);
      mkdirSync(attempt);
      const maps = await mapSplits(plan, map, attempt, progress, writer);
      await new UnitCommit(hdfs, plan.directory, unitName('map', map), `${application.id}_m_${map}_0`).commit({ maps });
    }
    writer.flush();
    closeSync(output);
    const sorted = recordsOf(join(folder, 'records')).sort((a, b) => Buffer.compare(a.key, b.key));
    for (let reducer = 0; reducer < plan.reducers; reducer++) {
      if (application.state !== 'RUNNING') return;
      const prefix = Buffer.from(reducerPrefix(reducer, plan.reducers));
      const path = join(folder, `reduce-${reducer}`);
      writeRecords(
        path,
        sorted.filter(({ key }) => key.subarray(0, prefix.length).equals(prefix)),
      );
      const attemptDirectory = join(folder, `attempt-${reducer}`);
      mkdirSync(attemptDirectory);
      const file = openSync(path, 'r');
      const input = new ShuffleInput(new RawBytesReader(file), join(folder, `early-${reducer}`));
      const context = { attemptDirectory, attempt: 0, progress, openRun: (run: string) => input.openRun(run) };
      const unit = new UnitCommit(
        hdfs,
        plan.directory,
        unitName('reduce', reducer),
        `${application.id}_r_${reducer}_0`,
      );
      if (plan.pass.type === 'determine') await runCount(plan, reducer, input, context, hdfs, unit);
      else await runReduce(plan, input, context, hdfs, unit);
      input.close();
      closeSync(file);
    }
  }
}

function recordsOf(path: string): RawRecord[] {
  const file = openSync(path, 'r');
  const reader = new RawBytesReader(file);
  const records: RawRecord[] = [];
  for (let record = reader.next(); record !== null; record = reader.next()) records.push(record);
  closeSync(file);
  return records;
}

function writeRecords(path: string, records: readonly RawRecord[]): void {
  const file = openSync(path, 'w');
  const writer = new RawBytesWriter(file);
  for (const { key, value } of records) writer.write(key, value);
  writer.flush();
  closeSync(file);
}
