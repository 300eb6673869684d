import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../../src/segment/writer/byteSource.ts';
import { smooshFiles } from '../../../src/segment/writer/smoosh.ts';

function entry(name: string, ...parts: string[]) {
  return { name, parts: parts.map((part) => bytesSource(Buffer.from(part))) };
}

describe('smoosh files', () => {
  test('entries keep their order, lines are sorted as Java sorts strings', () => {
    const files = smooshFiles([entry('b', 'xy', 'z'), entry('\ue000', '1'), entry('\u{1f600}', '22'), entry('a')]);
    expect(files.map(({ name, size }) => [name, size])).toEqual([
      ['meta.smoosh', 53],
      ['00000.smoosh', 6],
    ]);
    const [meta, data] = files.map((file) => Buffer.concat(Array.from(file.chunks())).toString());
    expect(meta).toBe('v1,2147483647,1\na,0,6,6\nb,0,0,3\n\u{1f600},0,4,6\n\ue000,0,3,4\n');
    expect(data).toBe('xyz122');
  });

  test('an entry that does not fit begins a further file', () => {
    const files = smooshFiles([entry('a', '123'), entry('b', '45'), entry('c', '6'), entry('d', '78901')], 5);
    const texts = files.map((file) => Buffer.concat(Array.from(file.chunks())).toString());
    expect(files.map(({ name }) => name)).toEqual(['meta.smoosh', '00000.smoosh', '00001.smoosh', '00002.smoosh']);
    expect(texts.slice(1)).toEqual(['12345', '6', '78901']);
    expect(texts[0]).toBe('v1,5,3\na,0,0,3\nb,0,3,5\nc,1,0,1\nd,2,0,5\n');
  });

  test('what cannot be stored is refused', () => {
    expect(() => smooshFiles([entry('a', '123456')], 5)).toThrow(
      new Error('column "a" takes 6 bytes, more than a file of a segment can hold (5): make smaller segments'),
    );
    expect(() => smooshFiles([entry('a,b', '1')])).toThrow(
      new Error(
        'column "a,b" cannot be stored: a segment\'s table of contents separates names by commas and line ends; ' +
          'rename it, for instance with a flattenSpec field or a transform',
      ),
    );
  });
});
