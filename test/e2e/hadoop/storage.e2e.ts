/** The storage against a real NameNode and two DataNodes. */

import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { drain, messageOf, readFile } from '../../storage/webhdfs/clients.ts';
import { clusterHdfs, dfsadmin, put, WEBHDFS } from './cluster.ts';

describe('files', () => {
  it('are written, listed, read in ranges, replaced and removed', async () => {
    const hdfs = await clusterHdfs();
    const content = randomBytes(5_000_000);
    await put(hdfs, '/files/a b/ü%20.bin', content);
    const found = await hdfs.glob('hdfs:///files/*/ü*');
    expect(found).toMatchObject([{ path: hdfs.uriOf('/files/a b/ü%20.bin'), length: 5_000_000, isDirectory: false }]);
    const read = async (start: number, end?: number) =>
      (await readFile(hdfs, found[0].path, end === undefined ? { start } : { start, end })).equals(
        content.subarray(start, end),
      );
    expect(await read(0)).toBe(true);
    expect(await read(1_234_567, 4_321_000)).toBe(true);
    expect(await read(4_999_999)).toBe(true);
    expect(await read(5_000_000)).toBe(true);
    expect(await read(6_000_000)).toBe(true);
    await put(hdfs, '/files/b', Buffer.from('b'));
    await hdfs.rename('/files/b', found[0].path);
    expect((await readFile(hdfs, found[0].path)).toString()).toBe('b');
    await hdfs.append(found[0].path, Buffer.from('cd'));
    expect((await readFile(hdfs, found[0].path)).toString()).toBe('bcd');
    await hdfs.remove('/files', { recursive: true });
    await hdfs.remove('/files', { recursive: true });
    expect(await hdfs.list('/files')).toEqual([]);
    expect(await hdfs.status('/files')).toBeNull();
  });

  it('have checksums and block locations', async () => {
    const hdfs = await clusterHdfs();
    const content = randomBytes(100_000);
    await put(hdfs, '/sums/a', content);
    await put(hdfs, '/sums/b', content);
    await put(hdfs, '/sums/c', content.subarray(1));
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => hdfs.checksum(`/sums/${name}`)));
    expect(a).toEqual(b);
    expect(a.algorithm).toBe(c.algorithm);
    expect(a.bytes).not.toBe(c.bytes);
    expect(await hdfs.blockLocations('/sums/a')).toEqual([
      { offset: 0, length: 100_000, hosts: ['127.0.0.1', '127.0.0.1'] },
    ]);
  });
});

describe('of many who try at once, one gets', () => {
  it('a file that is created if absent', async () => {
    const hdfs = await clusterHdfs();
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, i) => hdfs.createIfAbsent('/race/lock', Buffer.from(`${i}`))),
    );
    expect(made.filter((won) => won)).toHaveLength(1);
    expect((await readFile(hdfs, '/race/lock')).toString()).toBe(`${made.indexOf(true)}`);
  });

  it('a name that a file is moved to', async () => {
    const hdfs = await clusterHdfs();
    for (let i = 0; i < 6; i++) await put(hdfs, `/race/from${i}`, Buffer.from(`${i}`));
    const moved = await Promise.all(
      Array.from({ length: 6 }, (_, i) => hdfs.moveIfAbsent(`/race/from${i}`, '/race/to')),
    );
    expect(moved.filter((won) => won)).toHaveLength(1);
    expect((await readFile(hdfs, '/race/to')).toString()).toBe(`${moved.indexOf(true)}`);
  });
});

describe('refusals', () => {
  it('no permission', async () => {
    const hdfs = await clusterHdfs();
    await put(hdfs, '/closed/a', Buffer.from('a'));
    await hdfs.setPermission('/closed', '700');
    const bob = await clusterHdfs({ user: 'bob' });
    const owner = /inode="\/closed":(\S+):/.exec(await messageOf(bob.openRead('/closed/a')))?.[1];
    const advice = 'We act as the user bob: ask for the permission, or set HADOOP_USER_NAME to a user who has it.';
    expect(await messageOf(bob.openRead('/closed/a'))).toBe(
      `Cannot read ${hdfs.uriOf('/closed/a')}: Permission denied: user=bob, access=EXECUTE, inode="/closed":${owner}:drwx------. ${advice}`,
    );
    expect(await messageOf(put(bob, '/closed/b', Buffer.from('b')))).toBe(
      `Cannot write ${hdfs.uriOf('/closed/b')}: Permission denied: user=bob, access=EXECUTE, inode="/closed":${owner}:drwx------. ${advice}`,
    );
  });

  it('a proxy user whom nobody allowed', async () => {
    const hdfs = await clusterHdfs({ user: 'alice', proxyUser: 'bob' });
    expect(await messageOf(hdfs.mkdirs('/proxied'))).toMatch(
      /^Cannot make the directory \S+\/proxied: .*User: alice is not allowed to impersonate bob\. HADOOP_PROXY_USER asks to act for another user: unset it, /,
    );
  });

  it('safe mode', async () => {
    const hdfs = await clusterHdfs();
    await put(hdfs, '/safe/a', Buffer.from('a'));
    safeMode('enter');
    try {
      const message = `the name node is in safe mode, in which nothing can be changed. Run the job again when it has left it; "hdfs dfsadmin -safemode get" tells, "-safemode leave" ends it.`;
      expect(await messageOf(hdfs.mkdirs('/safe/b'))).toBe(
        `Cannot make the directory ${hdfs.uriOf('/safe/b')}: ${message}`,
      );
      expect(await messageOf(put(hdfs, '/safe/c', Buffer.from('c')))).toBe(
        `Cannot write ${hdfs.uriOf('/safe/c')}: ${message}`,
      );
      expect((await readFile(hdfs, '/safe/a')).toString()).toBe('a');
    } finally {
      safeMode('leave');
    }
  });

  it('a quota', async () => {
    const hdfs = await clusterHdfs();
    await hdfs.mkdirs('/quota');
    dfsadmin('-setSpaceQuota', '1000', '/quota');
    const message = await messageOf(put(hdfs, '/quota/a', randomBytes(10_000)));
    expect(message).toMatch(
      /^Cannot write \S+\/quota\/a: the space quota is used up\. The DiskSpace quota of \/quota is exceeded: /,
    );
  });

  it('disks without room', async () => {
    const hdfs = await clusterHdfs();
    // A block that no DataNode has room for is to the name node what any block is on full disks.
    const options = { replication: 1, blocksize: 2 ** 45 };
    expect(await messageOf(hdfs.createWrite('/full', options))).toMatch(
      /^Cannot write \S+\/full: the name node finds no DataNode for it: all are full, down or left out after they failed\. Failed to find datanode, /,
    );
  });
});

it('a name node that stands by sends us to the one that does not', async () => {
  // As Hadoop 3.4.2 answers; the other one is real.
  const message =
    'Operation category READ is not supported in state standby. Visit https://s.apache.org/sbnn-error\n\tat org.apache.hadoop.hdfs.server.namenode';
  let asked = 0;
  const standby = createServer((request, response) => {
    asked++;
    request.resume();
    const body = {
      RemoteException: {
        exception: 'StandbyException',
        javaClassName: 'org.apache.hadoop.ipc.StandbyException',
        message,
      },
    };
    response.writeHead(403, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => standby.listen(0, '127.0.0.1', resolve));
  try {
    const hdfs = await clusterHdfs({
      conf: {
        'fs.defaultFS': 'hdfs://ha',
        'dfs.nameservices': 'ha',
        'dfs.ha.namenodes.ha': 'one,two',
        'dfs.namenode.http-address.ha.one': `127.0.0.1:${(standby.address() as AddressInfo).port}`,
        'dfs.namenode.http-address.ha.two': new URL(WEBHDFS).host,
      },
    });
    await put(hdfs, '/ha/a', Buffer.from('a'));
    expect((await readFile(hdfs, '/ha/a')).toString()).toBe('a');
    expect((await hdfs.list('/ha')).map(({ path }) => path)).toEqual(['hdfs://ha/ha/a']);
    // It is not asked again once another one has answered.
    expect(asked).toBe(1);
  } finally {
    await new Promise((resolve) => standby.close(resolve));
  }
});

it('a big file keeps its bytes', async () => {
  const hdfs = await clusterHdfs();
  const piece = randomBytes(1 << 20);
  const hash = createHash('sha256');
  const stream = await hdfs.createWrite('/big', { replication: 1 });
  for (let i = 0; i < 60; i++) {
    piece[0] = i;
    hash.update(piece);
    await new Promise<void>((resolve, reject) =>
      stream.write(Buffer.from(piece), (error) => (error ? reject(error) : resolve())),
    );
  }
  await new Promise<void>((resolve) => stream.end(resolve));
  const read = createHash('sha256').update(await drain(await hdfs.openRead('/big')));
  expect(read.digest('hex')).toBe(hash.digest('hex'));
  await hdfs.remove('/big', { recursive: false });
});

function safeMode(action: 'enter' | 'leave'): void {
  dfsadmin('-safemode', action);
}
