import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Failure } from './faults.ts';
import { NEW, OLD, World } from './world.ts';

/** For machines that have a lot to do. */
const WAIT_MS = 300_000;
const WRITES: Failure['calls'] = ['mkdir', 'open', 'write', 'fsync', 'truncate'];
const CHANGES: Failure['calls'] = [...WRITES, 'rename', 'unlink', 'rmdir', 'rm'];

interface Case {
  readonly what: string;
  /** The folder below the world whose files can't be changed. */
  readonly under: string;
  readonly fail: Omit<Failure, 'under'>;
  /** Standard error, with ROOT for the world, * for what is different in each run. */
  readonly told: string;
  /** What can't be removed stays until the next run. */
  readonly leaves?: true;
}

const zipOf = (hours: string) => `out/ds/${hours}/${NEW}/0/index.zip`;
const ZIP = zipOf('1970-01-01T00:00:00.000Z_1970-01-01T01:00:00.000Z');
const ZIP_2 = zipOf('1970-01-01T02:00:00.000Z_1970-01-01T03:00:00.000Z');
const ROOM = 'Make room there, or name a place that has more, and run it again.';
const WRITABLE = 'Name a place that can be written, or make this one so, and run it again.';
const SQLITE = 'disk I/O error. See whether its disk is full, and whether it may be written to, then run it again.';
const CASES: readonly Case[] = [
  {
    what: 'deep storage full while a zip is written',
    under: 'out/ds',
    fail: { code: 'ENOSPC', calls: ['write'] },
    told:
      `segmill: Task segment ds_1970-01-01T00:00:00.000Z_1970-01-01T01:00:00.000Z_${NEW}, and 1 after it failed twice, the last time so: ` +
      `Cannot write ROOT/${ZIP}.*, which takes 1224 bytes at most: no space left on the device. ${ROOM}\n`,
  },
  {
    what: 'working directory full while runs are written',
    under: 'scratch/ds/2',
    // The first one writes what tells the next run whose units these are.
    fail: { code: 'ENOSPC', calls: ['write'], after: 1 },
    told:
      'segmill: Task INPUT failed twice, the last time so: Cannot write a file in ROOT/scratch/ds/2026-02-01T000000.000Z_*/attempts/map-000000-*.1: ' +
      `no space left on the device. ${ROOM}\n`,
  },
  {
    what: 'working directory full when the job begins',
    under: 'scratch/ds/2',
    fail: { code: 'ENOSPC', calls: ['write'] },
    told: `segmill: Cannot write ROOT/scratch/ds/2026-02-01T000000.000Z_*/attempts/job.json: no space left on the device. ${ROOM}\n`,
  },
  {
    what: 'working directory full at once',
    under: 'scratch',
    fail: { code: 'ENOSPC', calls: WRITES },
    told:
      "segmill: The working directory ROOT/scratch/ds/2026-02-01T000000.000Z_* can't be made: no space left on the device. " +
      `${ROOM} tuningConfig.workingPath says where.\n`,
  },
  {
    what: 'working directory full when the journal goes on',
    under: 'scratch',
    fail: { code: 'ENOSPC', calls: ['fsync'], after: 1 },
    told: `segmill: Cannot write ROOT/scratch/ds/2026-02-01T000000.000Z_*/journal.jsonl: no space left on the device. ${ROOM}\n`,
  },
  {
    what: 'working directory read-only',
    under: 'scratch',
    fail: { code: 'EROFS', calls: CHANGES },
    told:
      "segmill: The working directory ROOT/scratch/ds/2026-02-01T000000.000Z_* can't be made: the file system is read-only. " +
      `${WRITABLE} tuningConfig.workingPath says where.\n`,
  },
  {
    what: 'working directory not ours',
    under: 'scratch',
    fail: { code: 'EACCES', calls: CHANGES },
    told:
      "segmill: The working directory ROOT/scratch/ds/2026-02-01T000000.000Z_* can't be made: permission denied for the user who runs this process. " +
      'tuningConfig.workingPath says where.\n',
  },
  {
    what: 'deep storage read-only',
    under: 'out',
    fail: { code: 'EROFS', calls: CHANGES },
    told:
      `segmill: this run is missing in segmill jobs: Cannot make the directory ROOT/out/.segmill: the file system is read-only. ${WRITABLE}\n` +
      "segmill: The embedded store ROOT/out/.segmill/store.sqlite can't be opened: Cannot make the directory ROOT/out/.segmill: " +
      `the file system is read-only. ${WRITABLE}\n`,
  },
  {
    what: 'deep storage not ours but for the embedded store',
    under: 'out/ds',
    fail: { code: 'EACCES', calls: CHANGES },
    told:
      `segmill: Cannot make the directory ROOT/${ZIP.replace('/index.zip', '')}: permission denied for the user who runs this process. ` +
      'Let that user write there, or name another place.\n',
  },
  {
    what: 'deep storage read-only when files get their names',
    under: 'out/ds',
    fail: { code: 'EROFS', calls: ['rename', 'unlink', 'rmdir'], after: 1 },
    told:
      'segmill: The job failed, and what it wrote to deep storage could not be taken back, either. Nothing is published. ' +
      'The next run of the job, or segmill clean, removes it.\n' +
      `  because: Cannot rename ROOT/${ZIP_2}.* to ROOT/${ZIP_2}: the file system is read-only. ${WRITABLE}\n` +
      `  because: Cannot remove ROOT/${ZIP_2}.*: the file system is read-only. ${WRITABLE}\n`,
    leaves: true,
  },
  {
    what: 'a disk that fails when zips are synced',
    under: 'out/ds',
    fail: { code: 'EIO', calls: ['fsync'] },
    told:
      `segmill: Cannot write ROOT/${ZIP}.* to the disk: the disk, or the connection to it, failed. ` +
      'Look into the log of the system (dmesg), and run it again when that is mended.\n',
  },
  {
    what: 'a disk that fails when folders are synced',
    under: 'out/ds',
    fail: { code: 'EIO', calls: ['fsync'], after: 2 },
    told:
      `segmill: Cannot write ROOT/${ZIP.replace('/0/index.zip', '')} to the disk: the disk, or the connection to it, failed. ` +
      'Look into the log of the system (dmesg), and run it again when that is mended.\n',
  },
];
/** The writes of the SQLite that Node has from 22 on can't be made to fail from outside. */
const HAS_NATIVE_SQLITE = process.getBuiltinModule?.('node:sqlite') !== undefined;
const STORE_FULL: Case = {
  what: 'embedded store full in the transaction',
  under: 'out/.segmill/store.sqlite',
  fail: { code: 'ENOSPC', calls: ['write'], after: 3 },
  told: `segmill: this run is missing in segmill jobs: ${SQLITE}\nsegmill: the embedded store ROOT/out/.segmill/store.sqlite failed: ${SQLITE}\n`,
  leaves: true,
};

let world: World;
let right: ReadonlyMap<string, string | null>;
let before: ReadonlyMap<string, string | null>;
const index = () => ['index', world.spec(NEW), '--quiet', '--workers', '1'];
beforeAll(async () => {
  world = new World();
  await world.succeed(['index', world.spec(OLD), '--quiet', '--workers', '1']);
  before = world.files();
  world.save('old');
  await world.succeed(index());
  right = world.files();
}, WAIT_MS);
afterAll(() => world?.remove());

test.each(CASES)('$what', fails, WAIT_MS);
test.skipIf(HAS_NATIVE_SQLITE)(
  `${STORE_FULL.what} (only where SQLite is WebAssembly)`,
  () => fails(STORE_FULL),
  WAIT_MS,
);

async function fails({ under, fail, told, leaves }: Case): Promise<void> {
  world.restore('old');
  const { code, stdout, stderr } = await world.run(index(), { fail: { ...fail, under: `${world.root}/${under}` } });
  expect({ code, stdout, stderr: world.sameText(stderr) }).toEqual({ code: 1, stdout: '', stderr: told });
  expect([...(await world.versions()).keys()]).toEqual([OLD]);
  // The working directory may hold units for the next run.
  if (!leaves) expect(world.files()).toEqual(before);
  await world.succeed(index());
  expect([world.files(), world.workingDirectories()]).toEqual([right, []]);
}
