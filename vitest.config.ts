import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/long/**'],
    testTimeout: 30_000,
    // Removing what golden jobs have written takes its time on a busy machine.
    hookTimeout: 60_000,
    pool: 'threads',
    // Vitest would leave one core alone, which is half of a machine with two.
    maxWorkers: availableParallelism(),
  },
});
