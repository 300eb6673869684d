/** Commands that are killed at points of their work, and what has to hold after each. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JournalEntry } from '../../src/publish/journal.ts';
import { openSegment } from '../../src/segment/reader/openSegment.ts';
import type { Random } from '../mapreduce/index/random.ts';
import type { Kill, Point } from './faults.ts';
import { HOURS, NEW, OLD, World } from './world.ts';

const WHEN: readonly Kill['when'][] = ['before', 'half', 'after'];

/** Every step of a job's journal, and the victims that take it. */
export const STEPS = {
  begin: ['index', 'publish'],
  stage: ['index'],
  complete: ['index'],
  staged: ['stage'],
  store: ['index', 'publish'],
  published: ['index', 'publish'],
  discard: ['discard'],
  ended: ['keep'],
} as const satisfies Record<JournalEntry['type'], readonly VictimName[]>;

export type VictimName = 'index' | 'stage' | 'keep' | 'publish' | 'discard' | 'clean' | 'recover';

/** A command that is killed. */
interface Victim {
  readonly name: VictimName;
  /** The world that it starts from. */
  readonly from: string;
  readonly argv: readonly string[];
  /** Its calls when nothing goes wrong. */
  readonly points: readonly Point[];
}

/** A world with an old version in it, prepared for all victims. */
export class KilledRuns {
  readonly #world: World;
  readonly #victims: ReadonlyMap<VictimName, Victim>;
  /** Deep storage with both versions, as it should be. */
  readonly #right: ReadonlyMap<string, string | null>;
  /** Names of journal entries at whose writing, or syncing, a run was killed. */
  readonly steps = new Set<string>();
  kills = 0;

  private constructor(world: World, victims: readonly Victim[], right: ReadonlyMap<string, string | null>) {
    this.#world = world;
    this.#victims = new Map(victims.map((victim) => [victim.name, victim]));
    this.#right = right;
  }

  static async prepare(): Promise<KilledRuns> {
    const world = new World();
    const run = ['--quiet', '--workers', '1'];
    await world.succeed(['index', world.spec(OLD), ...run]);
    world.save('old');
    const index = ['index', world.spec(NEW), ...run];
    const victims: Victim[] = [];
    const add = async (name: VictimName, from: string, argv: readonly string[]) => {
      world.restore(from);
      victims.push({ name, from, argv, points: await world.trace(argv) });
    };
    await add('index', 'old', index);
    const right = world.files();
    for (const [path, sha] of right) if (sha !== null) await openSegment(join(world.output, path));
    await add('stage', 'old', [...index, '--stage']);
    world.save('staged');
    const [staged] = world.workingDirectories();
    await add('publish', 'staged', ['publish', join(world.work, 'ds', staged)]);
    await add('discard', 'staged', ['discard', join(world.work, 'ds', staged)]);
    await add('keep', 'old', ['index', world.spec(NEW, { leaveIntermediate: true }), ...run]);
    // Killed between the first and the last file that gets its name.
    world.restore('old');
    const naming = pick(victims[0].points, /^main rename out\/ds\/.*index\.zip$/)[1];
    await world.kill(index, { ...naming, when: 'before' });
    world.save('killed');
    await add('clean', 'killed', ['clean', world.spec(NEW)]);
    await add('recover', 'killed', index);
    return new KilledRuns(world, victims, right);
  }

  remove(): void {
    this.#world.remove();
  }

  /** The points of a victim that match. @throws Error where there are none */
  points(name: VictimName, pattern: RegExp): readonly Point[] {
    return pick(this.#victim(name).points, pattern);
  }

  /** A victim, one of its points, and a moment at that point. */
  choose(random: Random): [VictimName, Kill] {
    const victim = random.pick([...this.#victims.values()]);
    return [victim.name, { ...random.pick(victim.points), when: random.pick(WHEN) }];
  }

  /**
   * Kills a command. Then the old version is whole; the new one is whole, or not there at all; the command, run again, comes to its end,
   * and nothing is left behind.
   */
  async kill(name: VictimName, kill: Kill): Promise<void> {
    const world = this.#world;
    const { from, argv } = this.#victim(name);
    const where = `${name}, killed ${kill.when} ${kill.name}`;
    world.restore(from);
    await world.kill(argv, kill);
    this.kills++;
    const step = /^main (?:write|fsync) journal (\w+)$/.exec(kill.name);
    if (step !== null) this.steps.add(step[1]);
    await this.#expectWhole(where);
    const again = await world.run(argv);
    // A staged job that was through is gone.
    const isGone = again.code === 2 && again.stderr.includes('is no working directory of a job');
    if (!isGone || (name !== 'publish' && name !== 'discard'))
      expect([again.code, again.stderr], where).toEqual([0, '']);
    await this.#expectNothingLeft(where, argv[0] === 'index');
  }

  async #expectWhole(where: string): Promise<void> {
    const versions = await this.#world.versions();
    const files = this.#world.files();
    expect(versions.get(OLD), where).toEqual(HOURS[OLD]);
    const isPublished = versions.has(NEW);
    // Hours without rows have tombstones.
    if (isPublished) expect(versions.get(NEW), where).toEqual(HOURS[OLD]);
    for (const [path, sha] of this.#right) {
      if (isPublished || path.includes(OLD)) expect(files.get(path), `${where}: ${path}`).toBe(sha);
    }
  }

  /** @param isIndexed the new version was published since the kill, unless it is staged */
  async #expectNothingLeft(where: string, isIndexed: boolean): Promise<void> {
    const world = this.#world;
    for (const left of world.workingDirectories()) await world.run(['discard', join(world.work, 'ds', left)]);
    if (!isIndexed || !(await world.versions()).has(NEW)) await world.succeed(this.#victim('index').argv);
    await world.succeed(['clean', world.spec(NEW)]);
    expect((await world.versions()).get(NEW), where).toEqual(HOURS[OLD]);
    expect(world.files(), where).toEqual(this.#right);
    expect(world.workingDirectories(), where).toEqual([]);
    expect(world.storeFiles(), where).toEqual(['store.sqlite']);
    expect(readdirSync(world.root).sort(), where).toEqual(['out', 'scratch']);
  }

  #victim(name: VictimName): Victim {
    return this.#victims.get(name) as Victim;
  }
}

function pick(points: readonly Point[], pattern: RegExp): readonly Point[] {
  const found = points.filter(({ name }) => pattern.test(name));
  if (found.length === 0) throw new Error(`No call is named ${pattern}.`);
  return found;
}
