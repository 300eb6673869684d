/** The jars of the daemons, from Maven Central: about 100 MB, once. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from './settings.mjs';

const POM = join(import.meta.dirname, 'pom.xml');

export function fetchJars(settings) {
  const { jars } = paths(settings);
  const stamp = createHash('sha256').update(readFileSync(POM)).digest('hex');
  const stampFile = join(jars, '.made-from');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.log('Fetching the jars of Hadoop with Maven (about 100 MB) ...');
  rmSync(jars, { recursive: true, force: true });
  mkdirSync(jars, { recursive: true });
  const { status, error } = spawnSync(
    'mvn',
    ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (error) throw new Error(`"mvn" cannot be started (${error.message}): Maven 3 is needed, once.`);
  if (status !== 0) throw new Error(`Maven ended with exit code ${status}; see above.`);
  writeFileSync(stampFile, stamp);
}
