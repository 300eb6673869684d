import { chmodSync } from 'node:fs';
import { defineConfig } from 'rolldown';

/**
 * The program as few modules: Node takes longer to load hundreds of small ones, in the main thread and again in each worker, than to run a
 * small job. Entries keep the paths of their sources, since threads, tasks and users name them.
 */
const ENTRIES = ['cli/main', 'index', 'mapreduce/tasks', 'mapreduce/local/worker', 'mapreduce/yarn/task/taskMain'];

export default defineConfig({
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, `src/${entry}.ts`])),
  platform: 'node',
  // Packages stay where npm put them.
  external: /^[^./]/,
  plugins: [
    {
      name: 'command',
      // npx runs the file as a program, and sees to that only when it meets the package for the first time.
      writeBundle: () => chmodSync('dist/cli/main.js', 0o755),
    },
  ],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
});
