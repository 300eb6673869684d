import { Literal } from './fields.ts';
import type { Randomness } from './randomness.ts';

const MARKS = [
  ...'0123456789',
  ...'0123456789',
  '.',
  '.',
  '-',
  '+',
  'e',
  'E',
  ',',
  ' ',
  'f',
  'd',
  'x',
  'p',
  'L',
  '_',
  '\t',
  '٣',
];
const WHOLE_TEXTS = [
  '',
  'NaN',
  '-NaN',
  'Infinity',
  '+Infinity',
  'inf',
  'null',
  'true',
  'abc',
  '0x1.8p3',
  '-0x.8P-2d',
  '１２',
];
const DELIMITERS = ['T', 'T', 'T', ' ', ''];
const ZONES = [
  '',
  '',
  'Z',
  '+02:00',
  '-0330',
  '+5',
  ' UTC',
  ' PST',
  ' America/New_York',
  ' XYZ',
  'Europe/Berlin',
  '[UTC]',
];

/** JSON of a value: mostly a number or a text that is nearly one, in all ways to write them. */
export function randomNumberJson(random: Randomness): string {
  const digits = (max: number) => Array.from({ length: 1 + random.below(max) }, () => random.below(10)).join('');
  const integer = () => String(BigInt(digits(21)));
  const sign = () => (random.chance(0.3) ? '-' : '');
  const decimal = () => {
    const fraction = random.chance(0.6) ? `.${digits(random.pick([1, 3, 18]))}` : '';
    const exponent = random.chance(0.3)
      ? `${random.pick(['e', 'E', 'e+', 'e-'])}${digits(random.pick([1, 2, 3]))}`
      : '';
    return `${sign()}${BigInt(digits(random.pick([1, 5, 20])))}${fraction}${exponent}`;
  };
  const noise = () => Array.from({ length: 1 + random.below(9) }, () => random.pick(MARKS)).join('');
  const spoiled = () => {
    const text = decimal();
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(MARKS) + text.slice(at + random.below(2));
  };
  const text = () =>
    JSON.stringify(random.pick([integer, decimal, decimal, spoiled, noise, () => random.pick(WHOLE_TEXTS)])());
  const scalar = () =>
    random.pick([
      text,
      text,
      text,
      () => sign() + integer(),
      decimal,
      () => random.pick(['true', 'false', 'null', '-0', '0.0']),
    ])();
  const list = () => `[${Array.from({ length: random.below(4) }, scalar).join(',')}]`;
  const nested = () =>
    random.pick([() => `{"k":${scalar()}}`, () => `[${list()},${scalar()}]`, () => `{"a":${list()}}`])();
  return random.pick([scalar, scalar, scalar, scalar, scalar, scalar, list, nested])();
}

/** JSON of a value that is nearly a time. */
export function randomTimeJson(random: Randomness): string {
  const two = (max: number) => {
    const value = random.below(random.chance(0.05) ? 100 : max + 1);
    return random.chance(0.07) ? String(value) : String(value).padStart(2, '0');
  };
  const year = () =>
    random.pick([
      String(1950 + random.below(120)),
      String(1950 + random.below(120)),
      two(99),
      `-${two(9)}`,
      '12024',
      '0001',
    ]);
  const date = () =>
    random.pick([
      () => `${year()}-${two(12)}-${two(31)}`,
      () => `${year()}-${two(12)}-${two(31)}`,
      () => `${year()}-${two(12)}`,
      () => year(),
      () => `${year()}-W${two(53)}-${1 + random.below(8)}`,
      () => `${year()}-${String(random.below(367)).padStart(3, '0')}`,
      () => '',
    ])();
  const fraction = () =>
    random.chance(0.5) ? '' : `${random.pick(['.', ','])}${random.below(10 ** (1 + random.below(9)))}`;
  const clock = () =>
    random.pick([
      () => `${two(24)}:${two(59)}:${two(60)}${fraction()}`,
      () => `${two(23)}:${two(59)}:${two(59)}${fraction()}`,
      () => `${two(23)}:${two(59)}${fraction()}`,
      () => `${two(23)}${fraction()}`,
      () => '',
    ])();
  const iso = () => `${date()}${random.pick(DELIMITERS)}${clock()}${random.pick(ZONES)}`;
  const wrapped = () =>
    random.pick([() => ` ${iso()} `, () => `"${iso()}"`, () => `" ${iso()}"`, () => `${iso()}x`, () => '""'])();
  const months = ['Jan', 'feb', 'MAR', 'December', 'Sept', 'Juin'];
  const patterned = () =>
    random.pick([
      () =>
        `${two(31)}/${random.pick(months)}/${year()}:${two(23)}:${two(59)}:${two(59)} ${random.pick(['+0000', '-0730', 'Z', ''])}`,
      () => `${year()}${two(12)}${two(31)}`,
      () => `${two(12)}/${two(31)}/${year()} ${two(12)}:${two(59)} ${random.pick(['AM', 'pm', 'XX'])}`,
    ])();
  const count = () =>
    `${random.chance(0.2) ? '-' : ''}${random.below(2 ** 40)}${random.pick(['', '', '000', '000000', '.5', 'e3', '.0', 'x'])}`;
  const literal = () =>
    new Literal(random.pick([count, () => random.pick(['true', 'null', '0', '-0', '1.7e9', '[1]'])])());
  const value = random.pick<() => string | Literal>([
    iso,
    iso,
    iso,
    iso,
    wrapped,
    patterned,
    patterned,
    count,
    count,
    literal,
    literal,
  ])();
  if (!(value instanceof Literal)) return JSON.stringify(value);
  return value.text.endsWith('x') ? JSON.stringify(value.text) : value.text;
}
