/** The configuration of the daemons and their clients. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { security, ticketCommands } from './kerberos.mjs';
import { HOST, paths, ports, ROOT } from './settings.mjs';

const OPENS = '--add-opens=java.base/java.lang=ALL-UNNAMED';

export function writeConf(settings) {
  const { conf, conf2, data, logs, pids } = paths(settings);
  for (const folder of [logs, pids, join(data, 'tmp')]) mkdirSync(folder, { recursive: true });
  // The published jars lack these folders, without which the HTTP servers do not start; empty ones do.
  for (const name of ['hdfs', 'datanode', 'static']) mkdirSync(join(conf, 'webapps', name), { recursive: true });
  mkdirSync(conf2, { recursive: true });
  const at = ports(settings);
  const secure = security(settings);
  write(conf, 'core-site.xml', {
    'fs.defaultFS': `hdfs://${HOST}:${at.nameNode}`,
    'hadoop.tmp.dir': join(data, 'tmp'),
    'hadoop.http.staticuser.user': userInfo().username,
    ...secure.core,
  });
  const hdfs = {
    'dfs.replication': 2,
    'dfs.namenode.name.dir': `file://${join(data, 'name')}`,
    'dfs.namenode.http-address': `${HOST}:${at.nameNodeHttp}`,
    'dfs.namenode.secondary.http-address': `${HOST}:0`,
    'dfs.namenode.datanode.registration.ip-hostname-check': false,
    'dfs.namenode.safemode.extension': 0,
    'dfs.datanode.hostname': HOST,
    'dfs.datanode.du.reserved': 0,
    'dfs.client.use.datanode.hostname': true,
    'dfs.permissions.superusergroup': userInfo().username,
    ...secure.hdfs,
  };
  write(conf, 'hdfs-site.xml', { ...hdfs, ...dataNode(join(data, 'blocks1'), at.dataNode1) });
  write(conf2, 'hdfs-site.xml', { ...hdfs, ...dataNode(join(data, 'blocks2'), at.dataNode2) });
  const yarn = {
    'yarn.resourcemanager.hostname': HOST,
    'yarn.resourcemanager.bind-host': HOST,
    'yarn.resourcemanager.address': `${HOST}:${at.resourceManager}`,
    'yarn.resourcemanager.scheduler.address': `${HOST}:${at.resourceManagerScheduler}`,
    'yarn.resourcemanager.resource-tracker.address': `${HOST}:${at.resourceManagerTracker}`,
    'yarn.resourcemanager.admin.address': `${HOST}:${at.resourceManagerAdmin}`,
    'yarn.resourcemanager.webapp.address': `${HOST}:${at.resourceManagerHttp}`,
    'yarn.nodemanager.hostname': HOST,
    'yarn.nodemanager.bind-host': HOST,
    'yarn.nodemanager.aux-services': 'mapreduce_shuffle',
    'yarn.nodemanager.aux-services.mapreduce_shuffle.class': 'org.apache.hadoop.mapred.ShuffleHandler',
    'yarn.nodemanager.resource.memory-mb': 4096,
    'yarn.nodemanager.resource.cpu-vcores': 4,
    'yarn.scheduler.minimum-allocation-mb': 128,
    // A node that is gone is missed after a minute; the default is ten.
    'yarn.nm.liveness-monitor.expiry-interval-ms': 60_000,
    // A JVM and Node reserve far more addresses than they use.
    'yarn.nodemanager.vmem-check-enabled': false,
    // On a disk that is fuller than this a node turns unhealthy and jobs wait for ever; the default is 90.
    'yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage': 99.5,
    // A disk that fails is noticed at once, and so is one that is mended; the default is two minutes.
    'yarn.nodemanager.disk-health-checker.interval-ms': 2000,
    'yarn.nodemanager.env-whitelist': 'JAVA_HOME,HADOOP_CONF_DIR,HADOOP_MAPRED_HOME,PATH',
    'yarn.application.classpath': `${conf},${paths(settings).jars}/*`,
    ...secure.yarn,
  };
  write(conf, 'yarn-site.xml', { ...yarn, ...nodeManager(data, logs, 1, at.nodeManager1) });
  write(conf2, 'yarn-site.xml', { ...yarn, ...nodeManager(data, logs, 2, at.nodeManager2) });
  const mapred = {
    'mapreduce.framework.name': 'yarn',
    'mapreduce.application.classpath': `${paths(settings).jars}/*`,
    'mapreduce.jobhistory.address': `${HOST}:${at.history}`,
    'mapreduce.jobhistory.admin.address': `${HOST}:${at.historyAdmin}`,
    'mapreduce.jobhistory.webapp.address': `${HOST}:${at.historyHttp}`,
    'yarn.app.mapreduce.am.resource.mb': 512,
    'yarn.app.mapreduce.am.command-opts': `-Xmx384m -XX:+UseSerialGC ${OPENS}`,
    'mapreduce.map.memory.mb': 512,
    'mapreduce.reduce.memory.mb': 512,
    'mapred.child.java.opts': '-Xmx256m -XX:+UseSerialGC',
    'mapreduce.task.io.sort.mb': 64,
    ...secure.mapred,
  };
  write(conf, 'mapred-site.xml', { ...mapred, 'mapreduce.shuffle.port': at.nodeManager1.shuffle });
  write(conf2, 'mapred-site.xml', { ...mapred, 'mapreduce.shuffle.port': at.nodeManager2.shuffle });
  write(conf, 'capacity-scheduler.xml', {
    'yarn.scheduler.capacity.root.queues': 'default',
    'yarn.scheduler.capacity.root.default.capacity': 100,
    'yarn.scheduler.capacity.maximum-am-resource-percent': 0.5,
    'yarn.scheduler.capacity.resource-calculator': 'org.apache.hadoop.yarn.util.resource.DominantResourceCalculator',
  });
  writeFileSync(join(conf, 'log4j.properties'), LOG4J);
}

/** How a client finds the cluster. */
export function clientSettings(settings) {
  const at = ports(settings);
  const conf = relative(ROOT, paths(settings).conf);
  return `export HADOOP_CONF_DIR=${conf.startsWith('..') ? paths(settings).conf : `$PWD/${conf}`}
${ticketCommands(settings)}HDFS  hdfs://${HOST}:${at.nameNode}  (WebHDFS at http://${HOST}:${at.nameNodeHttp})
YARN  http://${HOST}:${at.resourceManagerHttp}, history http://${HOST}:${at.historyHttp}`;
}

function dataNode(folder, { transfer, http, ipc }) {
  return {
    'dfs.datanode.data.dir': `file://${folder}`,
    'dfs.datanode.address': `${HOST}:${transfer}`,
    'dfs.datanode.http.address': `${HOST}:${http}`,
    'dfs.datanode.ipc.address': `${HOST}:${ipc}`,
  };
}

function nodeManager(data, logs, number, { rpc, localizer, http }) {
  return {
    'yarn.nodemanager.address': `${HOST}:${rpc}`,
    'yarn.nodemanager.localizer.address': `${HOST}:${localizer}`,
    'yarn.nodemanager.webapp.address': `${HOST}:${http}`,
    'yarn.nodemanager.local-dirs': join(data, `local${number}`),
    'yarn.nodemanager.log-dirs': join(logs, `containers${number}`),
  };
}

function write(folder, file, properties) {
  const lines = Object.entries(properties).map(
    ([name, value]) => `  <property><name>${name}</name><value>${escapeXml(String(value))}</value></property>`,
  );
  const text = `<?xml version="1.0"?>\n<configuration>\n${lines.join('\n')}\n</configuration>\n`;
  writeFileSync(join(folder, file), text);
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

const LOG4J = `log4j.rootLogger=INFO,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
`;
