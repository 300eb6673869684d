import type { Random } from './random.ts';

/** How a field `ts` is written, and what timestampSpec reads it. */
export interface TimeStyle {
  readonly format: string;
  /** JSON of a time, epoch milliseconds. */
  write(ms: number, random: Random): string;
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');
const iso = (ms: number) => new Date(ms).toISOString();
/** An ISO time as a clock five and a half hours ahead shows it. */
const isoAhead = (ms: number) => iso(ms + 19_800_000).replace('Z', '+05:30');

export const TIME_STYLES: readonly TimeStyle[] = [
  {
    format: 'auto',
    write: (ms, random) =>
      random.pick([
        () => `"${iso(ms)}"`,
        () => `"${iso(ms).replace('T', ' ').replace('Z', '')}"`,
        () => `"${isoAhead(ms)}"`,
        () => String(ms),
        // A text with a sign is a year.
        () => (ms < 0 ? `${ms}` : `"${ms}"`),
        () => `"${iso(ms).slice(0, 10)}"`,
      ])(),
  },
  {
    format: 'iso',
    write: (ms, random) =>
      random.pick([
        () => `"${iso(ms)}"`,
        () => `"${iso(ms).slice(0, 19)}"`,
        () => `"${isoAhead(ms)}"`,
        () => `"${iso(ms).slice(0, 16)}\\u005a"`,
        () => `"${iso(ms).slice(0, 10)}"`,
      ])(),
  },
  { format: 'millis', write: (ms, random) => random.pick([`${ms}`, `"${ms}"`, `${ms}.75`]) },
  { format: 'posix', write: (ms, random) => random.pick([`${Math.floor(ms / 1000)}`, `"${Math.floor(ms / 1000)}"`]) },
  { format: 'micro', write: (ms, random) => random.pick([`${ms}123`, `"${ms}999"`]) },
  { format: 'nano', write: (ms, random) => random.pick([`${ms}123456`, `"${ms}999999"`]) },
  { format: 'ruby', write: (ms) => `${Math.floor(ms / 1000)}.5` },
  {
    format: 'yyyy-MM-dd HH:mm:ss',
    write: (ms) => `"${iso(ms).slice(0, 19).replace('T', ' ')}"`,
  },
  {
    format: "dd/MM/yyyy'T'HH:mm:ss.SSS",
    write: (ms) => {
      const date = new Date(ms);
      const day = `${pad(date.getUTCDate())}/${pad(date.getUTCMonth() + 1)}/${date.getUTCFullYear()}`;
      return `"${day}T${iso(ms).slice(11, 23)}"`;
    },
  },
];

/** Texts that sort, encode and escape in different ways. */
const WORDS = [
  '',
  ' ',
  'a',
  'b',
  'B',
  'ab',
  'null',
  'true',
  '7',
  '7.0',
  '-0',
  'é',
  'e\u0301',
  'ÅNGSTRÖM',
  '日本語',
  '\uffee',
  '\ue000',
  '😀',
  '😀a',
  '\u{10ffff}',
  '\ud83d',
  'x\udc00y',
  '"quoted"',
  'back\\slash',
  'tab\there',
  'line\nbreak\r',
  '\u0000\u001f\u007f\u2028',
  '\ufeffbom',
  'a rather long text that does not fit into any short buffer, and goes on and on beyond sixty-four bytes',
];
const LONGS = ['0', '-0', '1', '-1', '255', '4294967296', '-2147483649', '9007199254740993'];
const WIDE_LONGS = [
  '9223372036854775807',
  '-9223372036854775808',
  '4611686018427387904',
  '9223372036854775808',
  '1e30',
];
const DECIMALS = ['0.0', '-0.0', '0.5', '-2.25', '1e3', '1E-7', '0.1', '123456.789', '3.4028235e38', '5e-324', '1e22'];
const NUMBER_TEXTS = ['7', '+7', '-7.0', '7.', '.5', '1e2', '5d', '0.30000000000000004'];
const LENIENT_TEXTS = [' 5 ', '1,000', '12.7', '+3'];
const BAD_NUMBERS = ['"abc"', '""', '"1_000"', '[1,2]', '{"a":1}', '"7L"'];

/** Writes the records of one job. */
export class RecordWriter {
  readonly #random: Random;
  readonly #time: TimeStyle;
  readonly #from: number;
  readonly #to: number;
  readonly #keys: number;
  readonly #skewed: boolean;
  readonly #bad: number;
  readonly #wide: number;

  constructor(random: Random, time: TimeStyle, from: number, to: number) {
    this.#random = random;
    this.#time = time;
    this.#from = from;
    this.#to = to;
    this.#keys = random.pick([1, 4, 40, 400]);
    this.#skewed = random.chance(0.4);
    this.#bad = random.pick([0, 0, 0.02, 0.2]);
    this.#wide = random.chance(0.1) ? 40 : 0;
  }

  /** One line of a file, without its end. */
  line(): string {
    const random = this.#random;
    if (random.chance(this.#bad / 4)) return random.pick(['', 'not json', '{"ts":', '[1]', '{"a" 1}', '"text"']);
    const fields = [
      this.#field('ts', () => this.#timeText()),
      this.#field('key', () => `"k${this.#key()}"`),
      this.#field('kind', () => JSON.stringify(random.pick(['red', 'green', 'blue']))),
      this.#field('n', () => String(random.below(41) - 20)),
      this.#field('word', () => this.#anything()),
      this.#field('list', () => this.#list()),
      this.#field('long', () => this.#long()),
      this.#field('decimal', () => this.#decimal()),
      this.#field('amount', () => this.#amount()),
      this.#field('when', () => random.pick([String(random.below(5)), '"abc"', '1.5', '"3"'])),
      this.#field('naïve "😀"', () => this.#text()),
    ];
    if (random.chance(0.05)) fields.push(this.#field('word', () => this.#text()));
    for (let i = 0; i < this.#wide; i++) fields.push(`"wide_${i}":${random.below(3)}`);
    const present = fields.filter((field) => field !== '');
    const ordered = random.chance(0.1) ? random.shuffled(present) : present;
    const space = random.chance(0.05) ? ' \t' : '';
    return `${space}{${space}${ordered.join(`${space},${space}`)}}${random.chance(0.02) ? ' trailing' : ''}`;
  }

  #field(name: string, write: () => string): string {
    const random = this.#random;
    if (name !== 'ts' && random.chance(0.1)) return '';
    if (name === 'ts' && random.chance(this.#bad / 4)) return '';
    const value = random.chance(name === 'ts' ? this.#bad / 4 : 0.1) ? 'null' : write();
    return `${JSON.stringify(name)}:${value}`;
  }

  #key(): number {
    const place = this.#random.next();
    return Math.floor((this.#skewed ? place ** 4 : place) * this.#keys);
  }

  #timeText(): string {
    const random = this.#random;
    if (random.chance(this.#bad / 3)) return random.pick(['"yesterday"', '""', 'true', '[1]', '{}', '"2024-99-99"']);
    return this.#time.write(this.#from + random.below(this.#to - this.#from), random);
  }

  /** A word as JSON, its characters written as they are or as escapes. */
  #text(): string {
    const random = this.#random;
    const word = random.pick(WORDS);
    if (random.chance(0.7)) return JSON.stringify(word);
    const escaped = Array.from({ length: word.length }, (_, i) => `\\u${pad16(word.charCodeAt(i))}`).join('');
    return `"${escaped}"`;
  }

  #anything(): string {
    const random = this.#random;
    const choice = random.below(20);
    if (choice === 0) return random.pick(LONGS);
    if (choice === 1) return random.pick(DECIMALS);
    if (choice === 2) return random.pick(['true', 'false']);
    if (choice === 3) return random.pick(['{"b":1,"a":[1.0,null,"x"]}', '{}', '[[1],{"z":null}]', '[null,[]]']);
    if (choice === 4) return this.#list();
    return this.#text();
  }

  #list(): string {
    const random = this.#random;
    if (random.chance(0.1)) return this.#text();
    const elements = Array.from({ length: random.pick([0, 1, 1, 2, 2, 3, 5]) }, () => {
      if (random.chance(0.15)) return 'null';
      if (random.chance(0.1)) return random.pick([...LONGS, ...DECIMALS, 'true']);
      return random.chance(0.5) ? random.pick(['"a"', '"b"', '"c"']) : this.#text();
    });
    return `[${elements.join(',')}]`;
  }

  #long(): string {
    const random = this.#random;
    if (random.chance(this.#bad)) return random.pick([...BAD_NUMBERS, '"7.9"']);
    const choice = random.below(8);
    if (choice === 0) return JSON.stringify(random.pick(NUMBER_TEXTS.filter((text) => !/[.5]5?d?$/.test(text))));
    if (choice === 1) return random.pick(WIDE_LONGS);
    if (choice === 2) return random.pick(['7.9', '-7.9', '1.0', 'true', 'false']);
    return choice < 5 ? random.pick(LONGS) : String(random.below(10));
  }

  #decimal(): string {
    const random = this.#random;
    if (random.chance(this.#bad)) return random.pick([...BAD_NUMBERS, 'true', '" 5"']);
    const choice = random.below(8);
    if (choice === 0) return JSON.stringify(random.pick([...NUMBER_TEXTS, 'NaN', 'Infinity', '-Infinity']));
    return choice < 3 ? random.pick([...DECIMALS, ...LONGS]) : String((random.below(100) - 50) / 8);
  }

  /** What metrics read: numbers, mostly. */
  #amount(): string {
    const random = this.#random;
    if (random.chance(this.#bad)) return random.pick([...BAD_NUMBERS, 'true', 'false']);
    const choice = random.below(12);
    if (choice === 0) return JSON.stringify(random.pick([...NUMBER_TEXTS, ...LENIENT_TEXTS]));
    if (choice === 1) return random.pick([...LONGS, ...WIDE_LONGS]);
    if (choice === 2) return random.chance(0.2) ? '"NaN"' : random.pick(DECIMALS);
    return String((random.below(2_000_000) - 1_000_000) / random.pick([1, 7, 64]));
  }
}

function pad16(unit: number): string {
  return unit.toString(16).padStart(4, '0');
}
