import { join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Folder of test/e2e to run; run.mjs sets it. */
const suite = process.env.SEGMILL_E2E_SUITE ?? 'druid';

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '../..'),
    include: [`test/e2e/${suite}/**/*.e2e.ts`],
    globalSetup: [join(import.meta.dirname, suite, 'prepare.ts')],
    // One process for all files: it holds the JVMs, and two cores are no place for several of them.
    pool: 'forks',
    isolate: false,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
