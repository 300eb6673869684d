/** The configuration of a small real Druid on 127.0.0.1. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @typedef {object} MetadataDatabase
 * @property {'postgresql' | 'mysql'} type
 * @property {string} connectURI
 * @property {string} user
 * @property {string} password
 */

/**
 * @typedef {object} ClusterPlan
 * @property {string} home the folder that everything of the cluster is in
 * @property {string} deepStorage
 * @property {Record<'zookeeper' | 'coordinator' | 'broker' | 'historical' | 'indexer' | 'derby', number>} ports
 * @property {number} slots for tasks
 * @property {MetadataDatabase | null} metadata null: Derby within the Coordinator
 */

/**
 * Makes the folders of a cluster and writes what its processes read.
 * @param {ClusterPlan} plan
 */
export function writeConf({ home, deepStorage, ports, slots, metadata }) {
  for (const folder of ['conf/_common', 'log', 'var/derby', 'var/tmp', 'segments']) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  const { zookeeper, coordinator, broker, historical, indexer, derby } = ports;
  const write = (/** @type {string} */ file, /** @type {Record<string, string | number | boolean>} */ properties) => {
    const path = join(home, 'conf', file);
    mkdirSync(dirname(path), { recursive: true });
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(path, lines.join(''));
  };
  write('zoo.cfg', {
    tickTime: 2000,
    dataDir: join(home, 'var/zk'),
    clientPort: zookeeper,
    clientPortAddress: '127.0.0.1',
    'admin.enableServer': false,
  });
  write('_common/common.runtime.properties', {
    // Extensions are on the class path; nothing is loaded from a folder.
    'druid.extensions.loadList': '[]',
    'druid.extensions.directory': 'var/no-extensions',
    'druid.host': '127.0.0.1',
    'druid.bindOnHost': true,
    'druid.startup.logging.logProperties': false,
    'druid.zk.service.host': `127.0.0.1:${zookeeper}`,
    ...(metadata === null ? derbyProperties(derby) : databaseProperties(metadata)),
    'druid.storage.type': 'local',
    'druid.storage.storageDirectory': deepStorage,
    'druid.storage.zip': true,
    'druid.indexer.logs.type': 'file',
    'druid.indexer.logs.directory': 'var/indexing-logs',
    'druid.selectors.indexing.serviceName': 'druid/overlord',
    'druid.selectors.coordinator.serviceName': 'druid/coordinator',
    'druid.emitter': 'noop',
    'druid.lookup.enableLookupSyncOnStartup': false,
    'druid.server.http.numThreads': 20,
    // As in Druid 33, which has no other way: null is not the empty string.
    'druid.generic.useDefaultValueForNull': false,
    'druid.processing.buffer.sizeBytes': '50MiB',
    'druid.processing.numThreads': 2,
    'druid.processing.numMergeBuffers': 2,
    'druid.processing.tmpDir': 'var/tmp/processing',
  });
  write('coordinator/runtime.properties', {
    'druid.service': 'druid/coordinator',
    'druid.plaintextPort': coordinator,
    'druid.coordinator.startDelay': 'PT5S',
    'druid.coordinator.period': 'PT3S',
    'druid.coordinator.asOverlord.enabled': true,
    'druid.coordinator.asOverlord.overlordService': 'druid/overlord',
    'druid.manager.segments.pollDuration': 'PT3S',
    'druid.manager.segments.useIncrementalCache': 'never',
    'druid.indexer.queue.startDelay': 'PT2S',
    'druid.indexer.runner.type': 'httpRemote',
    'druid.indexer.storage.type': 'metadata',
  });
  write('broker/runtime.properties', {
    'druid.service': 'druid/broker',
    'druid.plaintextPort': broker,
    'druid.broker.http.numConnections': 10,
    'druid.broker.cache.useCache': false,
    'druid.broker.cache.populateCache': false,
    // By default it may be a minute until the Broker knows the columns of a new data source.
    'druid.sql.planner.metadataRefreshPeriod': 'PT1S',
  });
  write('historical/runtime.properties', {
    'druid.service': 'druid/historical',
    'druid.plaintextPort': historical,
    'druid.server.maxSize': '20g',
    'druid.segmentCache.locations': '[{"path":"var/segment-cache","maxSize":"20g"}]',
  });
  write('indexer/runtime.properties', {
    'druid.service': 'druid/indexer',
    'druid.plaintextPort': indexer,
    'druid.worker.capacity': slots,
    'druid.worker.numConcurrentMerges': Math.max(1, slots >> 1),
    'druid.indexer.task.baseTaskDir': 'var/task',
    // An Indexer leaves a task that was shut down in its slot as long as this, by default five minutes.
    'druid.indexer.task.gracefulShutdownTimeout': 'PT1S',
  });
}

/** @param {number} port */
function derbyProperties(port) {
  return {
    'druid.metadata.storage.type': 'derby',
    'druid.metadata.storage.connector.host': '127.0.0.1',
    'druid.metadata.storage.connector.port': port,
    'druid.metadata.storage.connector.connectURI': `jdbc:derby://127.0.0.1:${port}/druid;create=true`,
  };
}

/** @param {MetadataDatabase} database */
function databaseProperties({ type, connectURI, user, password }) {
  return {
    'druid.metadata.storage.type': type,
    'druid.metadata.storage.connector.connectURI': connectURI,
    'druid.metadata.storage.connector.user': user,
    'druid.metadata.storage.connector.password': password,
    // Read only where the type is mysql; the driver is under a free licence, unlike MySQL's.
    'druid.metadata.mysql.driver.driverClassName': 'org.mariadb.jdbc.Driver',
  };
}
