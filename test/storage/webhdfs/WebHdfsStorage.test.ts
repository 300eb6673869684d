import { finished } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { clientOf, fakeHdfs, messageOf, patternBytes, readFile, storageOf } from './clients.ts';
import type { FakeHdfs } from './fakeHdfs.ts';

async function withFiles(names: readonly string[]): Promise<FakeHdfs> {
  const fake = await fakeHdfs();
  for (const name of names) fake.files.set(name, Buffer.from(name));
  return fake;
}

describe('reading', () => {
  const content = patternBytes(300_000);

  test.each([
    ['a whole file', {}, 0, 300_000],
    ['a range', { start: 100_001, end: 250_000 }, 100_001, 250_000],
    ['from a byte on', { start: 299_999 }, 299_999, 300_000],
    ['up to a byte', { end: 7 }, 0, 7],
    ['beyond the end', { start: 200_000, end: 900_000 }, 200_000, 300_000],
    ['from the end on', { start: 300_000 }, 300_000, 300_000],
    ['from behind the end on', { start: 400_000, end: 500_000 }, 300_000, 300_000],
    ['nothing', { start: 5, end: 5 }, 5, 5],
  ])('%s', async (_, range, from, to) => {
    const fake = await fakeHdfs();
    fake.files.set('/a b/ü%20.json', content);
    const read = await readFile(storageOf(fake), '/a b/ü%20.json', range);
    expect(read.equals(content.subarray(from, to))).toBe(true);
  });

  test('an empty file', async () => {
    const fake = await fakeHdfs();
    fake.files.set('/empty', Buffer.alloc(0));
    expect(await readFile(storageOf(fake), '/empty')).toHaveLength(0);
  });

  test('from HttpFS, which does not redirect', async () => {
    const fake = await fakeHdfs({ isHttpFs: true, dataNodes: 0 });
    fake.files.set('/a', content);
    expect((await readFile(storageOf(fake), '/a', { start: 3 })).equals(content.subarray(3))).toBe(true);
    expect(fake.log).toEqual(['nn0 OPEN /a offset=3', 'nn0 GETFILESTATUS /a']);
  });

  test('by another host where the map says so', async () => {
    const fake = await fakeHdfs({ dataNodes: 1 });
    fake.files.set('/a', content);
    fake.nameNodeFault = ({ op, path }, response) => {
      if (op !== 'OPEN') return false;
      response.writeHead(307, { location: `http://datanode.invalid:9864/webhdfs/v1${path}?op=OPEN` }).end();
      return true;
    };
    const conf = { 'segmill.hdfs.host-map': `other=x, datanode.invalid:9864=${fake.dataNode(0)}` };
    expect((await readFile(storageOf(fake, clientOf(conf)), '/a')).equals(content)).toBe(true);
  });

  test('a file that is not there', async () => {
    const fake = await fakeHdfs();
    await expect(storageOf(fake).openRead('/no')).rejects.toMatchObject({
      message: `Cannot read ${fake.uri('/no')}: no such file or directory.`,
      code: 'ENOENT',
      retryable: false,
    });
  });
});

describe('looking', () => {
  test('status, list and glob, with scheme and host', async () => {
    const fake = await withFiles(['/d/b', '/d/a', '/d/_log', '/d/sub/x', '/e']);
    const storage = storageOf(fake);
    const modificationMs = 1_700_000_000_000;
    expect(await storage.status('/d/a')).toEqual({
      path: fake.uri('/d/a'),
      length: 4,
      modificationMs,
      isDirectory: false,
    });
    expect(await storage.status(fake.uri('/d//sub/'))).toEqual({
      path: fake.uri('/d/sub'),
      length: 0,
      modificationMs,
      isDirectory: true,
    });
    expect(await storage.status('/no')).toBeNull();
    const list = async (path: string) => (await storage.list(path)).map(({ path }) => path);
    expect(await list('/d')).toEqual(['/d/_log', '/d/a', '/d/b', '/d/sub'].map((path) => fake.uri(path)));
    expect(await list('/')).toEqual([fake.uri('/d'), fake.uri('/e')]);
    expect(await list('/e')).toEqual([]);
    expect(await list('/no')).toEqual([]);
    const glob = async (pattern: string) => (await storage.glob(pattern)).map(({ path }) => path);
    expect(await glob(fake.uri('/d/*'))).toEqual(['/d/a', '/d/b', '/d/sub'].map((path) => fake.uri(path)));
    expect(await glob(fake.uri('/{d,no}/[ab]'))).toEqual(['/d/a', '/d/b'].map((path) => fake.uri(path)));
    expect(await glob(fake.uri('/e'))).toEqual([fake.uri('/e')]);
    expect(await glob(fake.uri('/no*'))).toEqual([]);
  });

  test('checksum and blocks', async () => {
    const storage = storageOf(await withFiles(['/a']));
    expect(await storage.checksum('/a')).toEqual({ algorithm: 'MD5', bytes: '00ff' });
    expect(await storage.blockLocations('/a')).toEqual([{ offset: 0, length: 2, hosts: ['a', 'b'] }]);
  });
});

describe('writing', () => {
  test.each([
    ['DataNodes', {}],
    ['HttpFS', { isHttpFs: true, dataNodes: 0 }],
  ])('a file to %s', async (_, options) => {
    const fake = await fakeHdfs(options);
    const content = patternBytes(3_000_000);
    const stream = await storageOf(fake).createWrite('/out/x.zip', { permission: '644', replication: 1 });
    for (let at = 0; at < content.length; at += 70_000) {
      if (!stream.write(content.subarray(at, at + 70_000)))
        await new Promise((resolve) => stream.once('drain', resolve));
    }
    stream.end();
    await finished(stream);
    expect(fake.files.get('/out/x.zip')?.equals(content)).toBe(true);
    expect(fake.log[0]).toBe('nn0 CREATE /out/x.zip permission=644 replication=1');
  });

  test('append', async () => {
    const fake = await withFiles(['/a']);
    await storageOf(fake).append('/a', Buffer.from('!'));
    expect(fake.files.get('/a')?.toString()).toBe('/a!');
  });

  test('create if absent', async () => {
    const fake = await fakeHdfs();
    const storage = storageOf(fake);
    expect(await storage.createIfAbsent('/lock', Buffer.from('mine'))).toBe(true);
    expect(await storage.createIfAbsent('/lock', Buffer.from('yours'))).toBe(false);
    expect(fake.files.get('/lock')?.toString()).toBe('mine');
  });

  test('directories, permissions, removal', async () => {
    const fake = await withFiles(['/d/a', '/d/sub/b']);
    const storage = storageOf(fake);
    await storage.mkdirs('/new/deep', '700');
    await storage.setPermission('/new', '755');
    await storage.remove('/d', { recursive: true });
    await storage.remove('/d', { recursive: true });
    expect([...fake.files.keys(), ...fake.directories]).toEqual(['/', '/new/deep', '/new']);
    expect(fake.log).toEqual([
      'nn0 MKDIRS /new/deep permission=700',
      'nn0 SETPERMISSION /new permission=755',
      'nn0 DELETE /d recursive=true',
      'nn0 DELETE /d recursive=true',
    ]);
  });
});

describe('renaming', () => {
  test('replaces a file', async () => {
    const fake = await withFiles(['/a', '/b']);
    await storageOf(fake).rename('/a', '/b');
    expect([...fake.files].map(([name, bytes]) => `${name}=${bytes}`)).toEqual(['/b=/a']);
  });

  test('replaces a file by HttpFS, whose rename answers false', async () => {
    const fake = await fakeHdfs({ isHttpFs: true });
    fake.files.set('/a', Buffer.from('new')).set('/b', Buffer.from('old'));
    await storageOf(fake).rename('/a', '/b');
    expect([...fake.files].map(([name, bytes]) => `${name}=${bytes}`)).toEqual(['/b=new']);
  });

  test.each([
    ['/no', '/b', 'no such file or directory.'],
    ['/a', '/no/b', 'the directory URI/no does not exist.'],
    ['/a', '/dir', 'the target is a directory, and it was moved into that.'],
  ])('false: %s to %s', async (from, to, reason) => {
    const fake = await fakeHdfs({ isHttpFs: true });
    fake.files.set('/a', Buffer.from('new'));
    fake.directories.add('/dir');
    expect(await messageOf(storageOf(fake).rename(from, to))).toBe(
      `Cannot rename ${fake.uri(from)} to ${fake.uri(to)}: ${reason.replace('URI', fake.uri(''))}`,
    );
  });

  test('to a name that nobody has', async () => {
    const fake = await withFiles(['/a', '/b']);
    const storage = storageOf(fake);
    expect(await storage.moveIfAbsent('/a', '/b')).toBe(false);
    expect(await storage.moveIfAbsent('/a', '/c')).toBe(true);
    expect([...fake.files].map(([name, bytes]) => `${name}=${bytes}`)).toEqual(['/b=/b', '/c=/a']);
    expect(await messageOf(storage.moveIfAbsent('/a', '/d'))).toBe(
      `Cannot rename ${fake.uri('/a')} to ${fake.uri('/d')}: no such file or directory.`,
    );
  });

  test('to a name that somebody else takes meanwhile', async () => {
    const fake = await withFiles(['/a']);
    fake.nameNodeFault = ({ op }) => {
      if (op === 'RENAME') fake.files.set('/c', Buffer.from('theirs'));
      return false;
    };
    expect(await storageOf(fake).moveIfAbsent('/a', '/c')).toBe(false);
    expect(fake.files.get('/c')?.toString()).toBe('theirs');
  });

  test.each(['moveIfAbsent', 'rename'] as const)('by a call whose answer gets lost: %s', async (method) => {
    const fake = await withFiles(['/a']);
    let lost = 0;
    fake.nameNodeFault = ({ op, request }) => {
      if (op !== 'RENAME' || lost++ > 0) return false;
      fake.files.set('/c', fake.files.get('/a') as Buffer);
      fake.files.delete('/a');
      request.socket.destroy();
      return true;
    };
    await storageOf(fake)[method]('/a', '/c');
    expect([...fake.files.keys()]).toEqual(['/c']);
    expect(lost).toBe(2);
  });

  test('of a file that is not there is an error, though the target is', async () => {
    const fake = await withFiles(['/b']);
    expect(await messageOf(storageOf(fake).rename('/a', '/b'))).toBe(
      `Cannot rename ${fake.uri('/a')} to ${fake.uri('/b')}: no such file or directory.`,
    );
  });
});
