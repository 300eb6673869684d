/** Numbers and nested values as Java's `toString` writes them: the text that string dimensions store and filters compare. */

import { javaNotationOf } from './javaNotation.ts';
import { floatOfDecimal } from './rounding.ts';

export { javaDoubleTextJdk17 } from './javaTextJdk17.ts';

/**
 * Text of a double in Java's notation with the fewest digits that give the double back, as `Double.toString` writes it from
 * Java 19 on. `javaDoubleTextJdk17` is the form of the Java that Druid 33's Hadoop tasks run on.
 *
 * @see the specification of `java.lang.Double.toString` (Java 19)
 */
export function javaDoubleText(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude < PLAIN_INTEGER_MAX && Number.isInteger(value)) {
    return value === 0 && Object.is(value, -0) ? '-0.0' : `${value}.0`;
  }
  if (magnitude >= 1e-3 && magnitude < 1e7) return String(value);
  if (magnitude < DOUBLE_NORMAL_MIN) {
    // Where doubles are sparse one digit can be enough; Java then takes the two digits that are nearest: 4.9E-324, not 5.0E-324.
    const two = value.toPrecision(2);
    if (Number(two) === value) return javaNotationOf(two);
  }
  if (!Number.isFinite(value)) return String(value);
  return javaNotationOf(String(value));
}

/** Text of a float in Java's notation (Java 19 and later), fewest digits that give the float back. `value` must be a float. */
export function javaFloatText(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude < PLAIN_INTEGER_MAX && Number.isInteger(value)) return javaDoubleText(value);
  if (!Number.isFinite(value)) return String(value);
  // Six digits never tell two candidates of a normal float apart, so shorter ones are among them with zeros at the end.
  for (let digits = magnitude < FLOAT_NORMAL_MIN ? 2 : 6; digits < 9; digits++) {
    const nearest = value.toExponential(digits - 1);
    if (floatOfDecimal(nearest) === value) return javaNotationOf(nearest);
    // Floats are twice as dense below a power of two as above it, so the nearest decimal below can be another float's
    // where the next decimal above is still ours.
    const above = nextAwayFromZero(nearest, digits);
    if (floatOfDecimal(above) === value) return javaNotationOf(above);
  }
  return javaNotationOf(value.toExponential(8));
}

/**
 * Java's `toString` of a nested value: maps as `{k=1, l=[1, 2]}`, lists as `[1, null]`, text without quotes.
 *
 * @param value null, boolean, string, bigint (a Java Long), number (always a Double), list, or a Map or plain object of these
 * @param doubleText how doubles are written; `javaDoubleText` unless Java 17's text is wanted
 */
export function javaTextOfJson(value: unknown, doubleText: (value: number) => string = javaDoubleText): string {
  if (typeof value === 'number') return doubleText(value);
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  if (Array.isArray(value)) return `[${value.map((element) => javaTextOfJson(element, doubleText)).join(', ')}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries.map(([key, entry]) => `${key}=${javaTextOfJson(entry, doubleText)}`).join(', ')}}`;
}

/** The decimal one unit of the last digit further from zero. `text` as `toExponential(digits - 1)` wrote it. */
function nextAwayFromZero(text: string, digits: number): string {
  const e = text.indexOf('e');
  const mantissa = Number(text.slice(0, e).replace('.', ''));
  return `${mantissa + Math.sign(mantissa)}e${Number(text.slice(e + 1)) - digits + 1}`;
}

const PLAIN_INTEGER_MAX = 1e7;
/** From here on doubles lie so close together that a one-digit text is also the nearest of two digits. */
const DOUBLE_NORMAL_MIN = 2 ** -1022;
const FLOAT_NORMAL_MIN = 2 ** -126;
