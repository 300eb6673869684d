import { expect, test } from 'vitest';
import type { Application, ResourceManager } from '../../../../src/mapreduce/yarn/client/ResourceManager.ts';
import { preflight } from '../../../../src/mapreduce/yarn/driver/preflight.ts';

const OPTIONS = {
  queue: 'default',
  nodeLabel: null,
  runtime: { path: 'hdfs://nn/cache/node.tar.gz', length: 7, modificationMs: 8 },
  isPublic: true,
  tokens: null,
};

/** A ResourceManager whose application ends as is said. */
function manager(state: Application['state'], diagnostics: string, submitted: unknown[] = []): ResourceManager {
  return {
    newApplication: async () => ({ id: 'application_1_0001', memoryMax: 1 }),
    submit: async (document: unknown) => void submitted.push(document),
    application: async () => ({ id: 'application_1_0001', state, diagnostics }),
  } as unknown as ResourceManager;
}

/** As Hadoop 3.4.2 says it. */
const ended = (code: number, said = '') =>
  'Application application_1_0001 failed 1 times (global limit =2; local limit is =1) due to AM Container for ' +
  `appattempt_1_0001_000001 exited with  exitCode: ${code}\nFailing this attempt.Diagnostics: ${said}For more detailed output, check the ` +
  'application tracking page: http://localhost:13088/cluster/app/application_1_0001 Then click on links to logs of each attempt.\n' +
  '. Failing the application.';

function fly(rm: ResourceManager): Promise<void> {
  return preflight(rm, { ...OPTIONS, signal: new AbortController().signal });
}

test('a binary that starts is one container, one attempt', async () => {
  const submitted: unknown[] = [];
  await fly(manager('FAILED', ended(0), submitted));
  expect(submitted).toMatchObject([
    {
      'max-app-attempts': 1,
      'am-container-spec': {
        'local-resources': {
          entry: [
            { key: 'rt', value: { resource: 'hdfs://nn/cache/node.tar.gz', type: 'ARCHIVE', visibility: 'PUBLIC' } },
          ],
        },
        commands: { command: 'rt/node --version 1><LOG_DIR>/stdout 2><LOG_DIR>/stderr' },
      },
    },
  ]);
});

test('one that does not is told with its last words and what to do', async () => {
  const stderr = "rt/node: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by rt/node)";
  const tail =
    '[2026-11-28 20:05:22.728]Container exited with a non-zero exit code 1. Error file: prelaunch.err.\n' +
    `Last 4096 bytes of prelaunch.err :\nLast 4096 bytes of stderr :\n${stderr}\n\n\n`;
  const said =
    '[2026-11-28 20:05:22.386]Exception from container-launch.\nContainer id: container_1_0001_01_000001\nExit code: 1\n\n' +
    `${tail}${tail}`;
  await expect(fly(manager('FAILED', ended(1, said)))).rejects.toThrow(
    new Error(
      `The nodes cannot run the Node binary (application_1_0001): ${stderr}\n` +
        "The nodes' system is older than this Node binary wants. Name one that runs there by --node-runtime: builds for glibc 2.17 exist.",
    ),
  );
});

test('one whose application is killed says nothing of the binary', async () => {
  await expect(fly(manager('KILLED', 'by ann'))).rejects.toThrow(
    new Error('The application application_1_0001, which tried the Node binary, was killed on the cluster.'),
  );
});
