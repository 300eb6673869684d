/**
 * End-to-end tests: the built program against the real systems it has to please.
 *
 *     npm run build && npm run test:e2e [-- SUITE [vitest options]]
 *
 * A suite is a folder beside this file with a prepare.ts that fetches what the suite needs into .cache/e2e and with
 * tests named *.e2e.ts. Without a name all suites run. Results also go to .cache/e2e/SUITE.json, as Vitest's JSON.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const suites = readdirSync(import.meta.dirname).filter((name) =>
  existsSync(join(import.meta.dirname, name, 'prepare.ts')),
);

const [wanted, ...options] = process.argv.slice(2);
if (wanted !== undefined && !suites.includes(wanted)) {
  console.error(`There is no end-to-end suite "${wanted}". The suites are: ${suites.join(', ')}.`);
  process.exit(2);
}
if (!existsSync(join(ROOT, 'dist/cli/main.js'))) {
  console.error('dist/cli/main.js does not exist. Run "npm run build" first: these tests run the built program.');
  process.exit(2);
}

let failed = false;
for (const suite of wanted === undefined ? suites : [wanted]) {
  const { status } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config=test/e2e/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=.cache/e2e/${suite}.json`,
      ...options,
    ],
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, SEGMILL_E2E_SUITE: suite } },
  );
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
