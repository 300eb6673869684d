/** Compiles the worker entry into a directory of its own: threads cannot load TypeScript on Node 20. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export function compileWorker(directory: string): URL {
  const repository = fileURLToPath(new URL('../../../', import.meta.url));
  const source = join(repository, 'src/mapreduce/local/worker.ts');
  const flags =
    '--ignoreConfig --target ES2022 --module NodeNext --rewriteRelativeImportExtensions --allowImportingTsExtensions --skipLibCheck';
  execFileSync(
    process.execPath,
    [
      join(repository, 'node_modules/typescript/bin/tsc'),
      ...flags.split(' '),
      '--types',
      'node',
      '--typeRoots',
      join(repository, 'node_modules/@types'),
      '--rootDir',
      join(repository, 'src'),
      '--outDir',
      directory,
      source,
    ],
    { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}\n');
  return pathToFileURL(join(directory, 'mapreduce/local/worker.js'));
}
