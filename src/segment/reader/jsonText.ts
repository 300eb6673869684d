import { highWord, lowWord } from './byteOrder.ts';

/** JSON that is already text: {@link jsonText} writes it as it stands, but on one line. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A double in Java's text form, for {@link jsonText}: the class keeps it apart from counts, which have no fraction. */
export class JsonDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/**
 * Compact JSON on one line. Unlike JSON.stringify it takes bigint (exact), Map (an object in the order of the map), {@link RawJson} and
 * {@link JsonDouble}; fields that are undefined are left out.
 */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof RawJson) return oneLine(value.text);
  if (value instanceof JsonDouble) return doubleText(value.value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = [...(value instanceof Map ? value : Object.entries(value))].filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${jsonText(field)}`).join(',')}}`;
}

/** No JSON string holds a raw line end, so spaces around one can go. */
function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, '');
}

/** The exact decimal text of the long that an Int32Array `words`, laid over a BigInt64Array, holds at `index`. */
export function longText(words: Int32Array, index: number): string {
  const low = words[index * 2 + lowWord] >>> 0;
  const high = words[index * 2 + highWord];
  if (high >= -0x200000 && high < 0x200000) return String(high * 0x100000000 + low);
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/**
 * A double as Java writes it: `1.0`, `0.001`, `1.0E-4`, `1.2345678E7`. Numbers that JSON has not are strings: `"NaN"`, `"Infinity"`.
 * Digits are the fewest that tell the double apart.
 */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const shortest = value.toExponential();
  // Java has a digit after the point and then takes the nearest: the least double is 4.9E-324, not 5.0E-324.
  const [digits, exponent] = (shortest.includes('.') ? shortest : value.toExponential(1)).split('e');
  return `${digits}E${Number(exponent)}`;
}

/** A float (a double that is exactly one) as Java writes it, with the fewest digits that tell the float apart. */
export function floatText(value: number): string {
  return doubleText(shortestFloat(value));
}

/** The double whose text has the fewest digits that still round to float `value`. */
function shortestFloat(value: number): number {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 1e7)) return value;
  // Six digits survive the way into a float and back, so fewer need not be tried: they show as trailing zeros.
  for (let precision = 6; precision < 9; precision++) {
    const candidate = roundedHalfEven(value, precision);
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}

/** `value` to `precision` digits; of two equally near, the even one, as Java does (toPrecision takes the larger). */
function roundedHalfEven(value: number, precision: number): number {
  const longer = value.toPrecision(precision + 1);
  const isTie = /5(e|$)/.test(longer) && Number(longer) === value;
  const shorter = longer.replace(/5(?=e|$)/, '');
  return isTie && /[02468]\.?(e|$)/.test(shorter) ? Number(shorter) : Number(value.toPrecision(precision));
}
