import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Long-running tests, by `npm run test:long`: many more seeds than `npm test` has time for. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    maxWorkers: availableParallelism(),
  },
});
