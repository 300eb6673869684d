import pc from 'picocolors';
import type { FieldUse } from '../spec/problem.ts';
import { wrapWords } from './text/layout.ts';
import { countText } from './text/numbers.ts';
import { cutTo, printableLine } from './text/printable.ts';

const USES = ['used', 'defaulted', 'ignored', 'dangerous'] as const;
const USE_WIDTH = 9;
const INDENT = '  ';
const NAME_MAX = 30;
const WHY_MIN = 24;
const VALUE_MIN = 12;
const VALUE_MAX = 32;

/**
 * What became of every field of a spec, for people: under each object its fields with use, name, value and reason.
 * @param columns width to lay out for
 */
export function explainFields(
  fields: readonly FieldUse[],
  { color, columns }: { readonly color: boolean; readonly columns: number },
): string {
  const paint = pc.createColors(color);
  const paints = { used: paint.green, defaulted: paint.dim, ignored: paint.yellow, dangerous: paint.red };
  const groups = groupByParent(fields);
  const names = fields.map(({ path }) => splitPath(path).name.length);
  const nameWidth = Math.min(NAME_MAX, Math.max(0, ...names));
  const rest = columns - INDENT.length - USE_WIDTH - nameWidth - 6;
  const valueWidth = Math.max(VALUE_MIN, Math.min(VALUE_MAX, rest - WHY_MIN));
  const whyColumn = columns - Math.max(WHY_MIN, rest - valueWidth);
  const lines: string[] = [];
  for (const [parent, members] of groups) {
    lines.push(paint.bold(parent === '' ? '(top level)' : printableLine(parent)));
    for (const { path, use, value, why } of members) {
      const name = printableLine(splitPath(path).name).padEnd(nameWidth);
      const shown = cutTo(printableLine(JSON.stringify(value) ?? ''), valueWidth);
      const left = `${name}  ${shown}`;
      const [first = '', ...more] = wrapWords(printableLine(why), columns - whyColumn);
      const blanks = ' '.repeat(Math.max(2, whyColumn - INDENT.length - USE_WIDTH - 2 - left.length));
      lines.push(`${INDENT}${paints[use](use.padEnd(USE_WIDTH))}  ${left}${blanks}${first}`.trimEnd());
      for (const line of more) lines.push(`${' '.repeat(whyColumn)}${line}`);
    }
  }
  const counts = USES.map((use) => `${countText(fields.filter((field) => field.use === use).length)} ${use}`);
  lines.push(`fields: ${counts.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** In order of first appearance. */
function groupByParent(fields: readonly FieldUse[]): Map<string, FieldUse[]> {
  const groups = new Map<string, FieldUse[]>();
  for (const field of fields) {
    const { parent } = splitPath(field.path);
    const group = groups.get(parent);
    if (group === undefined) groups.set(parent, [field]);
    else group.push(field);
  }
  return groups;
}

/** Keys of jobProperties have dots in them; their objects have not. */
const PROPERTIES = /^(.*\bjobProperties)\.(.+)$/;

function splitPath(path: string): { readonly parent: string; readonly name: string } {
  const property = PROPERTIES.exec(path);
  if (property !== null) return { parent: property[1], name: property[2] };
  const dot = path.lastIndexOf('.');
  return dot < 0 ? { parent: '', name: path } : { parent: path.slice(0, dot), name: path.slice(dot + 1) };
}
