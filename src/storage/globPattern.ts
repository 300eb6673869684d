/**
 * One component of a Hadoop path pattern (org.apache.hadoop.fs.GlobPattern): `*` any characters, `?` one character, `[abc]`, `[a-c]`,
 * `[^x]` and `[!x]` one character of a set, `\` takes the meaning from the next one. Alternatives in braces are expanded before.
 */

/** A component compiled: a plain name, or a test for names. */
export type GlobComponent =
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'pattern';
      readonly regex: RegExp;
      /** The pattern begins with a literal `_` or `.`, so it means names that wildcards do not see. */
      readonly namesHidden: boolean;
    };

/** `_` and `.` begin names that Hadoop's FileInputFormat passes over: logs, markers, checksums, attempts in progress. */
export function isHiddenName(name: string): boolean {
  return name.startsWith('_') || name.startsWith('.');
}

/** Compiles one path component (no slash in it). @param pattern the whole pattern, for messages */
export function compileGlobComponent(component: string, pattern: string): GlobComponent {
  let regex = '';
  let name = '';
  let wild = false;
  for (let at = 0; at < component.length; at++) {
    const char = String.fromCodePoint(component.codePointAt(at)!);
    at += char.length - 1;
    if (char === '*') {
      regex += '.*';
      wild = true;
    } else if (char === '?') {
      regex += '.';
      wild = true;
    } else if (char === '[') {
      const close = closingBracket(component, at, pattern);
      regex += characterClass(component.slice(at + 1, close), pattern);
      at = close;
      wild = true;
    } else if (char === '\\') {
      at++;
      if (at >= component.length) {
        throw new Error(`The pattern ${pattern} ends a name with a lone backslash. Write \\\\ for a backslash.`);
      }
      const escaped = String.fromCodePoint(component.codePointAt(at)!);
      at += escaped.length - 1;
      regex += literal(escaped);
      name += escaped;
    } else {
      regex += literal(char);
      name += char;
    }
  }
  if (!wild) return { kind: 'name', name };
  const namesHidden = isHiddenName(component.startsWith('\\') ? component.slice(1) : component);
  return { kind: 'pattern', regex: new RegExp(`^(?:${regex})$`, 'su'), namesHidden };
}

function closingBracket(component: string, open: number, pattern: string): number {
  for (let at = open + 1; at < component.length; at++) {
    if (component[at] === '\\') at++;
    else if (component[at] === ']') return at;
  }
  throw new Error(`The pattern ${pattern} opens a [ and does not close it. Write \\[ for a bracket in a name.`);
}

/** The inside of `[...]`: single characters and ranges, `^` or `!` first for all others. */
function characterClass(inside: string, pattern: string): string {
  const negated = inside.startsWith('^') || inside.startsWith('!');
  const items: { char: string; escaped: boolean }[] = [];
  const chars = [...(negated ? inside.slice(1) : inside)];
  for (let at = 0; at < chars.length; at++) {
    const escaped = chars[at] === '\\' && at + 1 < chars.length;
    if (escaped) at++;
    items.push({ char: chars[at]!, escaped });
  }
  if (items.length === 0)
    throw new Error(`The pattern ${pattern} has an empty [ ] in it. Name at least one character.`);
  let body = '';
  for (let at = 0; at < items.length; at++) {
    const { char, escaped } = items[at]!;
    const range = char === '-' && !escaped && at > 0 && at + 1 < items.length;
    if (range && items[at - 1]!.char.codePointAt(0)! > items[at + 1]!.char.codePointAt(0)!) {
      throw new Error(
        `The pattern ${pattern} has a range that runs backwards: ${items[at - 1]!.char}-${items[at + 1]!.char}.`,
      );
    }
    body += range ? '-' : literal(char);
  }
  return `[${negated ? '^' : ''}${body}]`;
}

/** A character as itself, inside and outside of a class. */
function literal(char: string): string {
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}
