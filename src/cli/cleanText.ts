import type { Leftover } from '../publish/recover.ts';
import type { SupersededSegment } from '../publish/superseded.ts';
import type { Retention } from './retention.ts';
import { countOf } from './text/numbers.ts';
import { printableLine } from './text/printable.ts';

interface Cleaned {
  readonly leftovers: readonly Leftover[];
  readonly superseded: readonly SupersededSegment[];
  readonly retention: Retention | null;
  readonly dryRun: boolean;
}

/** What `segmill clean` has done, or would do, a line each. */
export function cleanText({ leftovers, superseded, retention, dryRun }: Cleaned): string {
  const words = { removed: dryRun ? 'would remove' : 'removed', kept: dryRun ? 'would keep' : 'kept' };
  const lines = leftovers.map(({ directory, fate, reason }) => `${words[fate]} ${directory}: ${reason}`);
  for (const { version, fate, unusedSince, count } of byVersion(superseded)) {
    const since = unusedSince === null ? 'used still' : `unused since ${unusedSince}`;
    const why = {
      removed: '',
      hidden: `, not for ${retention?.text} yet`,
      elsewhere: '; their files are not in this deep storage',
    }[fate];
    const word = fate === 'removed' ? words.removed : words.kept;
    lines.push(`${word} version ${version}, ${countOf(count, 'segment')}: hidden by newer ones, ${since}${why}`);
  }
  if (lines.length > 0) return lines.map((line) => `${printableLine(line)}\n`).join('');
  return retention === null
    ? 'nothing is left of any job\n'
    : 'nothing is left of any job, and no segment is hidden by newer ones\n';
}

function byVersion(superseded: readonly SupersededSegment[]): (Omit<SupersededSegment, 'id'> & { count: number })[] {
  const groups = new Map<string, Omit<SupersededSegment, 'id'> & { count: number }>();
  for (const { id: _, ...segment } of superseded) {
    const key = JSON.stringify(segment);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...segment, count: 1 });
    else group.count++;
  }
  return [...groups.values()].sort((a, b) => (a.version < b.version ? -1 : 1));
}
