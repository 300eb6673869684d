import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../src/cli/maskSecrets.ts';

describe('maskSecrets', () => {
  test.each([
    ['{"password": "diurd", "user": "druid"}', '{"password": "*****", "user": "druid"}'],
    ['{"password":\n  "a\\"b"}', '{"password":\n  "****"}'],
    ['{"password": 12345}', '{"password": *****}'],
    ['{"password": null}', '{"password": null}'],
    ['{"password": {"type": "default", "password": "x"}}', '{"password": {"type": "default", "password": "*"}}'],
    ['{"fs.s3a.secret.key": "k", "fs.s3a.access.key": "i"}', '{"fs.s3a.secret.key": "*", "fs.s3a.access.key": "*"}'],
    ['"password": "breaks off', '"password": "**********'],
    ['{"u": "jdbc:mysql://h/db?user=a&password=geheim&x=1"}', '{"u": "jdbc:mysql://h/db?user=a&password=******&x=1"}'],
    ['{"u": "s3://key:geheim@bucket/path"}', '{"u": "s3://**********@bucket/path"}'],
    ['{"user": "password"}', '{"user": "password"}'],
  ])('%s', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  test('lines and columns stay', () => {
    const piece = fc.constantFrom(
      '"password"',
      '"a"',
      ':',
      ' ',
      '\n',
      '{',
      '}',
      ',',
      '"',
      '\\',
      '=',
      '@',
      'x://',
      'token',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const shape = (given: string) => given.split('\n').map((line) => line.length);
        expect(shape(maskSecrets(text))).toEqual(shape(text));
      }),
      { numRuns: 200 },
    );
  });
});
