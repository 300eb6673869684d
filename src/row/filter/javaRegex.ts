/**
 * Patterns of `java.util.regex` as JavaScript's, for `find()`. The languages differ in more than they seem to: what `$`, `.`,
 * `\s`, `\b` and case mean, possessive quantifiers, atomic groups, set operations. Each construct is translated to one of equal
 * meaning, and what has none is refused.
 *
 * @see java.util.regex.Pattern (Java 17)
 */

import { characterClass, characterEscape, otherCase, setEscape } from './regexClass.ts';
import { RegexCursor } from './regexCursor.ts';

/**
 * Compiles a Java pattern; `test` of the result is Java's `matcher(text).find()`. Java's group `n` is the group named `gn`.
 *
 * @throws SyntaxError where Java would refuse the pattern, or JavaScript has no equal of it
 */
export function javaRegExp(pattern: string): RegExp {
  return new RegExp(new JavaRegex(pattern).translate(), 'v');
}

interface Group {
  readonly name: string | null;
  /** It may not have taken part where the pattern goes on: Java then fails on a reference to it, JavaScript does not. */
  optional: boolean;
}

class JavaRegex {
  readonly #cursor: RegexCursor;
  /** Java's capturing groups; an entry is there from the opening parenthesis on. */
  readonly #groups: Group[] = [];
  #atomics = 0;

  constructor(pattern: string) {
    this.#cursor = new RegexCursor(pattern);
  }

  translate(): string {
    const source = this.#alternatives();
    if (!this.#cursor.done) throw this.#cursor.error('a ")" has no "("');
    return source;
  }

  #alternatives(): string {
    const cursor = this.#cursor;
    const firstGroup = this.#groups.length;
    let source = this.#sequence();
    while (cursor.take('|')) {
      this.#makeOptional(firstGroup);
      source += `|${this.#sequence()}`;
      this.#makeOptional(firstGroup);
    }
    return source;
  }

  #sequence(): string {
    const cursor = this.#cursor;
    let source = '';
    for (;;) {
      cursor.skipComments();
      if (cursor.done || cursor.peek() === '|' || cursor.peek() === ')') return source;
      const firstGroup = this.#groups.length;
      source += this.#quantified(this.#atom(), firstGroup);
    }
  }

  #quantified(atom: string, firstGroup: number): string {
    const cursor = this.#cursor;
    cursor.skipComments();
    if (atom === '') return '';
    const quantifier = cursor.match(/[?*+]|\{\d+(?:,\d*)?\}/y)?.[0];
    if (quantifier === undefined) return atom;
    if (quantifier === '?' || quantifier === '*' || /^\{0+[,}]/.test(quantifier)) this.#makeOptional(firstGroup);
    if (cursor.take('?')) return `${atom}${quantifier}?`;
    return cursor.take('+') ? this.#atomic(`${atom}${quantifier}`) : `${atom}${quantifier}`;
  }

  /** One element of a sequence, as something that a quantifier can follow; empty for a change of flags. */
  #atom(): string {
    const cursor = this.#cursor;
    const quoted = cursor.match(/\\Q([\s\S]*?)(?:\\E|$)/y);
    if (quoted !== null) return this.#quotedText(quoted[1]);
    if (cursor.take('\\')) return this.#escape();
    if (cursor.take('(')) return this.#group();
    if (cursor.take('[')) return characterClass(cursor);
    const { multiline, dotAll, unixLines } = cursor.flags;
    if (cursor.take('.')) return dotAll ? '[^]' : unixLines ? '[^\\n]' : `[^${LINE_ENDS}]`;
    if (cursor.take('^')) return multiline ? lineStart(unixLines) : TEXT_START;
    if (cursor.take('$')) return multiline ? lineEnd(unixLines) : beforeLastLineEnd(unixLines);
    if ('?*+{'.includes(cursor.peek())) throw cursor.error(`"${cursor.peek()}" has nothing to repeat`);
    return this.#character(cursor.codePoint());
  }

  #group(): string {
    const cursor = this.#cursor;
    const { flags } = cursor;
    const firstGroup = this.#groups.length;
    const opening = cursor.match(/\?(?:<([A-Za-z][A-Za-z0-9]*)>|<?[=!]|[:>])/y);
    let kind = opening?.[0] ?? '';
    if (opening === null && cursor.take('?')) {
      this.#changeFlags();
      if (cursor.take(')')) return '';
      cursor.expect(':', 'a group with flags');
      kind = '?:';
    }
    const name = opening?.[1] ?? null;
    if (kind === '' || name !== null) {
      if (name !== null && this.#groups.some((group) => group.name === name)) {
        throw cursor.error(`two groups are named "${name}"`);
      }
      // Inside itself a group has not taken part yet.
      this.#groups.push({ name, optional: true });
      kind = `?<g${this.#groups.length}>`;
    }
    const captured = kind.startsWith('?<g') ? this.#groups[firstGroup] : null;
    const body = this.#alternatives();
    cursor.expect(')', 'a group');
    if (captured !== null) captured.optional = false;
    cursor.flags = flags;
    if (kind.endsWith('!')) this.#makeOptional(firstGroup);
    if (kind === '?>') return this.#atomic(body);
    return kind === '?:' || captured !== null ? `(${kind}${body})` : `(?:(${kind}${body}))`;
  }

  /** Matches the body once and for all: JavaScript never goes back into a lookahead. */
  #atomic(body: string): string {
    const name = `a${++this.#atomics}`;
    return `(?:(?=(?<${name}>${body}))\\k<${name}>)`;
  }

  #changeFlags(): void {
    const cursor = this.#cursor;
    const match = cursor.match(/([a-zA-Z]*)(?:-([a-zA-Z]*))?(?=[:)])/y);
    if (match === null) throw cursor.error('"(?" is followed by no known kind of group');
    for (const [letters, on] of [
      [match[1], true],
      [match[2] ?? '', false],
    ] as const) {
      for (const letter of letters) {
        const flag = FLAGS[letter];
        if (flag === undefined) throw cursor.error(`the flag "${letter}" isn't supported`);
        cursor.flags = { ...cursor.flags, [flag]: on };
      }
    }
  }

  /** The cursor stands behind the backslash. */
  #escape(): string {
    const cursor = this.#cursor;
    const set = setEscape(cursor);
    if (set !== null) return set;
    if (/^[1-9]/.test(cursor.peek())) return this.#numberedReference();
    const named = cursor.match(/k<([A-Za-z][A-Za-z0-9]*)>/y);
    if (named !== null) return this.#reference(this.#groups.findIndex((group) => group.name === named[1]) + 1);
    const { unixLines } = cursor.flags;
    if (cursor.take('b')) return WORD_BOUNDARY;
    if (cursor.take('B')) return NO_WORD_BOUNDARY;
    if (cursor.take('A') || cursor.take('G')) return TEXT_START;
    if (cursor.take('z')) return TEXT_END;
    if (cursor.take('Z')) return beforeLastLineEnd(unixLines);
    if (cursor.take('R')) return '(?:\\r\\n|[\\n\\v\\f\\r\\u{85}\\u{2028}\\u{2029}])';
    return this.#character(characterEscape(cursor));
  }

  /** Further digits belong to the number while there are so many groups. */
  #numberedReference(): string {
    const cursor = this.#cursor;
    let number = cursor.codePoint() - ZERO;
    while (/^\d/.test(cursor.peek())) {
      const longer = number * 10 + Number(cursor.peek());
      if (longer > this.#groups.length) break;
      number = longer;
      cursor.at++;
    }
    return this.#reference(number);
  }

  #reference(number: number): string {
    const group = this.#groups[number - 1];
    if (group === undefined) throw this.#cursor.error('it refers to a group that does not stand before it');
    if (group.optional) throw this.#cursor.error(`it refers to group ${number}, which may not have taken part`);
    if (this.#cursor.flags.ignoreCase)
      throw this.#cursor.error("references to groups aren't supported with the flag i");
    return `\\k<g${number}>`;
  }

  #makeOptional(firstGroup: number): void {
    for (let i = firstGroup; i < this.#groups.length; i++) this.#groups[i].optional = true;
  }

  /** Quoted text; a quantifier behind it goes with its last character. */
  #quotedText(text: string): string {
    const characters = Array.from(text, (char) => this.#character(char.codePointAt(0) as number));
    return characters.join('');
  }

  #character(code: number): string {
    const char = String.fromCodePoint(code);
    if (this.#cursor.flags.ignoreCase) {
      const other = otherCase(code);
      if (other !== code) return `[${char}${String.fromCodePoint(other)}]`;
    }
    if (code < 0x20 || (code >= 0xd800 && code < 0xe000)) return `\\u{${code.toString(16)}}`;
    return '^$\\.*+?()[]{}|/'.includes(char) ? `\\${char}` : char;
  }
}

const FLAGS: Readonly<Record<string, keyof RegexCursor['flags'] | undefined>> = {
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  d: 'unixLines',
  x: 'comments',
};

const LINE_ENDS = '\\n\\r\\u{85}\\u{2028}\\u{2029}';
const TEXT_START = '(?:^)';
const TEXT_END = '(?:$)';
/** Never between the two halves of a CR LF. */
const NOT_INSIDE_CRLF = '(?<!\\r(?=\\n))';

function lineStart(unixLines: boolean): string {
  const behind = unixLines ? '(?<=\\n)' : `(?<=[${LINE_ENDS}])${NOT_INSIDE_CRLF}`;
  return `(?:^|${behind}(?!$))`;
}

function lineEnd(unixLines: boolean): string {
  return unixLines ? '(?:(?=\\n)|$)' : `(?:(?=[${LINE_ENDS}])${NOT_INSIDE_CRLF}|$)`;
}

/** At the end, or before a line end that is the last thing in the text: Java's `$`. */
export function beforeLastLineEnd(unixLines: boolean): string {
  return unixLines ? '(?:(?=\\n?$))' : `(?:${NOT_INSIDE_CRLF}(?=(?:\\r\\n|[${LINE_ENDS}])?$))`;
}

const WORD = '[\\p{L}\\p{Nd}_]';
const WORD_BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const NO_WORD_BOUNDARY = `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`;
const ZERO = 48;
