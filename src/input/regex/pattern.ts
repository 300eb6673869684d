import { javaRegExp } from '../../row/filter/javaRegex.ts';

/** A Java pattern for whole lines, ready to run. */
export interface LinePattern {
  readonly regExp: RegExp;
  /** Java's capturing groups. */
  readonly groupCount: number;
  /** Where Java's group `n + 1` stands in a match of `regExp`. */
  readonly positions: readonly number[];
}

/**
 * Compiles a pattern for Java's `matcher(line).matches()`: the whole line must match. One difference is left: a group that takes
 * no part in the last round of a repetition, but did in an earlier one, keeps its value in Java and has none here.
 *
 * @throws SyntaxError where Java would refuse the pattern, or JavaScript has no equal of it
 */
export function linePattern(pattern: string): LinePattern {
  const regExp = new RegExp(`^(?:${javaRegExp(pattern).source})$`, 'v');
  // An alternative that always matches shows all groups, in order; those of the translation have names of their own.
  const groups = new RegExp(`${regExp.source}|`, 'v').exec('')?.groups ?? {};
  const names = Object.keys(groups);
  const count = names.filter((name) => name.startsWith('g')).length;
  const positions = Array.from({ length: count }, (_, i) => names.indexOf(`g${i + 1}`) + 1);
  return { regExp: withoutNames(regExp), groupCount: count, positions };
}

/** Names cost an object per match. They stay where the pattern refers to them. */
function withoutNames(regExp: RegExp): RegExp {
  const { source } = regExp;
  return source.includes('\\k<') ? regExp : new RegExp(source.replaceAll(/\(\?<[ag]\d+>/g, '('), 'v');
}

/**
 * Compiles a list delimiter, which is a Java pattern too.
 *
 * @throws SyntaxError as `linePattern`, and for a pattern that matches an empty text
 */
export function listPattern(pattern: string): RegExp {
  const { source } = javaRegExp(pattern);
  if (new RegExp(`^(?:${source})$`, 'v').test('')) {
    throw new SyntaxError(
      `the listDelimiter ${JSON.stringify(pattern)} of the "regex" parseSpec is a regular expression, and this one matches an empty ` +
        `text: escape what is meant literally, as in "\\\\|"`,
    );
  }
  return new RegExp(source, 'gv');
}

/** Divides a text as Guava's `Splitter.onPattern` does: unlike `String.split`, groups of the delimiter give no parts. */
export function splitList(text: string, delimiter: RegExp): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let from = 0; from <= text.length; ) {
    delimiter.lastIndex = from;
    const match = delimiter.exec(text);
    if (match === null) break;
    const end = match.index + match[0].length;
    if (end === start) {
      // An empty match where a part begins divides nothing.
      from = end + 1;
      continue;
    }
    parts.push(text.slice(start, match.index));
    start = end;
    from = end;
  }
  parts.push(text.slice(start));
  return parts;
}
