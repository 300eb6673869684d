/** Predicates of the filters that look at texts: like and regex. Numbers are seen as their text, null is unknown. */

import type { DoubleText } from './fieldText.ts';
import { beforeLastLineEnd, javaRegExp } from './javaRegex.ts';
import { Match, matchIf, type Predicate } from './predicate.ts';
import { ofText } from './rangePredicates.ts';

/** `regex`: matches where the pattern is found anywhere in the text. */
export function regexPredicate(pattern: string, doubleText: DoubleText): Predicate {
  return found(javaRegExp(pattern), doubleText);
}

/**
 * `like`: the whole text, with `%` for any characters, `_` for one, and the character behind `escapeChar` for itself.
 * As in Druid, a line end at the end of the text is overlooked.
 */
export function likePredicate(pattern: string, escapeChar: string | null, doubleText: DoubleText): Predicate {
  let source = '';
  let literal = false;
  for (const char of pattern) {
    if (literal || (char !== escapeChar && char !== '%' && char !== '_')) {
      source += char.replace(SYNTAX, '\\$&');
      literal = false;
    } else if (char === escapeChar) literal = true;
    else source += char === '%' ? '.*' : '.';
  }
  return found(new RegExp(`^${source}${beforeLastLineEnd(false)}`, 'sv'), doubleText);
}

function found(regExp: RegExp, doubleText: DoubleText): Predicate {
  return ofText((value) => (value === null ? Match.unknown : matchIf(regExp.test(value))), doubleText);
}

/** Characters that mean something in a JavaScript pattern. */
const SYNTAX = /[$()*+./?[\\\]^{|}]/;
