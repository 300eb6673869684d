import * as fc from 'fast-check';

/** Names that tests want; the long ones cross the vectors that the kernel compares. */
export const WANTED = ['a', 'b', 'é山', 'fifteen-letters', 'sixteen--letters', `long${'-name'.repeat(9)}`, 'b ', ''];

const escapes = fc.constantFrom('\\n', '\\"', '\\\\', '\\/', '\\u0061', '\\ud83d\\ude00', '\\uDC00', '\\u00e9');
const character = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'b', ' ', '{', '}', '[', ']', ',', ':', '\x7f'), weight: 8 },
  { arbitrary: fc.constantFrom('é', '߿', 'ࠀ', '山', '퟿', '\ue000', '\uffff', '😀', '\u{10ffff}'), weight: 2 },
  { arbitrary: escapes, weight: 1 },
);
const string = fc.oneof(
  { arbitrary: fc.string({ unit: character, maxLength: 8 }), weight: 4 },
  { arbitrary: fc.string({ unit: fc.constantFrom('x', 'é'), maxLength: 70 }), weight: 1 },
  { arbitrary: fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 }), weight: 2 },
);
const key = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      ...WANTED,
      ...WANTED,
      '\\u0061',
      'A',
      'É山',
      'x',
      'sixteen--letterz',
      'fifteen-lettersX',
    ),
    weight: 8,
  },
  { arbitrary: string, weight: 1 },
);
const blank = fc.oneof(
  { arbitrary: fc.constant(''), weight: 12 },
  { arbitrary: fc.constantFrom(' ', '\t', '  ', '\r'), weight: 1 },
);
const digits = fc.oneof(
  fc.constantFrom('0', '7', '12', '922337203685477580', '9223372036854775807', '9223372036854775808'),
  fc.constantFrom('9223372036854775809', '1000000000000000000', '9999999999999999999', '12345678901234567890'),
  fc.nat().map(String),
);
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits,
    fc.constantFrom('', '', '', '.0', '.25', '.000000000000000000001'),
    fc.constantFrom('', '', '', 'e5', 'E+10', 'e-400', 'e400'),
  )
  .map((parts) => parts.join(''));
const scalar = fc.oneof(
  string.map((text) => `"${text}"`),
  number,
  fc.constantFrom('null', 'true', 'false'),
);

function joined(open: string, parts: readonly string[], blanks: readonly string[], close: string): string {
  return `${open}${blanks[0]}${parts.join(`${blanks[1]},${blanks[2]}`)}${blanks[3]}${close}`;
}
const blanks = fc.tuple(blank, blank, blank, blank);

const { value, map } = fc.letrec<{ value: string; list: string; map: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('map')),
  list: fc
    .tuple(fc.array(tie('value'), { maxLength: 4 }), blanks)
    .map(([parts, spaces]) => joined('[', parts, spaces, ']')),
  map: fc
    .tuple(fc.array(fc.tuple(key, blank, blank, tie('value')), { maxLength: 4 }), blanks)
    .map(([fields, spaces]) => {
      const parts = fields.map(([name, before, behind, text]) => `"${name}"${before}:${behind}${text}`);
      return joined('{', parts, spaces, '}');
    }),
}));

/** JSON objects, mostly with wanted names, in all sorts of spelling. */
export const jsonRecord: fc.Arbitrary<string> = fc.oneof(
  map,
  fc.tuple(fc.array(fc.tuple(key, value), { maxLength: 10 }), blanks).map(([fields, spaces]) =>
    joined(
      '{',
      fields.map(([name, text]) => `"${name}":${text}`),
      spaces,
      '}',
    ),
  ),
);

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  removed: fc.nat(3),
  inserted: fc.oneof(
    fc
      .constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', '.', 'nul', ' ', '\t', '\n', '\r', '')
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
  ),
});

/** Bytes with a few of them cut out, put in or replaced. */
export function mutated(texts: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  return fc.tuple(texts, fc.array(mutation, { maxLength: 3 })).map(([text, mutations]) => {
    let bytes = Buffer.from(text);
    for (const { at, removed, inserted } of mutations) {
      const from = Math.floor(at * (bytes.length + 1));
      bytes = Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + removed)]);
    }
    return bytes;
  });
}
