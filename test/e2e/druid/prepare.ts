/**
 * Gets real Druid ready on this machine: fetches the jars of Druid 33, Druid 37 and the Hadoop client with Maven and
 * compiles the Java side of the harness. Everything goes to .cache/e2e; what is there and current stays.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the harness keeps its jars, classes and scratch files; ignored by git. */
export const CACHE = resolve(import.meta.dirname, '../../../.cache/e2e');

const JAVA = join(import.meta.dirname, 'java');
/** Java sources of each harness, beside the jars it compiles against. */
const HARNESSES: readonly [name: string, classes: readonly string[], jars: readonly string[]][] = [
  ['druid33', ['Druid33', 'Dump', 'Env', 'HadoopIndex', 'Loop', 'Prune', 'RunQuery', 'Values'], ['druid33', 'hadoop']],
  ['druid37', ['Druid37', 'Env', 'Loop', 'RunQuery'], ['druid37']],
];

/**
 * Vitest's global set-up of the suite.
 * @throws when Java or Maven is missing, or one of them fails
 */
export default function prepare(): void {
  for (const name of ['druid33', 'hadoop', 'druid37']) {
    const pom = join(import.meta.dirname, 'maven', `${name}.pom.xml`);
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
  for (const [name, classes, jars] of HARNESSES) {
    const sources = classes.map((simpleName) => join(JAVA, 'oracle', `${simpleName}.java`));
    unlessCurrent(join(CACHE, `${name}-classes`), sources, (folder) => {
      console.log(`Compiling the harness for ${name} ...`);
      const classPath = jars.map((jar) => join(CACHE, jar, '*')).join(':');
      run('javac', [
        '-nowarn',
        '-Xlint:none',
        '-proc:none',
        '-XDsuppressNotes',
        '-d',
        folder,
        '-cp',
        classPath,
        ...sources,
      ]);
    });
  }
}

/** Makes a folder anew unless it was made from the very same files. */
function unlessCurrent(folder: string, sources: readonly string[], make: (folder: string) => void): void {
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

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) {
    throw new Error(
      `"${program}" cannot be started (${error.message}). The Druid tests need a JDK 17 and Maven 3 on the PATH.`,
    );
  }
  if (status !== 0) throw new Error(`"${program} ${args.join(' ')}" ended with exit code ${status}`);
}
