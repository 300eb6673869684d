import type { Randomness } from './randomness.ts';

/** A JSON literal that JavaScript would not write so, such as `7.0`. */
export class Literal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A field: a text, a literal, null, a list of such, or undefined where the record has no such field. */
export type Field = string | Literal | null | undefined | readonly (string | Literal | null)[];
export type InputRecord = Readonly<Record<string, Field>>;

const literals = (texts: string) => texts.split(' ').map((text) => new Literal(text));

const WORDS = [
  ...[
    '',
    'a',
    'b',
    'B',
    'é',
    'ÅNGSTRÖM',
    '日本語',
    '😀',
    'ｆｕｌｌ',
    '"quoted"',
    'back\\slash',
    'a b',
    '0',
    '-1',
    'null',
  ],
];
/** What a string dimension may be given that is no text. */
const MIXED: readonly Field[] = [
  ...literals('7 7.0 0.1 -0 -0.0 1e23 2e-3 12345678901234567890 true false {"x":1} {"k":[1,"x",null]} [[1,2],[3]]'),
  ...literals('[1,"1",1.0] [null] [null,null] ["",null] [true] []'),
  ...['7', '7.0', 'null', 'true', ''],
  null,
];
const LONGS: readonly Field[] = [
  ...literals(
    '7 7.0 7.9 -7.9 0 -0 100 9007199254740993 9.007199254740993E15 12345678901234567890 true [7] [7,8] [] {}',
  ),
  ...[
    '7',
    '+7',
    '-7',
    '7.0',
    '7.',
    '1e2',
    '07',
    '7.9',
    ' 7',
    'abc',
    '',
    '0x7',
    '9223372036854775807',
    '9223372036854775808',
  ],
  null,
];
const DOUBLES: readonly Field[] = [
  ...literals('0.5 5 5.0 -0.0 0 -0 0.1 1e300 1e39 3.4028235e38 1e-46 16777217 9007199254740993 true [0.5] []'),
  ...[
    '0.5',
    '+5',
    '5f',
    '5d',
    '0x1p3',
    'NaN',
    '-Infinity',
    '-0',
    '0.1',
    '0.10',
    ' 5',
    'inf',
    '',
    'abc',
    '1,000',
    '.5',
    '1e-400',
  ],
  null,
];
const AMOUNTS: readonly Field[] = [
  ...literals('7.9 -7.9 true [1] {} 1e3 9007199254740993'),
  ...['1,000', ' 12 ', '+7', '12.7', '1e3', 'abc', '', '0x10', '--1'],
  null,
];

/** Sizes and the like that all records of a job share. */
export interface RowOptions {
  readonly cardinality: number;
  /** Whether odd values are strewn in, of other types and unreadable ones. */
  readonly odd: boolean;
  readonly words: readonly string[];
}

/** Words that a format can hold. */
export function wordsWithout(characters: RegExp): readonly string[] {
  return WORDS.filter((word) => !characters.test(word));
}

/**
 * The fields of one record but its time. Sums of `amount` (longs), `ratio` (doubles) and `small` (floats too) are exact in any
 * order; `keyed` depends on `key` alone.
 * @param seq differs between any two records
 */
export function randomFields(random: Randomness, options: RowOptions, seq: number): Record<string, Field> {
  const { words } = options;
  const maybe = (value: Field): Field => (random.chance(0.15) ? (random.chance(0.5) ? null : undefined) : value);
  const oddly = (value: Field, from: readonly Field[]): Field =>
    options.odd && random.chance(0.3) ? random.pick(from) : maybe(value);
  const key = random.below(options.cardinality);
  const list = Array.from({ length: random.below(4) }, () => (random.chance(0.15) ? null : random.pick(words)));
  const number = (value: number): Field => (random.chance(0.2) ? String(value) : new Literal(String(value)));
  return {
    key: `k${key}`,
    seq: new Literal(String(seq)),
    word: maybe(random.pick(words)),
    list: maybe(list),
    mixed: oddly(random.pick(words), MIXED),
    flag: maybe(new Literal(String(random.chance(0.5)))),
    long: oddly(number(random.below(20) - 10), LONGS),
    double: oddly(number((random.below(100) - 50) / 4), DOUBLES),
    float: oddly(number((random.below(100) - 50) / 10), DOUBLES),
    amount: oddly(number(random.below(2_000_000) - 1_000_000), AMOUNTS),
    ratio: maybe(number((random.below(200_000) - 100_000) / 64)),
    small: maybe(number((random.below(80) - 40) / 4)),
    keyed: key % 3 === 0 ? null : new Literal(String(key / 2)),
    undeclared: maybe(random.pick(words)),
  };
}

/** A line of JSON; a field that is undefined is left out. */
export function jsonLine(record: InputRecord): string {
  const one = (value: string | Literal | null): string =>
    value instanceof Literal ? value.text : JSON.stringify(value);
  const fields = Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const text = Array.isArray(value) ? `[${value.map(one).join(',')}]` : one(value as string | Literal | null);
      return `${JSON.stringify(name)}:${text}`;
    });
  return `{${fields.join(',')}}`;
}

/** The text of a field in a format that knows texts alone. */
export function cellText(value: Field, listDelimiter: string): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Literal) return value.text;
  if (typeof value === 'string') return value;
  return value.map((element) => cellText(element, listDelimiter)).join(listDelimiter);
}
