import { describe, expect, test } from 'vitest';
import { splitFiles } from '../../../../src/mapreduce/yarn/submit/splitFiles.ts';
import { textString, vlong } from '../../../../src/mapreduce/yarn/submit/writable.ts';

describe('vlong', () => {
  // Written by org.apache.hadoop.io.WritableUtils.
  test.each([
    [0, '00'],
    [127, '7f'],
    [128, '8f80'],
    [255, '8fff'],
    [256, '8e0100'],
    [33_554_432, '8c02000000'],
    [4_294_967_296, '8b0100000000'],
    [-1, 'ff'],
    [-112, '90'],
    [-113, '8770'],
    [-257, '860100'],
  ])('%i', (value, bytes) => {
    expect(vlong(value).toString('hex')).toBe(bytes);
  });

  test('refuses what it cannot write exactly', () => {
    expect(() => vlong(0.5)).toThrow('0.5 is not a whole number that can be written exactly.');
  });
});

test('a text stands behind the length of its UTF-8 bytes', () => {
  expect(textString('é').toString('hex')).toBe('02c3a9');
});

describe('splitFiles', () => {
  const split = { path: 'hdfs://nn:9000/line', start: 0, length: 8, hosts: ['a', 'b'], inputBytes: 300 };

  test('job.split holds a record for each task behind its header', () => {
    const record = `22${Buffer.from('org.apache.hadoop.mapred.FileSplit').toString('hex')}`;
    const path = `13${Buffer.from('hdfs://nn:9000/line').toString('hex')}`;
    const range = '00000000000000000000000000000008';
    expect(splitFiles([split]).split.toString('hex')).toBe(`53504c00000001${record}${path}${range}`);
  });

  test('job.splitmetainfo says where each record begins, who has its input and how much that is', () => {
    const header = `${Buffer.from('META-SPL').toString('hex')}0102`;
    const first = `02${'0161'}${'0162'}07${'8e012c'}`;
    const { split: records, meta } = splitFiles([split, { ...split, hosts: [], inputBytes: 1 }]);
    const second = `00${(7 + (records.length - 7) / 2).toString(16)}01`;
    expect(meta.toString('hex')).toBe(`${header}${first}${second}`);
  });

  test('names ten hosts at most', () => {
    const hosts = Array.from({ length: 12 }, (_, i) => `h${i}`);
    expect(splitFiles([{ ...split, hosts }]).meta[10]).toBe(10);
  });
});
