import { expect, test } from 'vitest';
import { parseProperties } from '../../src/conf/javaProperties.ts';

test.each([
  ['a=1', { a: '1' }],
  ['a = 1 ', { a: '1 ' }],
  ['a:1', { a: '1' }],
  ['a 1', { a: '1' }],
  ['a\t\f 1', { a: '1' }],
  ['a', { a: '' }],
  ['a=', { a: '' }],
  ['=b', { '': 'b' }],
  ['a==b', { a: '=b' }],
  ['a = : b', { a: ': b' }],
  ['  a=1\r\nb=2\rc=3', { a: '1', b: '2', c: '3' }],
  ['# a=1\n  ! b=2\n\nc=3', { c: '3' }],
  ['a=1\na=2', { a: '2' }],
  ['a=x\\\n   y\\\n\n# no comment', { a: 'xy' }],
  ['a=x\\\n  # y', { a: 'x# y' }],
  ['a=x\\\\\nb=2', { a: 'x\\', b: '2' }],
  ['a=x\\', { a: 'x' }],
  ['a\\=b\\ c\\:=1', { 'a=b c:': '1' }],
  ['a=\\u00e9\\t\\n\\q\\\\', { a: 'é\t\nq\\' }],
  ['paths=["a","b"]', { paths: '["a","b"]' }],
])('%j', (text, properties) => {
  expect(Object.fromEntries(parseProperties(text))).toEqual(properties);
});

test('a broken escape', () => {
  expect(() => parseProperties('a=\\u00g0')).toThrow(
    new Error(String.raw`"\\u" is not followed by four hexadecimal digits`),
  );
});
