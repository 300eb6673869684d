/** Fetches the jars of real Druid with Maven and compiles Java beside them. Everything goes to .cache/e2e; what is there and current stays. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where jars, classes and scratch files of real Druid are kept; ignored by git. */
export const CACHE = resolve(import.meta.dirname, '../../.cache/e2e');

const HARNESS = resolve(import.meta.dirname, '../../test/e2e/druid');
const DRUID33_SOURCES = ['Druid33', 'Dump', 'Env', 'HadoopIndex', 'Loop', 'Prune', 'RunQuery', 'Timeline', 'Values'];
const DRUID37_SOURCES = ['Druid37', 'Env', 'Loop', 'RunQuery'];

/** Folder of the harness's Java sources and of its log4j2.xml. */
export const JAVA = join(HARNESS, 'java');

/** Druid on Java 17 needs these; the same list as in Druid's own bin/run-java. */
export const JAVA_17 = [
  '--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=java.base/java.util=ALL-UNNAMED',
  '--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED',
];

/**
 * Options of JVMs that run the Java of the harness.
 * @param {string} scratch folder for temporary files
 * @returns {string[]}
 */
export function harnessOptions(scratch) {
  return [
    ...JAVA_17,
    '-Xmx3g',
    '-XX:MaxDirectMemorySize=2g',
    '-Duser.timezone=UTC',
    '-Dfile.encoding=UTF-8',
    `-Djava.io.tmpdir=${scratch}`,
    // Hadoop takes every system property that starts with "hadoop." as a setting of its own.
    `-Dhadoop.hadoop.tmp.dir=${join(scratch, 'hadoop')}`,
    `-Ddruid.extensions.directory=${join(scratch, 'no-extensions')}`,
    '-Ddruid.extensions.loadList=[]',
    '-Ddruid.processing.buffer.sizeBytes=67108864',
    '-Ddruid.processing.numThreads=1',
    '-Ddruid.processing.numMergeBuffers=3',
    '-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager',
  ];
}

/** Druid 33 and the Hadoop client: the last Druid with the Hadoop indexer. @throws {Error} when Java or Maven is missing or fails */
export function prepareDruid33() {
  fetchJars('druid33');
  fetchJars('hadoop');
  compile('druid33', DRUID33_SOURCES, ['druid33', 'hadoop']);
}

/** Druid 33 with deep storage in HDFS, as its Hadoop indexer wants it on a cluster: a jar in the folder `druid33-hdfs`. @throws {Error} as above */
export function prepareDruid33Hdfs() {
  prepareDruid33();
  const source = join(JAVA, 'oracle/HdfsPaths.java');
  unlessCurrent(join(CACHE, 'druid33-hdfs'), [source], (folder) => {
    const classes = join(folder, 'classes');
    javac(classes, [source], ['druid33', 'hadoop']);
    mkdirSync(join(classes, 'META-INF/services'), { recursive: true });
    writeFileSync(join(classes, 'META-INF/services/org.apache.druid.initialization.DruidModule'), 'oracle.HdfsPaths\n');
    run('jar', ['--create', '--file', join(folder, 'druid33-hdfs.jar'), '-C', classes, '.']);
  });
}

/** Druid 25: a cluster on PostgreSQL or MySQL. @throws {Error} when Java or Maven is missing or fails */
export function prepareDruid25() {
  fetchJars('druid25');
  fetchJars('druid25-postgresql');
  fetchJars('druid25-mysql');
}

/** Druid 37: its query engines. @throws {Error} when Java or Maven is missing or fails */
export function prepareDruid37() {
  fetchJars('druid37');
  compile('druid37', DRUID37_SOURCES, ['druid37']);
}

/**
 * Folders and jars as a class path, in that order.
 * @param {readonly string[]} folders
 * @param {readonly string[]} jars names of jar folders in the cache
 * @returns {string}
 */
export function classPath(folders, jars) {
  return [...folders, ...jars.map((name) => join(CACHE, name, '*'))].join(':');
}

/** @param {string} name */
function fetchJars(name) {
  const pom = join(HARNESS, 'maven', `${name}.pom.xml`);
  unlessCurrent(join(CACHE, name), [pom], (folder) => {
    console.log(`Fetching the jars of ${name} with Maven ...`);
    run('mvn', [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${folder}`,
    ]);
  });
}

/**
 * @param {string} name
 * @param {readonly string[]} classes simple names
 * @param {readonly string[]} jars
 */
function compile(name, classes, jars) {
  const sources = classes.map((simpleName) => join(JAVA, 'oracle', `${simpleName}.java`));
  unlessCurrent(join(CACHE, `${name}-classes`), sources, (folder) => {
    console.log(`Compiling the harness for ${name} ...`);
    javac(folder, sources, jars);
  });
}

/**
 * @param {string} folder for the classes
 * @param {readonly string[]} sources
 * @param {readonly string[]} jars
 */
function javac(folder, sources, jars) {
  const options = ['-nowarn', '-Xlint:none', '-proc:none', '-XDsuppressNotes'];
  run('javac', [...options, '-d', folder, '-cp', classPath([], jars), ...sources]);
}

/**
 * Makes a folder anew unless it was made from the very same files.
 * @param {string} folder
 * @param {readonly string[]} sources
 * @param {(folder: string) => void} make
 */
function unlessCurrent(folder, sources, make) {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const stamp = hash.digest('hex');
  const stampFile = join(folder, '.made-from');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  make(folder);
  writeFileSync(stampFile, stamp);
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) {
    throw new Error(
      `"${program}" cannot be started (${error.message}). Real Druid needs a JDK 17 and Maven 3 on the PATH.`,
    );
  }
  if (status !== 0) throw new Error(`"${program} ${args.join(' ')}" ended with exit code ${status}`);
}
