/** Publishing into the metadata database of a real Druid 25, which has to serve what was published there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../scripts/druid/cluster.mjs';
import { TOP_PAGES, TUTORIAL, topPages, totals } from '../overlord/answers.ts';
import { DAY, storedVersions } from '../overlord/druidTasks.ts';
import { startIndex, wikipediaTask } from '../overlord/jobs.ts';
import { overwriteUnderQueries, overwriteWithFewerHours } from '../overlord/overwrite.ts';
import { type Server, startMariadb, startPostgresql } from '../publish/servers.ts';

/** Four JVMs on a busy machine, and once more. */
const START_MS = 1_200_000;
/** Milliseconds for each JVM. Druid 25 comes up in half a minute, or now and then not at all. */
const PATIENCE_MS = 240_000;
const PASSWORD = { SEGMILL_METADATA_PASSWORD: 'diurd' };

describe.each([
  { name: 'PostgreSQL', kind: 'postgresql', type: 'postgresql', start: startPostgresql },
  { name: 'MariaDB', kind: 'mariadb', type: 'mysql', start: startMariadb },
] as const)('Druid 25 on $name', ({ kind, type, start }) => {
  let server: Server;
  let cluster: Cluster;
  beforeAll(async () => {
    server = await start();
    const connectURI = `jdbc:${kind}://127.0.0.1:${server.port}/druid`;
    const metadata = { type, connectURI, user: 'druid', password: 'diurd' };
    const options = { release: 'druid25', name: `${kind}-cluster`, slots: 0, metadata, startMs: PATIENCE_MS } as const;
    cluster = await startCluster(options).catch(() => startCluster(options));
  }, START_MS);
  afterAll(async () => {
    await cluster?.stop();
    await server?.stop();
  });

  function options(...more: string[]): string[] {
    return ['--metadata', `jdbc:${kind}://127.0.0.1:${server.port}/druid?user=druid`, ...more];
  }

  it("what a spec's metadataUpdateSpec publishes is served, with the tutorial's figures", async () => {
    const dataSource = 'by_spec';
    const connectURI = `jdbc:${kind}://127.0.0.1:${server.port}/druid`;
    const password = { type: 'environment', variable: 'DRUID_DB_PASSWORD' };
    const metadataUpdateSpec = { type, connectURI, user: 'druid', password, segmentTable: 'druid_segments' };
    const spec = wikipediaTask(dataSource, { shards: 2, output: cluster.deepStorage, metadataUpdateSpec });
    const { exit, stderr } = await startIndex(spec, [], { DRUID_DB_PASSWORD: 'diurd' }).ended;
    expect([exit, stderr]).toEqual([0, expect.not.stringContaining('segmill:')]);
    await expect.poll(() => totals(cluster, dataSource), { timeout: 180_000 }).toEqual(TUTORIAL);
    expect(await topPages(cluster, dataSource)).toEqual(TOP_PAGES);
  });

  it('an overwrite while queries run never shows a mix or a gap', () =>
    overwriteUnderQueries(cluster, cluster.deepStorage, options(), PASSWORD));

  it("an overwrite with fewer hours shows what Druid's indexer made of them, and hides the others where that is asked for", async () => {
    await overwriteWithFewerHours(cluster, 'fewer_hours', options(), PASSWORD);
  });

  it('its Overlord publishes too, though it has no worker for a task', async () => {
    const dataSource = 'by_overlord';
    const spec = wikipediaTask(dataSource, { shards: 2, output: cluster.deepStorage });
    const { exit, stderr } = await startIndex(spec, ['--quiet', '--overlord', cluster.overlord]).ended;
    expect([exit, stderr]).toEqual([0, '']);
    await expect.poll(() => totals(cluster, dataSource), { timeout: 180_000 }).toEqual(TUTORIAL);
  });

  it('a newer version that somebody else put there stops a job, whichever way it publishes', async () => {
    const dataSource = 'newer';
    const newer = '2999-01-01T00:00:00.000Z';
    const task = (version?: string) =>
      wikipediaTask(dataSource, { output: cluster.deepStorage, ...(version === undefined ? {} : { version }) });
    expect((await startIndex(task(newer), options('--quiet'), PASSWORD).ended).exit).toBe(0);
    const byOverlord = await startIndex(task(), ['--quiet', '--overlord', cluster.overlord]).ended;
    expect([byOverlord.exit, byOverlord.stderr]).toEqual([
      1,
      expect.stringMatching(
        `^segmill: Nothing was published: ${dataSource} has version ${newer} of ${DAY} already, which would hide our version \\S+Z. ` +
          'Somebody published it with a version of their own choosing, or a clock is wrong.\n$',
      ),
    ]);
    const byStore = await startIndex(task('2026-01-01T00:00:00.000Z'), options('--quiet'), PASSWORD).ended;
    expect([byStore.exit, byStore.stderr]).toEqual([
      1,
      `segmill: ${dataSource} has a newer version of the same time already: ${dataSource}_${DAY.replace('/', '_')}_${newer}, beside which ` +
        'version 2026-01-01T00:00:00.000Z would never be seen. Nothing was published. ' +
        'Run the job again if its data is to replace the newer one.\n',
    ]);
    expect([...storedVersions(cluster, dataSource).keys()]).toEqual([newer]);
  });
});
