/** One of two DataNodes dies; the NameNode goes on sending clients there for ten minutes. */
import { randomBytes } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { drain, readFile } from '../../storage/webhdfs/clients.ts';
import { clusterHdfs, put, signalDaemon } from './cluster.ts';
import { hadoop } from './prepare.ts';

afterAll(() => hadoop('up', 'hdfs'));

it('while files are read, and then written and read', async () => {
  const hdfs = await clusterHdfs();
  const content = randomBytes(20_000_000);
  await put(hdfs, '/lost/a', content, 2);
  // So many that the dead one surely serves some of them.
  const readers = await Promise.all(Array.from({ length: 8 }, () => hdfs.openRead('/lost/a')));
  const heads = await Promise.all(
    readers.map(async (reader) => {
      const head = Buffer.alloc(1000);
      return head.subarray(0, await reader.read(head, 0, head.length));
    }),
  );
  signalDaemon('datanode1', 'SIGKILL');
  for (const [i, reader] of readers.entries()) {
    expect(Buffer.concat([heads[i], await drain(reader)]).equals(content)).toBe(true);
  }
  for (let i = 0; i < 6; i++) {
    await put(hdfs, `/lost/b${i}`, Buffer.from(`written ${i}`), 1);
    expect((await readFile(hdfs, `/lost/b${i}`)).toString()).toBe(`written ${i}`);
    expect((await readFile(hdfs, '/lost/a', { start: 10_000_000 })).equals(content.subarray(10_000_000))).toBe(true);
  }
});
