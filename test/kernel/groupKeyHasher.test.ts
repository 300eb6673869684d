import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupKeyHasher, OPEN_FRAGMENTS } from '../../src/kernel/groupKeyHasher.ts';
import { createKernel } from '../../src/kernel/kernel.ts';
import { KernelDictionary } from '../../src/rollup/dictionary/kernelDictionary.ts';
import { type PlainColumn, plainGroupKey, plainHashes } from './plainGroupKeys.ts';

const utf8 = new TextEncoder();

function setTexts(hasher: GroupKeyHasher, column: number, texts: readonly string[]): void {
  const ends = new Int32Array(texts.length);
  let end = 0;
  texts.forEach((text, i) => {
    end += utf8.encode(text).length;
    ends[i] = end;
  });
  hasher.setFragments(column, utf8.encode(texts.join('')), ends, texts.length);
}

function hashAll(
  hasher: GroupKeyHasher,
  open: PlainColumn,
  columns: readonly PlainColumn[],
  first: number,
  rows: number,
) {
  const out32 = new Int32Array(rows);
  const out128 = new Uint8Array(rows * 16);
  const ids = columns.map((column) => column.ids);
  hasher.hash(open.ids, ids, first, rows, out32, out128);
  return Array.from({ length: rows }, (_, i) => ({
    hash32: out32[i],
    hash128: Buffer.from(out128.subarray(i * 16, i * 16 + 16)).toString('hex'),
  }));
}

function hasherOf(open: PlainColumn, columns: readonly PlainColumn[], close: string): GroupKeyHasher {
  const hasher = new GroupKeyHasher(createKernel(), columns.length, utf8.encode(close));
  setTexts(hasher, OPEN_FRAGMENTS, open.fragments);
  columns.forEach(({ fragments }, c) => {
    setTexts(hasher, c, fragments);
  });
  return hasher;
}

describe('GroupKeyHasher', () => {
  it("gives Druid's hashes of whole group keys", () => {
    interface DruidKey {
      groupKey: string;
      murmur3_32: number;
      murmur3_128: string;
    }
    const url = new URL('../fixtures/kernel/hash-partition.json', import.meta.url);
    const keys = JSON.parse(readFileSync(url, 'utf8')) as DruidKey[];
    const names = ['dd', 'f', 'l', 'm', 's'];
    const open = { fragments: ['[1704067200000,{'], ids: new Int32Array(keys.length) };
    const columns = names.map((name) => {
      // Cut the column's fragment out of each key's text.
      const texts = keys.map(({ groupKey }) => new RegExp(`"${name}":\\[("[^"]*",?)+\\]`).exec(groupKey)?.[0]);
      const fragments = [...new Set(texts.filter((text) => text !== undefined).map((text) => `,${text}`))];
      return { fragments, ids: Int32Array.from(texts, (text) => fragments.indexOf(`,${text}`)) };
    });
    expect(keys.map((_, row) => plainGroupKey(open, columns, '}]', row))).toEqual(keys.map((key) => key.groupKey));
    expect(hashAll(hasherOf(open, columns, '}]'), open, columns, 0, keys.length)).toEqual(
      keys.map(({ murmur3_32, murmur3_128 }) => ({ hash32: murmur3_32, hash128: murmur3_128 })),
    );
  });

  it('equals the plain hashes of plainly built keys', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 40 });
    const column = (rows: number) =>
      fc.uniqueArray(value, { maxLength: 6 }).chain((values) =>
        fc.record({
          fragments: fc.constant(values.map((text) => `,["${text}"]`)),
          ids: fc.int32Array({ min: -1, max: values.length - 1, minLength: rows, maxLength: rows }),
        }),
      );
    const table = fc.integer({ min: 1, max: 12 }).chain((rows) =>
      fc.record({
        open: fc.record({
          fragments: fc.constant(['[1709251200000,{', '[', '']),
          ids: fc.int32Array({ min: 0, max: 2, minLength: rows, maxLength: rows }),
        }),
        columns: fc.array(column(rows), { maxLength: 6 }),
        close: fc.constantFrom('}]', ']', ''),
        first: fc.integer({ min: 0, max: rows - 1 }),
      }),
    );
    fc.assert(
      fc.property(table, ({ open, columns, close, first }) => {
        const rows = open.ids.length - first;
        const expected = Array.from({ length: rows }, (_, i) =>
          plainHashes(plainGroupKey(open, columns, close, first + i)),
        );
        expect(hashAll(hasherOf(open, columns, close), open, columns, first, rows)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('hashes more rows than a slab holds, either hash alone too', () => {
    const rows = 5000;
    const open = { fragments: ['[0,{', '[3600000,{'], ids: Int32Array.from({ length: rows }, (_, i) => i & 1) };
    const fragments = Array.from({ length: 700 }, (_, i) => `,"page":["${'x'.repeat(i % 90)}${i}"]`);
    const columns = [{ fragments, ids: Int32Array.from({ length: rows }, (_, i) => ((i * 31) % 701) - 1) }];
    const hasher = hasherOf(open, columns, '}]');
    const expected = Array.from({ length: rows }, (_, i) => plainHashes(plainGroupKey(open, columns, '}]', i)));
    expect(hashAll(hasher, open, columns, 0, rows)).toEqual(expected);
    const out32 = new Int32Array(rows);
    hasher.hash(open.ids, [columns[0].ids], 0, rows, out32, null);
    expect([...out32]).toEqual(expected.map(({ hash32 }) => hash32));
    const out128 = new Uint8Array(rows * 16);
    hasher.hash(open.ids, [columns[0].ids], 0, rows, null, out128);
    expect(Buffer.from(out128).toString('hex')).toBe(expected.map(({ hash128 }) => hash128).join(''));
  });

  it('sums up the hashes of the fragments of a key', () => {
    const rows = 5000;
    const open = { fragments: ['[0,{', '[3600000,{'], ids: Int32Array.from({ length: rows }, (_, i) => i & 1) };
    const fragments = Array.from({ length: 700 }, (_, i) => `,"page":["${'x'.repeat(i % 90)}${i}"]`);
    const columns = [
      { fragments, ids: Int32Array.from({ length: rows }, (_, i) => ((i * 31) % 701) - 1) },
      { fragments: ['', ',"b":["y"]'], ids: Int32Array.from({ length: rows }, (_, i) => Number(i % 3 === 0)) },
    ];
    const sums = new Uint8Array(rows * 16);
    hasherOf(open, columns, '}]').sum(
      open.ids,
      columns.map(({ ids }) => ids),
      rows,
      sums,
    );
    const halves = (hash: Uint8Array) => {
      const view = new DataView(hash.buffer, hash.byteOffset);
      return [view.getBigUint64(0, true), view.getBigUint64(8, true)] as const;
    };
    const hashes = new Map(
      [...open.fragments, ...fragments, ',"b":["y"]'].map((text) => {
        return [text, halves(new Uint8Array(Buffer.from(plainHashes(text).hash128, 'hex')))];
      }),
    );
    for (let row = 0; row < rows; row++) {
      let [low, high] = [0n, 0n];
      for (const { fragments: of, ids } of [open, ...columns]) {
        const [first, second] = hashes.get(of[ids[row]] ?? '') ?? [0n, 0n];
        low += first;
        high += second;
      }
      const expected = [BigInt.asUintN(64, low), BigInt.asUintN(64, high)];
      expect(halves(sums.subarray(row * 16, row * 16 + 16))).toEqual(expected);
    }
    expect(() => hasherOf(open, columns.slice(1), '').sum(open.ids, [columns[0].ids], 9, sums)).toThrow(
      new RangeError('row 1 of column 0 has id 30, but only 2 fragments are set'),
    );
  });

  it('hashes tables of many columns in smaller slabs', () => {
    const rows = 300;
    const open = { fragments: ['[0,{'], ids: new Int32Array(rows) };
    const columns = Array.from({ length: 5000 }, (_, c) => ({
      fragments: [`,"${c}":["v"]`],
      ids: Int32Array.from({ length: rows }, (_, row) => ((row * 7 + c) % 500 === 0 ? 0 : -1)),
    }));
    const expected = Array.from({ length: rows }, (_, i) => plainHashes(plainGroupKey(open, columns, '}]', i)));
    expect(hashAll(hasherOf(open, columns, '}]'), open, columns, 0, rows)).toEqual(expected);
  });

  it('takes new fragments, longer or shorter, in place of the former ones', () => {
    const open = { fragments: ['[0,{'], ids: new Int32Array(3) };
    const hasher = new GroupKeyHasher(createKernel(), 1, utf8.encode('}]'));
    setTexts(hasher, OPEN_FRAGMENTS, open.fragments);
    for (const length of [1, 100_000, 10, 3_000_000, 0]) {
      const fragments = [`,"a":["${'y'.repeat(length)}"]`, `,"a":["${length}"]`];
      const columns = [{ fragments, ids: Int32Array.of(1, 0, -1) }];
      setTexts(hasher, 0, fragments);
      const expected = [0, 1, 2].map((row) => plainHashes(plainGroupKey(open, columns, '}]', row)));
      expect(hashAll(hasher, open, columns, 0, 3)).toEqual(expected);
    }
  });

  it('refuses what names no fragment', () => {
    const hasher = new GroupKeyHasher(createKernel(), 2, utf8.encode('}]'));
    setTexts(hasher, OPEN_FRAGMENTS, ['[0,{']);
    setTexts(hasher, 0, [',"a":["x"]', ',"a":["y"]']);
    const zeros = new Int32Array(9);
    const absent = new Int32Array(9).fill(-1);
    const out = new Int32Array(9);
    const hash = (open: Int32Array, a: Int32Array, b: Int32Array) => () => hasher.hash(open, [a, b], 3, 6, out, null);
    expect(hash(zeros, zeros, absent)).not.toThrow();
    const message = (where: string, id: number, count: number) =>
      new RangeError(`row 7 of ${where} has id ${id}, but only ${count} fragments are set`);
    expect(hash(zeros, zeros.with(7, 2), absent)).toThrow(message('column 0', 2, 2));
    expect(hash(zeros, zeros.with(7, -2), absent)).toThrow(message('column 0', -2, 2));
    expect(hash(zeros, zeros, absent.with(7, 0))).toThrow(message('column 1', 0, 0));
    expect(hash(zeros.with(7, -1), zeros, absent)).toThrow(message('the open fragments', -1, 1));
  });

  it('refuses arrays that are too short and columns that are not there', () => {
    const hasher = new GroupKeyHasher(createKernel(), 1, utf8.encode('}]'));
    setTexts(hasher, OPEN_FRAGMENTS, ['[0,{']);
    const ids = new Int32Array(5).fill(-1);
    const open = new Int32Array(5);
    const tooShort = (what: string, length: number, needed: number) =>
      new RangeError(`the array for ${what} has ${length} entries; expected at least ${needed}`);
    expect(() => hasher.hash(open, [], 0, 5, null, null)).toThrow(
      new RangeError('0 columns of ids were given to a hasher of 1 columns'),
    );
    expect(() => hasher.hash(open, [ids], 1, 5, null, null)).toThrow(tooShort('ids of the open fragments', 5, 6));
    expect(() => hasher.hash(open, [ids.subarray(1)], 0, 5, null, null)).toThrow(tooShort('ids of column 0', 4, 5));
    expect(() => hasher.hash(open, [ids], 0, 5, new Int32Array(4), null)).toThrow(tooShort('32-bit hashes', 4, 5));
    expect(() => hasher.hash(open, [ids], 0, 5, null, new Uint8Array(79))).toThrow(tooShort('128-bit hashes', 79, 80));
    expect(() => hasher.setFragments(1, new Uint8Array(0), new Int32Array(0), 0)).toThrow(
      new RangeError('there is no column 1: the hasher was made for 1 columns'),
    );
    expect(() => hasher.setFragments(0, utf8.encode(',a'), Int32Array.of(1), 2)).toThrow(
      tooShort('ends of column 0', 1, 2),
    );
  });

  it('refuses fragments whose ends or commas are wrong', () => {
    const hasher = new GroupKeyHasher(createKernel(), 1, utf8.encode('}]'));
    const bytes = utf8.encode(',ab,c');
    expect(() => hasher.setFragments(0, bytes, Int32Array.of(3, 6), 2)).toThrow(
      new RangeError('fragment 1 of column 0 ends at 6; expected an end between 3 and 5'),
    );
    expect(() => hasher.setFragments(0, bytes, Int32Array.of(3, 2), 2)).toThrow(
      new RangeError('fragment 1 of column 0 ends at 2; expected an end between 3 and 5'),
    );
    expect(() => hasher.setFragments(0, bytes, Int32Array.of(2, 5), 2)).toThrow(
      new RangeError('fragment 1 of column 0 must begin with a comma'),
    );
  });

  it('takes an empty fragment for an absent column', () => {
    const open = { fragments: ['[0,{'], ids: new Int32Array(4) };
    const columns = [
      { fragments: ['', ',"a":["x"]'], ids: Int32Array.of(0, 1, 0, 1) },
      { fragments: [',"b":["y"]', ''], ids: Int32Array.of(0, 0, 1, 1) },
    ];
    const keys = ['[0,{"b":["y"]}]', '[0,{"a":["x"],"b":["y"]}]', '[0,{}]', '[0,{"a":["x"]}]'];
    expect(hashAll(hasherOf(open, columns, '}]'), open, columns, 0, 4)).toEqual(keys.map(plainHashes));
  });

  it('escapes the values of dictionaries as Jackson does', () => {
    const unit = fc.oneof(
      fc.constantFrom(
        '"',
        '\\',
        '\b',
        '\t',
        '\n',
        '\f',
        '\r',
        '\0',
        '\u001f',
        '\u007f',
        '\uffff',
        '\ue000',
        '\u{10000}',
        '\u{10ffff}',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
    );
    const texts = fc.uniqueArray(fc.string({ unit, maxLength: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(texts, texts, fc.boolean(), (first, second, named) => {
        const kernel = createKernel();
        const hasher = new GroupKeyHasher(kernel, 2, utf8.encode('}]'));
        setTexts(hasher, OPEN_FRAGMENTS, ['[7,{']);
        const nulls = ['', ',[]'][Number(named)];
        const lists = [',"l":["p","q"]', ',"l":[null,"r"]'];
        const columns = [first, second].map((values, column) => {
          const dictionary = new KernelDictionary(kernel);
          const ids = values.map((value) => dictionary.intern(utf8.encode(value), 0, utf8.encode(value).length));
          const prefix = `,"${column}":["`;
          const fragments = [nulls, ...lists];
          const bytes = utf8.encode(fragments.join(''));
          const ends = Int32Array.from(fragments, (_, i) => fragments.slice(0, i + 1).join('').length);
          const { arena, ends: valueEnds, count } = dictionary;
          hasher.setDictionary(column, arena, valueEnds, count, utf8.encode(prefix), { bytes, ends, count: 3 });
          return {
            ids: Int32Array.of(0, -1, -2, ...ids),
            texts: [...fragments, ...values.map((value) => `${prefix}${jacksonText(value)}"]`)],
          };
        });
        // Every value of one column beside every one of the other.
        const pairs = columns[0].texts.flatMap((_, a) => columns[1].texts.map((_, b) => [a, b]));
        const cells = columns.map((column, c) => Int32Array.from(pairs, (pair) => column.ids[pair[c]]));
        const out = new Int32Array(pairs.length);
        hasher.hash(new Int32Array(pairs.length), cells, 0, pairs.length, out, null);
        const keys = pairs.map(([a, b]) => `[7,{${(columns[0].texts[a] + columns[1].texts[b]).slice(1)}}]`);
        expect([...out]).toEqual(keys.map((key) => plainHashes(key).hash32));
      }),
      { numRuns: 60 },
    );
  });

  it('refuses ids that are none of the dictionary or its fragments', () => {
    const kernel = createKernel();
    const hasher = new GroupKeyHasher(kernel, 1, utf8.encode('}]'));
    setTexts(hasher, OPEN_FRAGMENTS, ['[0,{']);
    const dictionary = new KernelDictionary(kernel);
    dictionary.intern(utf8.encode('x'), 0, 1);
    const none = { bytes: new Uint8Array(0), ends: Int32Array.of(0), count: 1 };
    hasher.setDictionary(0, dictionary.arena, dictionary.ends, dictionary.count, utf8.encode(',"a":["'), none);
    const hash = (id: number) => () =>
      hasher.hash(new Int32Array(1), [Int32Array.of(id)], 0, 1, new Int32Array(1), null);
    expect(hash(1)).not.toThrow();
    expect(hash(2)).toThrow(new RangeError('row 0 of column 0 has id 2, but its dictionary has only 1 values'));
    expect(hash(-1)).toThrow(new RangeError('row 0 of column 0 has id -1, but only 1 fragments are set'));
  });
});

/** A text as Jackson writes it to bytes, without the quotes. */
function jacksonText(text: string): string {
  const shorts: Record<string, string> = {
    '\b': '\\b',
    '\t': '\\t',
    '\n': '\\n',
    '\f': '\\f',
    '\r': '\\r',
    '"': '\\"',
    '\\': '\\\\',
  };
  const unit = (code: number) => `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return [...text]
    .map((char) => {
      if (shorts[char] !== undefined) return shorts[char];
      if (char.length === 2) return unit(char.charCodeAt(0)) + unit(char.charCodeAt(1));
      return char < ' ' ? unit(char.charCodeAt(0)) : char;
    })
    .join('');
}
