/** Jobs whose database goes away, or is used by somebody else, while they publish. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkUrl } from '../../../src/publish/metadata/credentials.ts';
import { parseJdbcUrl } from '../../../src/publish/metadata/jdbcUrl.ts';
import type { MetadataStore } from '../../../src/publish/metadata/MetadataStore.ts';
import { openStore } from '../../../src/publish/metadata/openStore.ts';
import { type Ended, startIndex, startSegmill, wikipediaTask } from '../overlord/jobs.ts';
import { PRODUCTS } from './products.ts';
import { type Fate, StatementProxy } from './StatementProxy.ts';
import type { Server } from './servers.ts';

const DAY = { start: Date.UTC(2015, 8, 12), end: Date.UTC(2015, 8, 13) };
const ENV = { SEGMILL_METADATA_PASSWORD: 'diurd' };
const SHARDS = 3;

describe.each(PRODUCTS)('$name', (product) => {
  const folder = mkdtempSync(join(tmpdir(), 'segmill-lost-e2e-'));
  let server: Server;
  let proxy: StatementProxy;
  let store: MetadataStore;
  let jobs = 0;
  beforeAll(async () => {
    server = await product.start();
    proxy = await StatementProxy.start(server.port);
    const connectURI = `jdbc:${product.kind}://127.0.0.1:${server.port}/druid`;
    const spec = { type: 'db', connectURI, user: 'druid', password: 'diurd', segmentTable: 'druid_segments' };
    store = openStore(spec, true, {});
    await store.check();
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const address = () => `jdbc:${product.kind}://127.0.0.1:${proxy.port}/druid?user=druid&${product.tls.never}`;

  /** A job for a data source of its own. */
  function newJob(): { dataSource: string; run(): Promise<Ended> } {
    const dataSource = `lost_${jobs++}`;
    const spec = wikipediaTask(dataSource, { shards: SHARDS, output: folder });
    return { dataSource, run: () => startIndex(spec, ['--quiet', '--metadata', address()], ENV).ended };
  }

  /** Index.zip files, and those that have temporary names. */
  function zips(dataSource: string): string[] {
    const place = join(folder, dataSource);
    if (!existsSync(place)) return [];
    return (readdirSync(place, { recursive: true }) as string[]).filter((path) => path.includes('index.zip'));
  }

  const versions = async (dataSource: string) =>
    (await store.usedSegments(dataSource, [DAY])).map(({ version }) => version);

  function expectPublishedOnce({ exit, stderr, version }: Ended, used: readonly string[], files: readonly string[]) {
    expect([exit, stderr]).toEqual([0, '']);
    expect(used).toEqual(Array.from({ length: SHARDS }, () => version));
    expect(files).toHaveLength(SHARDS);
    expect(files.every((path) => path.endsWith('index.zip'))).toBe(true);
  }

  test.each<[string, () => Fate]>([
    ['the connection breaks before the commit', () => 'cut before'],
    ['the connection breaks after the commit, before its answer', () => 'cut after'],
    ['the server ends the session at the commit', () => () => product.killOthers(server)],
  ])('%s: it is published once', async (_, fate) => {
    const { dataSource, run } = newJob();
    proxy.once('COMMIT', fate());
    expectPublishedOnce(await run(), await versions(dataSource), zips(dataSource));
  });

  test('the commit gets lost without a word: it is published once', async () => {
    const { dataSource } = newJob();
    const version = '2026-01-01T00:00:00.000Z';
    const request = { dataSource, version, segments: [{ id: `${dataSource}_0`, interval: DAY, payload: '{}' }] };
    const impatient = product.open(parseJdbcUrl(address()) as NetworkUrl, {
      user: 'druid',
      password: 'diurd',
      table: 'druid_segments',
      createTables: false,
      connectTimeoutMs: 1_000,
      answerTimeoutMs: 1_000,
    });
    proxy.once('COMMIT', 'lost');
    expect(await impatient.publish(request)).toBe(1);
    expect(await versions(dataSource)).toEqual([version]);
  });

  test.each<[string, Fate, number, string]>([
    ['before', 'cut before', 0, `is published: ${SHARDS} segments in`],
    ['after', 'cut after', SHARDS, 'was published already'],
  ])(
    'the database is gone for good %s the commit: that is said, and segmill publish ends it',
    async (_, fate, there, what) => {
      const { dataSource, run } = newJob();
      proxy.last('COMMIT', fate);
      const { exit, stderr } = await run();
      expect([exit, stderr]).toEqual([
        1,
        expect.stringMatching(
          "^segmill: Whether the segments are published can't be told, because the metadata store does not answer; they stay where they are. " +
            'When it answers again, run: segmill publish /\\S+ --metadata ADDRESS\n  because: ',
        ),
      ]);
      expect(await versions(dataSource)).toHaveLength(there);
      expect(zips(dataSource)).toHaveLength(SHARDS);
      const directory = /segmill publish (\S+)/.exec(stderr)?.[1] as string;
      const publish = (...more: string[]) => startSegmill(['publish', directory, ...more], ENV).ended;
      // Another store does not know.
      expect(await publish()).toEqual({
        exit: 2,
        stdout: '',
        stderr: expect.stringMatching(
          `^segmill: Whether the job of ${directory} is published is known to .* alone. Name that store by --metadata.\\n$`,
        ),
      });
      proxy.comeBack();
      expect(await publish('--metadata', address())).toEqual({
        exit: 0,
        stdout: expect.stringMatching(`^${dataSource} version \\S+ ${what}`),
        stderr: '',
      });
      expect(await versions(dataSource)).toHaveLength(SHARDS);
      expect(zips(dataSource)).toHaveLength(SHARDS);
      expect(existsSync(directory)).toBe(false);
    },
  );

  test('somebody publishes a newer version meanwhile: that is said, and nothing of the job is left', async () => {
    const { dataSource, run } = newJob();
    const version = '2999-01-01T00:00:00.000Z';
    const id = `${dataSource}_newer`;
    proxy.once(product.begin, () =>
      store.publish({ dataSource, version, segments: [{ id, interval: DAY, payload: '{}' }] }),
    );
    const { exit, stderr } = await run();
    expect([exit, stderr]).toEqual([
      1,
      expect.stringMatching(
        `^segmill: ${dataSource} has a newer version of the same time already: ${id}, beside which version \\S+ would never be seen. ` +
          'Nothing was published. Run the job again if its data is to replace the newer one.\n$',
      ),
    ]);
    expect(await versions(dataSource)).toEqual([version]);
    expect(zips(dataSource)).toEqual([]);
    // Again, as it says: its version is newer then.
    const again = await run();
    expect([again.exit, again.stderr]).toEqual([0, '']);
    expect(again.version > version).toBe(true);
  });
});
