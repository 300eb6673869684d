/**
 * The order `version` of `bound`: that of Maven's artifact versions, where `1.2-alpha` comes before `1.2`, which comes before
 * `1.2.1`, and `1.9` before `1.10`.
 *
 * @see org.apache.maven.artifact.versioning.ComparableVersion (Maven 3.6), through Druid's VersionComparator
 */

import { asciiDigits } from '../numbers/decimal.ts';
import { lexicographic } from './textOrder.ts';

/** A number, a qualifier, or what stands behind a hyphen or a change between digits and letters. */
type Item = bigint | string | Item[];

export function version(a: string, b: string): number {
  return a === b ? 0 : compareItems(parse(a), parse(b));
}

function parse(text: string): Item[] {
  const root: Item[] = [];
  const stack = [root];
  let list = root;
  const nest = () => {
    const inner: Item[] = [];
    list.push(inner);
    list = inner;
    stack.push(inner);
  };
  const lower = text.toLowerCase();
  let digits = false;
  let start = 0;
  for (let i = 0; i < lower.length; i++) {
    const char = lower[i];
    if (char === '.' || char === '-') {
      list.push(i === start ? 0n : item(digits, lower.slice(start, i), false));
      start = i + 1;
      if (char === '-') nest();
      continue;
    }
    const isDigit = DIGIT.test(char);
    if (isDigit !== digits && i > start) {
      list.push(item(digits, lower.slice(start, i), isDigit));
      start = i;
      nest();
    }
    digits = isDigit;
  }
  if (lower.length > start) list.push(item(digits, lower.slice(start), false));
  while (stack.length > 0) dropTrailingNulls(stack.pop() as Item[]);
  return root;
}

function item(digits: boolean, text: string, beforeDigit: boolean): Item {
  if (digits) return BigInt(asciiDigits(text));
  const name = beforeDigit ? (SHORT_QUALIFIERS.get(text) ?? text) : text;
  return ALIASES.get(name) ?? name;
}

/** `1.0`, `1-ga` and `1` are one version. */
function dropTrailingNulls(list: Item[]): void {
  for (let i = list.length - 1; i >= 0; i--) {
    if (compareWithNothing(list[i]) === 0 && !(Array.isArray(list[i]) && (list[i] as Item[]).length > 0)) {
      list.splice(i, 1);
    } else if (!Array.isArray(list[i])) break;
  }
}

function compareItems(a: Item, b: Item): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length || i < b.length; i++) {
      const order =
        i >= a.length ? -compareWithNothing(b[i]) : i >= b.length ? compareWithNothing(a[i]) : compareItems(a[i], b[i]);
      if (order !== 0) return order;
    }
    return 0;
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return lexicographic(rank(a), rank(b));
  // Of different kinds: qualifiers before lists before numbers.
  return kindRank(a) - kindRank(b);
}

function compareWithNothing(item: Item): number {
  if (typeof item === 'bigint') return item === 0n ? 0 : 1;
  if (typeof item === 'string') return lexicographic(rank(item), RELEASE_RANK);
  return item.length === 0 ? 0 : compareWithNothing(item[0]);
}

function kindRank(item: Item): number {
  return typeof item === 'string' ? 0 : Array.isArray(item) ? 1 : 2;
}

/** Known qualifiers in their order, unknown ones after all of them by name. Ranks are compared as texts, as Maven does. */
function rank(qualifier: string): string {
  const known = QUALIFIERS.indexOf(qualifier);
  return known < 0 ? `${QUALIFIERS.length}-${qualifier}` : String(known);
}

/** Digits of any script are digits to Maven. */
const DIGIT = /\p{Nd}/u;
const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const RELEASE_RANK = String(QUALIFIERS.indexOf(''));
const SHORT_QUALIFIERS = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);
const ALIASES = new Map([
  ['ga', ''],
  ['final', ''],
  ['cr', 'rc'],
]);
