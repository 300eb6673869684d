import { afterEach } from 'vitest';
import type { HadoopClient } from '../../../src/hadoop/hadoopClient.ts';
import type { ByteReader, ReadRange } from '../../../src/storage/storage.ts';
import { WebHdfsStorage } from '../../../src/storage/webhdfs/WebHdfsStorage.ts';
import { FakeHdfs } from './fakeHdfs.ts';

const open: FakeHdfs[] = [];

afterEach(async () => {
  for (const fake of open.splice(0)) await fake.close();
});

/** A fake HDFS for one test. */
export async function fakeHdfs(options: Parameters<typeof FakeHdfs.start>[0] = {}): Promise<FakeHdfs> {
  const fake = await FakeHdfs.start(options);
  open.push(fake);
  return fake;
}

/** A client that never waits long. */
export function clientOf(conf: Record<string, string> = {}, more: Partial<HadoopClient> = {}): HadoopClient {
  return {
    conf: { 'dfs.client.failover.sleep.base.millis': '1', 'dfs.client.failover.max.attempts': '3', ...conf },
    user: 'alice',
    proxyUser: null,
    tokens: [],
    ...more,
  };
}

export function storageOf(fake: FakeHdfs, client: HadoopClient = clientOf()): WebHdfsStorage {
  return new WebHdfsStorage(fake.uri('/'), client);
}

/** All bytes of a reader, fetched in pieces of an odd size. */
export async function drain(reader: ByteReader): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for (;;) {
      const piece = Buffer.alloc(9973);
      const count = await reader.read(piece, 0, piece.length);
      if (count === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, count));
    }
  } finally {
    await reader.close();
  }
}

export async function readFile(storage: WebHdfsStorage, path: string, range?: ReadRange): Promise<Buffer> {
  return drain(await storage.openRead(path, range));
}

/** The message of what is thrown; a test that expects an error fails without one. */
export async function messageOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}

/** Bytes that are nowhere alike. */
export function patternBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8) * 7) & 0xff;
  return bytes;
}
