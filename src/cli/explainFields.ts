import pc from 'picocolors';
import type { FieldUse } from '../spec/problem.ts';
import { wrapWords } from './text/layout.ts';
import { countText } from './text/numbers.ts';
import { cutTo, printableLine } from './text/printable.ts';

const USES = ['used', 'defaulted', 'ignored', 'dangerous'] as const;
const USE_WIDTH = 9;
const INDENT = '  ';
/** Where a value must be cut, this much of it stays. */
const VALUE_MIN = 12;
/** Of the width that use and indent leave, the share of name and value. */
const LEFT_SHARE = 0.52;

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
  const margin = INDENT.length + USE_WIDTH + 2;
  const leftWidth = Math.floor((columns - margin) * LEFT_SHARE);
  const whyColumn = margin + leftWidth + 2;
  const lines: string[] = [];
  for (const [parent, members] of groupByParent(fields)) {
    lines.push(paint.bold(parent === '' ? '(top level)' : printableLine(parent)));
    for (const { path, use, value, why } of members) {
      const name = printableLine(splitPath(path).name);
      const shown = cutTo(printableLine(JSON.stringify(value) ?? ''), Math.max(VALUE_MIN, leftWidth - name.length - 2));
      const left = `${name}: ${shown}`;
      const reason = wrapWords(printableLine(why), columns - whyColumn);
      // What is too long for its place gets a line of its own.
      const beside = left.length <= leftWidth ? (reason.shift() ?? '') : '';
      lines.push(`${INDENT}${paints[use](use.padEnd(USE_WIDTH))}  ${left.padEnd(leftWidth)}  ${beside}`.trimEnd());
      for (const line of reason) lines.push(`${' '.repeat(whyColumn)}${line}`);
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
