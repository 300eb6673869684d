/**
 * A small real Druid on 127.0.0.1: ZooKeeper, Coordinator with Overlord, Historical, Broker and Indexer, a JVM each, about 3 GB in
 * all. Ports are free ones. It ends when it is stopped, or with this process.
 */
import { spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeConf } from './clusterConf.mjs';
import { CACHE, classPath, JAVA, JAVA_17 } from './jars.mjs';

/** For each part of the cluster: seconds on an idle machine, minutes on a busy one. */
const START_MS = 600_000;
/** Folders of jars in the cache. */
const JARS = { druid33: ['druid33', 'hadoop'], druid25: ['druid25'] };
/** For processes that are there to answer, not to compute: they start in half the time. */
const LIGHT = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
const STOP_MS = 20_000;
/** Runs a program, writes its pid to a file, and kills it when the input ends: however this process ends, it ends too. */
const WITH_US = `exec 3<&0; file=$1; shift
"$@" 3<&- < /dev/null & pid=$!; echo $pid > "$file"
(cat <&3 > /dev/null; kill -9 $pid) 2> /dev/null & watcher=$!
wait $pid; code=$?; kill $watcher 2> /dev/null; exit $code`;
/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/**
 * @typedef {object} ClusterOptions
 * @property {'druid33' | 'druid25'} [release] default Druid 33; the jars of it are in the cache
 * @property {string} [name] of its folder in the cache
 * @property {number} [slots] for tasks; 0: no Indexer
 * @property {string} [indexerHeap]
 * @property {import('./clusterConf.mjs').MetadataDatabase | null} [metadata] by default Derby within the Coordinator
 * @property {number} [startMs] for each part, by default long enough for a busy machine
 */

/**
 * Starts a cluster with empty deep storage.
 * @param {ClusterOptions} [options]
 * @returns {Promise<Cluster>} once all of it answers
 * @throws {Error} when a part of it does not come up
 */
export async function startCluster({
  release = 'druid33',
  name = 'cluster',
  slots = 4,
  indexerHeap = '3g',
  metadata = null,
  startMs = START_MS,
} = {}) {
  const home = join(CACHE, name);
  rmSync(home, { recursive: true, force: true });
  const ports = await freePorts(6);
  const jars = [...JARS[release], ...(metadata === null ? [] : [`${release}-${metadata.type}`])];
  const cluster = new Cluster(home, ports, jars, startMs);
  try {
    writeConf({ home, deepStorage: cluster.deepStorage, ports: cluster.ports, slots, metadata });
    await cluster.start(slots, indexerHeap);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** A running cluster. */
export class Cluster {
  /** @type {Map<string, import('node:child_process').ChildProcess>} */
  #processes = new Map();
  #jars;
  #startMs;

  /**
   * @param {string} home
   * @param {readonly number[]} ports
   * @param {readonly string[]} jars names of jar folders in the cache
   * @param {number} startMs
   */
  constructor(home, ports, jars, startMs) {
    this.#jars = jars;
    this.#startMs = startMs;
    const [zookeeper, coordinator, broker, historical, indexer, derby] = ports;
    this.home = home;
    this.ports = { zookeeper, coordinator, broker, historical, indexer, derby };
    /** Folder of deep storage. */
    this.deepStorage = join(home, 'segments');
    /** Address of the Coordinator and Overlord. */
    this.overlord = `http://127.0.0.1:${coordinator}`;
    this.broker = `http://127.0.0.1:${broker}`;
  }

  /**
   * @param {number} slots
   * @param {string} indexerHeap
   */
  async start(slots, indexerHeap) {
    const { zookeeper, historical, indexer } = this.ports;
    this.#launch('zookeeper', '128m', [
      '-Dzookeeper.admin.enableServer=false',
      '-cp',
      classPath([JAVA], this.#jars),
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      join(this.home, 'conf/zoo.cfg'),
    ]);
    await this.#answers(`ZooKeeper`, () => connects(zookeeper));
    this.#role('coordinator', '512m');
    await this.#answersHttp('the Coordinator', `${this.overlord}/status/health`);
    this.#role('historical', '512m');
    this.#role('broker', '512m');
    if (slots > 0) this.#role('indexer', indexerHeap);
    await this.#answersHttp('the Historical', `http://127.0.0.1:${historical}/druid/historical/v1/readiness`);
    await this.#answersHttp('the Broker', `${this.broker}/druid/broker/v1/readiness`);
    await this.#answersHttp('the Overlord', `${this.overlord}/druid/indexer/v1/leader`);
    if (slots === 0) return;
    await this.#answersHttp('the Indexer', `http://127.0.0.1:${indexer}/status/health`);
    await this.#answers('the worker', async () => (await this.get('/druid/indexer/v1/workers')).length > 0);
  }

  async stop() {
    const gone = [...this.#processes].reverse().map(async ([name, child]) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      process.kill(this.#pidOf(name), 'SIGTERM');
      // The end of its input is the end of it.
      const timer = setTimeout(() => child.stdin?.end(), STOP_MS);
      await ended;
      clearTimeout(timer);
      child.stdin?.destroy();
    });
    await Promise.all(gone);
    this.#processes.clear();
  }

  /** CPU seconds that the Indexer has used so far: native batch tasks are threads of it. */
  indexerCpuSeconds() {
    const stat = readFileSync(`/proc/${this.#pidOf('indexer')}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }

  /**
   * Rows of a SQL query through the Broker, as objects.
   * @param {string} query
   * @returns {Promise<any[]>}
   */
  async sql(query) {
    return this.#json(`${this.broker}/druid/v2/sql`, { query, context: { useCache: false } });
  }

  /**
   * @param {string} path of the Overlord's or Coordinator's API
   * @returns {Promise<any>}
   */
  get(path) {
    return this.#json(`${this.overlord}${path}`);
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @returns {Promise<any>}
   */
  post(path, body) {
    return this.#json(`${this.overlord}${path}`, body);
  }

  /**
   * Waits until a task has ended.
   * @param {string} id
   * @returns {Promise<{ statusCode: string, errorMsg: string | null, duration: number }>}
   */
  async ended(id) {
    for (;;) {
      const { status } = await this.get(`/druid/indexer/v1/task/${encodeURIComponent(id)}/status`);
      if (status.statusCode !== 'RUNNING') return status;
      await sleep(200);
    }
  }

  /**
   * Waits until as many segments of a data source are served.
   * @param {string} dataSource
   * @param {number} count
   */
  async served(dataSource, count) {
    const query = `SELECT COUNT(*) AS n FROM sys.segments WHERE datasource = '${dataSource}' AND is_available = 1 AND is_overshadowed = 0`;
    await this.#answers(`${count} segments of ${dataSource}`, async () => (await this.sql(query))[0].n >= count);
  }

  /**
   * @param {string} url
   * @param {unknown} [body]
   */
  async #json(url, body) {
    const response = await fetch(
      url,
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /**
   * @param {string} name
   * @param {string} heap
   */
  #role(name, heap) {
    const folders = [join(this.home, 'conf/_common'), join(this.home, 'conf', name), JAVA];
    const path = classPath(folders, this.#jars);
    this.#launch(name, heap, ['-cp', path, 'org.apache.druid.cli.Main', 'server', name]);
  }

  /**
   * @param {string} name
   * @param {string} heap
   * @param {readonly string[]} args
   */
  #launch(name, heap, args) {
    const log = openSync(join(this.home, 'log', `${name}.log`), 'w');
    const options = [
      ...(name === 'indexer' ? [] : LIGHT),
      `-Xmx${heap}`,
      '-XX:MaxDirectMemorySize=600m',
      '-Duser.timezone=UTC',
      '-Dfile.encoding=UTF-8',
      '-Djava.io.tmpdir=var/tmp',
      '-Dderby.system.home=var/derby',
      '-Dderby.stream.error.file=log/derby.log',
      '-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager',
    ];
    const command = [join(this.home, 'var', `${name}.pid`), 'java', ...JAVA_17, ...options, ...args];
    const child = spawn('bash', ['-c', WITH_US, 'bash', ...command], { cwd: this.home, stdio: ['pipe', log, log] });
    this.#processes.set(name, child);
  }

  /** @param {string} name */
  #pidOf(name) {
    return Number(readFileSync(join(this.home, 'var', `${name}.pid`), 'utf8'));
  }

  /**
   * @param {string} what
   * @param {string} url
   */
  #answersHttp(what, url) {
    return this.#answers(what, async () => (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok);
  }

  /**
   * @param {string} what
   * @param {() => Promise<boolean>} isTrue
   */
  async #answers(what, isTrue) {
    const end = Date.now() + this.#startMs;
    /** @type {unknown} */
    let last = null;
    while (Date.now() < end) {
      const dead = [...this.#processes].find(([, child]) => child.exitCode !== null || child.signalCode !== null);
      if (dead !== undefined)
        throw new Error(`Druid's ${dead[0]} ended; see ${join(this.home, 'log', `${dead[0]}.log`)}`);
      try {
        if (await isTrue()) return;
      } catch (error) {
        last = error;
      }
      await sleep(300);
    }
    throw new Error(`Waited ${this.#startMs / 1000} s for ${what} of Druid in vain; see ${join(this.home, 'log')}`, {
      cause: last,
    });
  }
}

/**
 * Ports that are free now: all are held at once, so that none is given twice.
 * @param {number} count
 */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** @param {number} port @returns {Promise<boolean>} */
async function connects(port) {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
