import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldKind } from '../../../src/input/record.ts';
import { BATCH_ROWS, RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { type FieldColumn, KernelDictionary, LEFT_TO_CALLER } from '../../../src/rollup/dictionary/kernelDictionary.ts';

const utf8 = new TextEncoder();

interface Field {
  readonly kind: number;
  readonly text?: string;
  readonly elements?: readonly Field[];
}

/** A batch of one column with these fields, and its description for the dictionary. */
function batchOf(fields: readonly Field[]): { batch: RecordBatch; column: FieldColumn } {
  const kernel = createKernel();
  const batch = new RecordBatch(kernel, ['f']);
  const elements = fields.flatMap((field) => field.elements ?? []);
  const texts = [...fields, ...elements].map((field) => utf8.encode(field.text ?? ''));
  batch.begin(Buffer.concat(texts));
  batch.elements.ensure(elements.length);
  let end = 0;
  const span = (target: { kinds: Uint8Array; starts: Int32Array; ends: Int32Array }, at: number, field: Field) => {
    target.kinds[at] = field.kind;
    target.starts[at] = end;
    end += utf8.encode(field.text ?? '').length;
    target.ends[at] = end;
  };
  fields.forEach((field, at) => {
    span(batch, at, field);
    if (field.elements === undefined) return;
    batch.starts[at] = batch.elementCount;
    batch.elementCount += field.elements.length;
    batch.ends[at] = batch.elementCount;
  });
  elements.forEach((element, at) => {
    span(batch.elements, at, element);
  });
  batch.rows = fields.length;
  const column = {
    bytes: batch.bytesAddress,
    kinds: batch.kindsAddress,
    starts: batch.startsAddress,
    ends: batch.endsAddress,
    records: 0,
    count: fields.length,
    cells: kernel.allocate(BATCH_ROWS * 4),
    elementKinds: batch.elements.kindsAddress,
    elementStarts: batch.elements.startsAddress,
    elementEnds: batch.elements.endsAddress,
    elementIds: kernel.allocate(Math.max(1, elements.length) * 4),
  };
  return { batch, column };
}

function ints(dictionary: KernelDictionary, address: number, count: number): number[] {
  return [...dictionary.kernel.ints.subarray(address / 4, address / 4 + count)];
}

function textOf(dictionary: KernelDictionary, id: number): string {
  return Buffer.from(dictionary.kernel.bytes.subarray(dictionary.startOf(id), dictionary.endOf(id))).toString();
}

/** Texts that agree over several eight-byte steps, end with NULs, and sort otherwise in UTF-16 than in bytes. */
const awkward = fc
  .array(
    fc.constantFrom('a', 'b', '\0', 'é', 'z', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', 'aaaaaaaa', 'ééééaaaa'),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(awkward, fc.string({ unit: 'grapheme', maxLength: 40 }));

describe('KernelDictionary', () => {
  it('gives equal texts equal ids, in the order of first sight', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 200 }), (texts) => {
        const { batch, column } = batchOf(texts.map((value) => ({ kind: FieldKind.string, text: value })));
        const dictionary = new KernelDictionary(batch.kernel);
        const known = new Map<string, number>();
        for (const value of texts) if (!known.has(value)) known.set(value, known.size + 1);
        for (let round = 0; round < 2; round++) {
          expect(dictionary.internColumn(column)).toBe(0);
          expect(ints(dictionary, column.cells, texts.length)).toEqual(texts.map((value) => known.get(value)));
          for (const [value, id] of known) {
            expect(textOf(dictionary, id)).toBe(value);
            expect(dictionary.intern(utf8.encode(`xx${value}`), 2, 2 + utf8.encode(value).length)).toBe(id);
          }
          const bytes = [...known.keys()].reduce((sum, value) => sum + utf8.encode(value).length, 0);
          expect(dictionary.memoryUsage()).toBe(bytes + 20 * (known.size + 1));
          dictionary.clear();
          expect(dictionary.memoryUsage()).toBe(20);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('grows in the middle of a column, for many values and for long ones', () => {
    const texts = Array.from({ length: BATCH_ROWS }, (_, i) => `${(i * 7919) % 3000}${'-'.repeat(i % 41)}`);
    texts[2000] = 'x'.repeat(300_000);
    texts[2001] = 'x'.repeat(299_999);
    const { batch, column } = batchOf(texts.map((value) => ({ kind: FieldKind.string, text: value })));
    const dictionary = new KernelDictionary(batch.kernel);
    dictionary.internColumn(column);
    const cells = ints(dictionary, column.cells, texts.length);
    expect(cells.map((cell) => textOf(dictionary, cell))).toEqual(texts);
    expect(new Set(cells).size).toBe(new Set(texts).size);
  });

  it('knows integers, booleans and nulls, and leaves the rest to its caller', () => {
    const fields = [
      { kind: FieldKind.integer, text: '-0' },
      { kind: FieldKind.string, text: '0' },
      { kind: FieldKind.integer, text: '-05' },
      { kind: FieldKind.string, text: '-0' },
      { kind: FieldKind.true, text: 'true' },
      { kind: FieldKind.string, text: 'true' },
      { kind: FieldKind.string, text: 'false' },
      { kind: FieldKind.false, text: 'false' },
      { kind: FieldKind.null },
      { kind: FieldKind.absent },
      { kind: FieldKind.decimal, text: '1.5' },
      { kind: FieldKind.text },
      { kind: FieldKind.nested },
      { kind: FieldKind.string, text: '' },
    ];
    const { batch, column } = batchOf(fields);
    const dictionary = new KernelDictionary(batch.kernel);
    expect(dictionary.internColumn(column)).toBe(3);
    const left = LEFT_TO_CALLER;
    expect(ints(dictionary, column.cells, fields.length)).toEqual([1, 1, 2, 3, 4, 4, 5, 5, 0, 0, left, left, left, 6]);
    dictionary.clear();
    expect(dictionary.internColumn(column)).toBe(3);
    expect(textOf(dictionary, 5)).toBe('false');
  });

  it('interns many texts at once, as one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 400 }), { maxLength: 4 }), (batches) => {
        const dictionary = new KernelDictionary(createKernel());
        const known = new Map<string, number>();
        for (const texts of batches) {
          const bytes = texts.map((value) => utf8.encode(value));
          let end = 0;
          const ends = Int32Array.from(bytes, ({ length }) => (end += length));
          const ids = [...dictionary.internTexts(Buffer.concat(bytes), ends)];
          for (const value of texts) if (!known.has(value)) known.set(value, known.size + 1);
          expect(ids).toEqual(texts.map((value) => known.get(value)));
        }
        for (const [value, id] of known) expect(textOf(dictionary, id)).toBe(value);
      }),
      { numRuns: 60 },
    );
  });

  it('takes wanted records only', () => {
    const { batch, column } = batchOf(['a', 'b', 'c', 'd'].map((value) => ({ kind: FieldKind.string, text: value })));
    const dictionary = new KernelDictionary(batch.kernel);
    const records = batch.kernel.allocate(8);
    batch.kernel.ints.set([1, 3], records / 4);
    dictionary.internColumn({ ...column, records, count: 2 });
    expect(ints(dictionary, column.cells, 2)).toEqual([1, 2]);
    expect([textOf(dictionary, 1), textOf(dictionary, 2)]).toEqual(['b', 'd']);
  });

  it('interns the elements of lists', () => {
    const element = (value: string | null) =>
      value === null ? { kind: FieldKind.null } : { kind: FieldKind.string, text: value };
    const lists = [['a', 'b'], [], ['b'], [null], [null, 'c'], ['a', 'c', 'a']];
    const fields: Field[] = lists.map((values) => ({ kind: FieldKind.list, elements: values.map(element) }));
    fields.push({ kind: FieldKind.list, elements: [{ kind: FieldKind.decimal, text: '1.5' }] });
    const { batch, column } = batchOf(fields);
    const dictionary = new KernelDictionary(batch.kernel);
    const left = LEFT_TO_CALLER;
    expect(dictionary.internColumn(column)).toBe(4);
    expect(ints(dictionary, column.cells, fields.length)).toEqual([left, 0, 2, 0, left, left, left]);
    expect(ints(dictionary, column.elementIds, 10)).toEqual([1, 2, 2, 0, 0, 3, 1, 3, 1, left]);
    expect(new KernelDictionary(batch.kernel).internColumn({ ...column, elementKinds: 0 })).toBe(fields.length);
  });

  it('sorts as JavaScript and Java compare strings', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 120 }), (texts) => expectSorted(texts)),
      { numRuns: 100 },
    );
  });

  it('sorts many values, with long common beginnings', () => {
    const stems = ['', 'User talk:', 'User talk:Example of a longer name/', '\ue000\u{10000}', 'x'.repeat(3000)];
    const texts = Array.from({ length: 3000 }, (_, i) => `${stems[i % 5]}${((i * 7919) % 3001).toString(36)}`);
    for (let i = 0; i < 40; i++)
      texts.push(`nul${'\0'.repeat(i)}`, `${'y'.repeat(i)}`, `${'\u{10ffff}'.repeat(i)}\uffff`);
    expectSorted([...new Set(texts)]);
  });
});

function expectSorted(texts: readonly string[]): void {
  const dictionary = new KernelDictionary(createKernel());
  for (const value of texts) {
    const bytes = utf8.encode(value);
    dictionary.intern(bytes, 0, bytes.length);
  }
  dictionary.sort();
  const sorted = ints(dictionary, dictionary.sorted, texts.length).map((id) => texts[id - 1]);
  expect(sorted).toEqual([...texts].sort());
}
