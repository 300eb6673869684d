/** What `up` chose, for `down` and `status`; and where everything lies. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const HOST = '127.0.0.1';

/** Where Hadoop listens by default; the second DataNode and NodeManager have ports of their own, as they share the machine. */
const PORTS = {
  nameNode: 9000,
  nameNodeHttp: 9870,
  dataNode1: { transfer: 9866, http: 9864, ipc: 9867 },
  dataNode2: { transfer: 9876, http: 9874, ipc: 9877 },
  resourceManager: 8032,
  resourceManagerScheduler: 8030,
  resourceManagerTracker: 8031,
  resourceManagerAdmin: 8033,
  resourceManagerHttp: 8088,
  nodeManager1: { rpc: 8041, localizer: 8040, http: 8042, shuffle: 13562 },
  nodeManager2: { rpc: 8051, localizer: 8050, http: 8052, shuffle: 13563 },
  history: 10020,
  historyAdmin: 10033,
  historyHttp: 19888,
  kdc: 10088,
};

/** The ports of this cluster. */
export function ports({ portOffset }) {
  return shift(PORTS, portOffset);
}

function shift(value, offset) {
  if (typeof value === 'number') return value + offset;
  return Object.fromEntries(Object.entries(value).map(([key, port]) => [key, shift(port, offset)]));
}

export function paths({ directory }) {
  return {
    jars: join(ROOT, '.cache/hadoop/lib'),
    /** For clients and all daemons; second DataNode and NodeManager have a folder of their own that comes first. */
    conf: join(directory, 'conf'),
    conf2: join(directory, 'conf2'),
    data: join(directory, 'data'),
    logs: join(directory, 'logs'),
    pids: join(directory, 'pids'),
  };
}

const FILE = 'settings.json';

/** Null where nothing was ever started. */
export function readSettings(directory) {
  try {
    return { ...JSON.parse(readFileSync(join(directory, FILE), 'utf8')), directory };
  } catch {
    return null;
  }
}

export function saveSettings({ directory, portOffset, kerberos }) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, FILE), `${JSON.stringify({ portOffset, kerberos })}\n`);
}
