/**
 * Starts and stops real Hadoop on this machine: a NameNode, two DataNodes, a ResourceManager, two NodeManagers and the history server.
 *
 *     scripts/hadoop up [hdfs|yarn|all] [--dir DIR] [--port-offset N] [--kerberos]
 *     scripts/hadoop down | status [--dir DIR]
 *
 * Needs Java 11 or later, and Maven once; with --kerberos a JDK and the KDC of MIT Kerberos. Everything is below .cache/hadoop (or DIR); everything listens on 127.0.0.1.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clientSettings, writeConf } from './conf.mjs';
import { daemons, start, state, stop } from './daemons.mjs';
import { fetchJars } from './jars.mjs';
import { prepareKerberos } from './kerberos.mjs';
import { ROOT, readSettings, saveSettings } from './settings.mjs';

const USAGE = `Usage: scripts/hadoop up [hdfs|yarn|all] [--dir DIR] [--port-offset N] [--kerberos]
       scripts/hadoop down [--dir DIR]
       scripts/hadoop status [--dir DIR]`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { dir: { type: 'string' }, 'port-offset': { type: 'string' }, kerberos: { type: 'boolean' } },
  });
  const [command, what = 'all', ...more] = positionals;
  const known = ['up', 'down', 'status'].includes(command) && ['hdfs', 'yarn', 'all'].includes(what);
  if (!known || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const directory = resolve(ROOT, values.dir ?? '.cache/hadoop');
  if (command === 'up') return up(directory, what, values);
  const settings = readSettings(directory);
  if (settings === null) {
    console.log(`No Hadoop has been started in ${directory}.`);
    return 0;
  }
  if (command === 'down') for (const daemon of [...daemons(settings)].reverse()) await stop(daemon);
  else for (const daemon of daemons(settings)) console.log(`${daemon.name.padEnd(16)} ${await state(daemon)}`);
  return 0;
}

async function up(directory, what, { 'port-offset': offsetText, kerberos: wantsKerberos }) {
  const known = readSettings(directory);
  const portOffset = offsetText === undefined ? (known?.portOffset ?? 0) : Number(offsetText);
  if (!Number.isInteger(portOffset) || portOffset < 0 || portOffset > 40_000) {
    console.error(`--port-offset is ${offsetText}; it must be a whole number from 0 to 40000.`);
    return 2;
  }
  const kerberos = wantsKerberos ?? known?.kerberos ?? false;
  if (known !== null && kerberos !== (known.kerberos ?? false)) {
    console.error(`The file system in ${directory} was made without Kerberos. Use another one, by --dir.`);
    return 2;
  }
  const settings = { directory, portOffset, kerberos };
  saveSettings(settings);
  fetchJars(settings);
  writeConf(settings);
  if (kerberos) prepareKerberos(settings);
  for (const daemon of daemons(settings)) {
    if (what === 'all' || daemon.part === what || daemon.part === 'kdc') await start(daemon, settings);
  }
  console.log(`\n${clientSettings(settings)}`);
  return 0;
}
