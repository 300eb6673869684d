import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockWriter } from '../../../src/rollup/run/blockBytes.ts';
import type { BlockRef, SectionHeader, SectionRef } from '../../../src/rollup/run/run.ts';
import { type RunSource, readHeader } from '../../../src/rollup/run/runReader.ts';
import { writeHeader } from '../../../src/rollup/run/sectionHeader.ts';
import { sectionBytes, WholeSection } from '../../../src/rollup/run/wholeSection.ts';

const sizes = fc.array(fc.record({ words: fc.integer({ min: 1, max: 9 }), count: fc.nat() }), { maxLength: 3 });
const column = fc.record({
  values: fc.nat(),
  cells: fc.nat(),
  hasNull: fc.boolean(),
  hasMultiple: fc.boolean(),
  lists: sizes,
  dictionary: sizes,
});
const found = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  first: fc.option(fc.record({ time: fc.integer(), hash: fc.string(), place: fc.nat() })),
});
const section = fc.record({
  rows: fc.nat(),
  hasHashes: fc.boolean(),
  columns: fc.array(column, { maxLength: 5 }),
  found: fc.array(found, { maxLength: 3 }),
  blocks: sizes,
});

/** A run whose bytes lie in memory: before the section, its blocks, the header, behind it. */
class Run implements RunSource {
  readonly header: SectionHeader;
  readonly section: SectionRef;
  readonly #bytes: Uint8Array;

  constructor(start: number, { columns, blocks, ...others }: typeof section extends fc.Arbitrary<infer T> ? T : never) {
    let offset = start;
    const place = (parts: readonly { words: number; count: number }[]): BlockRef[] =>
      parts.map(({ words, count }) => {
        const ref = { offset, length: words * 8, count };
        offset += ref.length;
        return ref;
      });
    const placed = columns.map((of) => {
      const lists = place(of.lists);
      return { ...of, lists, dictionary: place(of.dictionary) };
    });
    this.header = { ...others, columns: placed, blocks: place(blocks) };
    const block = new BlockWriter();
    writeHeader(block, this.header);
    const header = { offset, length: block.length, count: 1 };
    this.section = { chunk: 0, shard: 0, rows: others.rows, start, header };
    this.#bytes = Uint8Array.from({ length: offset + block.length + 8 }, (_, i) => i);
    this.#bytes.set(block.bytes(), offset);
  }

  read({ offset, length }: BlockRef, spare?: ArrayBuffer): Uint8Array {
    const bytes = new Uint8Array(spare ?? new ArrayBuffer(length), 0, length);
    bytes.set(this.#bytes.subarray(offset, offset + length));
    return bytes;
  }
}

it('reads headers as they were written, and blocks of a section that was read at once', () => {
  fc.assert(
    fc.property(fc.nat(5), section, (start, parts) => {
      const run = new Run(start * 8, parts);
      expect(readHeader(run, run.section)).toEqual(run.header);
      const spare = new ArrayBuffer(sectionBytes(run.section) + 8);
      const whole = new WholeSection(run, run.section, spare);
      expect(whole.buffer).toBe(spare);
      expect(readHeader(whole, run.section)).toEqual(run.header);
      const { columns, blocks } = run.header;
      for (const ref of [...columns.flatMap(({ lists, dictionary }) => [...lists, ...dictionary]), ...blocks]) {
        const block = whole.read(ref);
        expect([...block]).toEqual([...run.read(ref)]);
        expect(block.byteOffset % 8).toBe(0);
      }
    }),
  );
});
