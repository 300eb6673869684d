/** Metadata stores against the real servers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetadataStore } from '../../../src/publish/metadata/MetadataStore.ts';
import { openStore } from '../../../src/publish/metadata/openStore.ts';
import { hourSegment, requestOf, testStore, V1, V2 } from '../../publish/metadata/storeContract.ts';
import { PRODUCTS } from './products.ts';
import type { Server } from './servers.ts';

const DAY = [{ start: Date.UTC(2024, 2, 1), end: Date.UTC(2024, 2, 2) }];

/** The columns that Druid 25 makes. */
const COLUMNS_25 =
  'id VARCHAR(255) NOT NULL PRIMARY KEY, dataSource VARCHAR(255) NOT NULL, created_date VARCHAR(255) NOT NULL, start VARCHAR(255) NOT NULL, ' +
  'END_COLUMN VARCHAR(255) NOT NULL, partitioned BOOLEAN NOT NULL, version VARCHAR(255) NOT NULL, used BOOLEAN NOT NULL, payload BLOB_TYPE NOT NULL';

describe.each(PRODUCTS)('$name', (product) => {
  let server: Server;
  let count = 0;
  beforeAll(async () => {
    server = await product.start();
  });
  afterAll(() => server?.stop());

  function open(
    options: { table?: string; parameters?: string; password?: string; createTables?: boolean } = {},
  ): MetadataStore {
    const { table = `druid_segments_${count++}`, parameters = '', password = 'diurd', createTables = true } = options;
    const connectURI = `jdbc:${product.kind}://127.0.0.1:${server.port}/druid?${parameters}`;
    return openStore({ type: 'db', connectURI, user: 'druid', password, segmentTable: table }, createTables, {});
  }

  testStore(async () => open());

  test('a table that is not there is made only where that is asked for', async () => {
    await expect(open({ table: 'druid_segments', createTables: false }).check()).rejects.toThrow(
      "There is no table druid_segments in this database. Start Druid's Coordinator, which makes it, or give --create-tables; a table of " +
        'another name is told by metadataUpdateSpec.segmentTable.',
    );
  });

  test('the table of Druid 25 is filled too', async () => {
    const table = `druid_25_${product.kind}`;
    const columns = COLUMNS_25.replace('END_COLUMN', product.quotedEnd).replace('BLOB_TYPE', product.blobType);
    await product.execute(server, `CREATE TABLE ${table} (${columns})`);
    const store = open({ table, createTables: false });
    await store.check();
    expect(await store.publish(requestOf(V1, [0, 1]))).toBe(2);
    expect((await store.usedSegments('ds', DAY)).length).toBe(2);
  });

  test('a wrong password is told, and not shown', async () => {
    const error = await open({ password: 'geheim' })
      .check()
      .catch((thrown: Error) => thrown);
    expect((error as Error).message).toMatch(
      new RegExp(
        `^${product.name} at 127\\.0\\.0\\.1:${server.port}/druid, table druid_segments_\\d+ can't be reached: .*(password|denied)`,
      ),
    );
    expect((error as Error).message).not.toContain('geheim');
  });

  test('TLS: required, verified, refused for a certificate that nobody signed', async () => {
    for (const parameters of [product.tls.require, product.tls.verify(server.caFile), product.tls.never, '']) {
      await open({ parameters }).check();
    }
    const unsigned = product.tls.verify(server.caFile).replace(/&.*/, '');
    await expect(open({ parameters: unsigned }).check()).rejects.toThrow(/can't be reached: .*self.signed certificate/);
  });

  test('two jobs at once over one interval, many times: never a mix', async () => {
    const hours = Array.from({ length: 12 }, (_, hour) => hour);
    for (let round = 0; round < 10; round++) {
      const store = open();
      await store.check();
      const [older, newer] = await Promise.allSettled([
        store.publish(requestOf(V1, hours)),
        store.publish(requestOf(V2, hours)),
      ]);
      expect(newer).toEqual({ status: 'fulfilled', value: hours.length });
      const used = await store.usedSegments('ds', DAY);
      const isThere = older.status === 'fulfilled';
      expect(used.filter(({ version }) => version === V1).length).toBe(isThere ? hours.length : 0);
    }
  });

  test('a connection that is lost in the transaction: it is done once more, and counts once', async () => {
    const store = open();
    await store.check();
    let isOver = false;
    const killing = (async () => {
      while (!isOver) await product.killOthers(server);
    })();
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    const result = await store.publish(requestOf(V1, hours)).catch((error: Error) => error);
    isOver = true;
    await killing;
    const used = await store.usedSegments('ds', DAY);
    // Whatever was told, all of it is there, or nothing.
    expect([0, 24]).toContain(used.length);
    if (typeof result === 'number') expect(used.length).toBe(24);
    await store.publish(requestOf(V1, hours));
    expect((await store.usedSegments('ds', DAY)).map(({ id }) => id)).toEqual(
      hours.map((hour) => hourSegment(hour, V1).id),
    );
  });
});
