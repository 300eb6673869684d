import { expect, test } from 'vitest';
import { expandBraces, schemeOf, splitPaths } from '../../src/storage/pathText.ts';

test.each([
  ['/a,/b', ['/a', '/b']],
  ['/a', ['/a']],
  ['', []],
  ['a,,b,', ['a', 'b']],
  [' /a , /b', [' /a ', ' /b']],
  ['/a/{x,y}/b,/c', ['/a/{x,y}/b', '/c']],
  ['/a/{x,{y,z}},{b,c}', ['/a/{x,{y,z}}', '{b,c}']],
  ['/a\\,b,c', ['/a\\,b', 'c']],
  ['/a\\{b,c', ['/a\\{b', 'c']],
])('splitPaths %j', (text, expected) => {
  expect(splitPaths(text)).toEqual(expected);
});

// The results without escapes are those of HadoopGlobPathSplitter of Druid 33.
test.each([
  ['/a', ['/a']],
  ['/a/{x,y}/b', ['/a/x/b', '/a/y/b']],
  ['/a/{x,{y,z}}/b', ['/a/x/b', '/a/y/b', '/a/z/b']],
  ['/a/{x,y}{1,2}', ['/a/x1', '/a/x2', '/a/y1', '/a/y2']],
  ['/a/{x,}', ['/a/x', '/a/']],
  ['/a/{x}', ['/a/x']],
  ['/a/\\{x,y\\}', ['/a/\\{x,y\\}']],
  ['/a/{x\\,y,z}', ['/a/x\\,y', '/a/z']],
  ['/a/{x\\}y,z}', ['/a/x\\}y', '/a/z']],
])('expandBraces %j', (pattern, expected) => {
  expect(expandBraces(pattern)).toEqual(expected);
});

test.each(['/a/{x', '/a}/b', '/a/{x}}', '/a/}{', '{a,{b}'])('%s has braces without partner', (pattern) => {
  const error = new Error(
    `The braces of the path ${pattern} do not pair up. Close every { with a }, or write \\{ and \\} for braces in a name.`,
  );
  expect(() => expandBraces(pattern)).toThrow(error);
});

test('splitPaths refuses an open brace: the comma in it could mean either', () => {
  expect(() => splitPaths('/a/{x,/b')).toThrow(
    new Error(
      'The braces of the path /a/{x,/b do not pair up. Close every { with a }, or write \\{ and \\} for braces in a name.',
    ),
  );
});

test('schemeOf', () => {
  expect(schemeOf('hdfs://nn/a')).toBe('hdfs');
  expect(schemeOf('S3A://b/k')).toBe('s3a');
  expect(schemeOf('/a:b')).toBeNull();
  expect(schemeOf('c:\\x')).toBeNull();
});
