/** The daemons: how each is started, when it counts as up, how it is stopped. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kdcDaemons, kerberosEnv } from './kerberos.mjs';
import { HOST, paths, ports } from './settings.mjs';

/** Busy machines take long over seven JVMs. */
const UP_SECONDS_MAX = 300;
const DOWN_SECONDS_MAX = 20;

/** In the order in which they start. */
export function daemons(settings) {
  const at = ports(settings);
  const { conf, conf2 } = paths(settings);
  const nameNode = `http://${HOST}:${at.nameNodeHttp}`;
  const resourceManager = `http://${HOST}:${at.resourceManagerHttp}`;
  const live = `${nameNode}/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo`;
  const nodes = `${resourceManager}/ws/v1/cluster/nodes?states=RUNNING`;
  const hdfs = 'org.apache.hadoop.hdfs.server';
  const yarn = 'org.apache.hadoop.yarn.server';
  const list = [
    ...kdcDaemons(settings),
    {
      name: 'namenode',
      http: at.nameNodeHttp,
      part: 'hdfs',
      heap: 384,
      main: `${hdfs}.namenode.NameNode`,
      url: `${nameNode}/webhdfs/v1/?op=LISTSTATUS`,
      answer: 'FileStatuses',
    },
    {
      name: 'datanode1',
      http: at.dataNode1.http,
      part: 'hdfs',
      heap: 256,
      main: `${hdfs}.datanode.DataNode`,
      url: live,
      answer: `${HOST}:${at.dataNode1.transfer}`,
    },
    {
      name: 'datanode2',
      http: at.dataNode2.http,
      part: 'hdfs',
      heap: 256,
      main: `${hdfs}.datanode.DataNode`,
      url: live,
      answer: `${HOST}:${at.dataNode2.transfer}`,
      second: true,
    },
    {
      name: 'resourcemanager',
      http: at.resourceManagerHttp,
      part: 'yarn',
      heap: 512,
      main: `${yarn}.resourcemanager.ResourceManager`,
      url: `${resourceManager}/ws/v1/cluster/info`,
      answer: 'STARTED',
    },
    {
      name: 'nodemanager1',
      http: at.nodeManager1.http,
      part: 'yarn',
      heap: 384,
      main: `${yarn}.nodemanager.NodeManager`,
      url: nodes,
      answer: `:${at.nodeManager1.rpc}"`,
    },
    {
      name: 'nodemanager2',
      http: at.nodeManager2.http,
      part: 'yarn',
      heap: 384,
      main: `${yarn}.nodemanager.NodeManager`,
      url: nodes,
      answer: `:${at.nodeManager2.rpc}"`,
      second: true,
    },
    {
      name: 'historyserver',
      http: at.historyHttp,
      part: 'yarn',
      heap: 256,
      main: 'org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer',
      url: `http://${HOST}:${at.historyHttp}/ws/v1/history/info`,
      answer: 'historyInfo',
    },
  ];
  return list.map((daemon) => ({
    ...daemon,
    listens: `http://${HOST}:${daemon.http}`,
    // The daemon's own folder first: what is in both comes from there.
    classPath: [...(daemon.second ? [conf2] : []), conf, join(paths(settings).jars, '*')].join(':'),
    pidFile: join(paths(settings).pids, `${daemon.name}.pid`),
    log: join(paths(settings).logs, `${daemon.name}.log`),
  }));
}

/** Whether somebody listens at its HTTP port. */
function isTaken({ listens }) {
  const { hostname, port } = new URL(listens);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Starts a daemon that does not run, and waits until it answers. */
export async function start(daemon, settings) {
  if (pidOf(daemon) !== null) {
    console.log(`${daemon.name.padEnd(16)} runs already`);
    return;
  }
  if (await isTaken(daemon)) {
    const { host } = new URL(daemon.listens);
    throw new Error(
      `Something else listens at ${host}, where the ${daemon.name} would: stop it, or move all ports by --port-offset N (with --dir DIR, ` +
        'if that is another Hadoop of ours).',
    );
  }
  if (daemon.name === 'namenode') format(daemon, settings);
  const started = performance.now();
  mkdirSync(join(daemon.log, '..'), { recursive: true });
  const log = openSync(daemon.log, 'a');
  const child = spawn(daemon.command ?? 'java', daemon.arguments ?? javaArguments(daemon), {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, HADOOP_CONF_DIR: paths(settings).conf, ...javaHome(), ...kerberosEnv(settings) },
  });
  const failed = new Promise((_, reject) => child.once('error', reject));
  failed.catch(() => undefined);
  child.unref();
  if (child.pid === undefined) await failed;
  writeFileSync(daemon.pidFile, `${child.pid}\n`);
  // The NameNode lists a DataNode that died for ten minutes: its own port must be open, too.
  while (pidOf(daemon) === null || !(await isTaken(daemon)) || !(await answers(daemon))) {
    const seconds = (performance.now() - started) / 1000;
    if (pidOf(daemon) === null || seconds > UP_SECONDS_MAX) {
      const tail = readFileSync(daemon.log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
      const what = pidOf(daemon) === null ? 'ended at once' : `has not come up in ${UP_SECONDS_MAX} seconds`;
      throw new Error(`The ${daemon.name} ${what}. The end of its log ${daemon.log}:\n${tail}`);
    }
    await sleep(200);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${daemon.name.padEnd(16)} up in ${seconds} s, pid ${child.pid}`);
}

/** Ends a daemon by its pid, if it runs. */
export async function stop(daemon) {
  const pid = pidOf(daemon);
  if (pid !== null) {
    process.kill(pid, 'SIGTERM');
    const deadline = performance.now() + DOWN_SECONDS_MAX * 1000;
    while (isOurs(pid, daemon) && performance.now() < deadline) await sleep(100);
    if (isOurs(pid, daemon)) process.kill(pid, 'SIGKILL');
    console.log(`${daemon.name.padEnd(16)} stopped`);
  }
  rmSync(daemon.pidFile, { force: true });
}

/** In words. */
export async function state(daemon) {
  const pid = pidOf(daemon);
  if (pid === null) return 'down';
  return (await answers(daemon)) ? `up, pid ${pid}` : `started, but does not answer yet, pid ${pid}; log ${daemon.log}`;
}

function format(daemon, settings) {
  if (existsSync(join(paths(settings).data, 'name/current/VERSION'))) return;
  const { status, stderr, error } = spawnSync('java', [...javaArguments(daemon), '-format', '-nonInteractive'], {
    encoding: 'utf8',
    env: { ...process.env, ...kerberosEnv(settings) },
  });
  if (error)
    throw new Error(`"java" cannot be started (${error.message}): Java 11 or later is needed for the daemons.`);
  if (status !== 0)
    throw new Error(`The file system cannot be formatted:\n${stderr.trimEnd().split('\n').slice(-15).join('\n')}`);
}

function javaArguments({ heap, main, classPath, log }) {
  return [
    `-Xmx${heap}m`,
    '-XX:+UseSerialGC',
    // They start sooner so, and have little to compute.
    '-XX:TieredStopAtLevel=1',
    // The ResourceManager's libraries look into Java's own classes.
    '--add-opens=java.base/java.lang=ALL-UNNAMED',
    '-Djava.net.preferIPv4Stack=true',
    `-Dhadoop.log.dir=${join(log, '..')}`,
    '-cp',
    classPath,
    main,
  ];
}

/** NodeManagers start containers with it. */
function javaHome() {
  if (process.env.JAVA_HOME !== undefined) return {};
  const { stderr } = spawnSync('java', ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  const home = /java\.home = (.+)/.exec(stderr ?? '')?.[1];
  return home === undefined ? {} : { JAVA_HOME: home };
}

/** The pid of a daemon that runs, else null. */
function pidOf(daemon) {
  if (!existsSync(daemon.pidFile)) return null;
  const pid = Number(readFileSync(daemon.pidFile, 'utf8'));
  return isOurs(pid, daemon) ? pid : null;
}

/** Whether a process is this daemon: after a restart of the machine its number may be another's. */
function isOurs(pid, { main }) {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,args=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout !== null && !stdout.startsWith('Z') && stdout.includes(main);
}

async function answers({ url, answer }) {
  // The KDC speaks no HTTP: that its port is open has to do.
  if (url === undefined) return true;
  try {
    const reply = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(5000) });
    // Only Kerberos is answered by 401, and there is no ticket here.
    return reply.status === 401 || (reply.ok && (await reply.text()).includes(answer));
  } catch {
    return false;
  }
}
