import { expect, test } from 'vitest';
import { StagedSync } from '../../src/publish/stagedSync.ts';

const zip = (chunk: string, partition: number) => `/deep/base/ds/${chunk}/v/${partition}/index.zip.a1`;

test('a directory is synced once, with the last of the zips below it', async () => {
  const calls: (readonly string[])[] = [];
  const sync = new StagedSync('/deep/base', async (paths) => {
    calls.push(paths);
  });
  const zips = [zip('c1', 0), zip('c1', 1), zip('c2', 0)];
  sync.expect(zips);
  sync.written([zip('c1', 0)]);
  sync.written([zip('c2', 0)]);
  sync.written([zip('c1', 1)]);
  await sync.finish(zips);
  expect(calls).toEqual([
    [zip('c1', 0)],
    [zip('c2', 0), '/deep/base/ds/c2/v', '/deep/base/ds/c2'],
    [zip('c1', 1), '/deep/base/ds/c1/v', '/deep/base/ds/c1', '/deep/base/ds', '/deep/base', '/deep'],
    [],
  ]);
});

test('the end syncs what nobody has told of', async () => {
  const calls: (readonly string[])[] = [];
  const sync = new StagedSync('/base', async (paths) => {
    calls.push(paths);
  });
  const zips = ['/base/ds/c/v/0/z', '/base/ds/c/v/1/z'];
  sync.expect(zips);
  sync.written(zips.slice(0, 1));
  await sync.finish(zips);
  expect(calls).toEqual([
    ['/base/ds/c/v/0/z'],
    ['/base/ds/c/v/1/z', '/base/ds/c/v', '/base/ds/c', '/base/ds', '/base'],
  ]);
  expect(sync.synced.has('/base/ds/c/v')).toBe(true);
});

test('a disk that fails is told at the end, and nothing is synced after that', async () => {
  const calls: (readonly string[])[] = [];
  const sync = new StagedSync('/base', async (paths) => {
    calls.push(paths);
    throw new Error('the disk');
  });
  sync.expect(['/base/ds/c/v/0/z', '/base/ds/c/v/1/z']);
  sync.written(['/base/ds/c/v/0/z']);
  sync.written(['/base/ds/c/v/1/z']);
  await sync.settle();
  await expect(sync.finish([])).rejects.toThrow(new Error('the disk'));
  expect(calls.length).toBe(1);
  expect(sync.synced.size).toBe(0);
});
