import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_ROWS } from '../../../src/input/recordBatch.ts';
import { createKernel, type Kernel } from '../../../src/kernel/kernel.ts';
import { BlockReader, BlockWriter } from '../../../src/rollup/run/blockBytes.ts';
import type { RankList } from '../../../src/rollup/run/columnValues.ts';
import type { RunColumn } from '../../../src/rollup/run/runWriter.ts';
import { StringDimension } from '../../../src/row/dimension/stringDimension.ts';
import { batchOf, compareStored, compareTexts, type Stored } from './fields.ts';

type Handling = 'ARRAY' | 'SORTED_ARRAY' | 'SORTED_SET';

/** JSON of a scalar, and its text in Druid. */
const scalar = fc.oneof(
  fc.constantFrom<[string, string | null]>(
    ['null', null],
    ['true', 'true'],
    ['"true"', 'true'],
    ['false', 'false'],
    ['-0', '0'],
    ['"-0"', '-0'],
    ['15', '15'],
    ['1.5', '1.5'],
    ['"\\u00e9"', 'é'],
    ['"é"', 'é'],
    ['""', ''],
    ['"null"', 'null'],
  ),
  fc
    .string({ unit: fc.constantFrom('a', 'b', '\uffff', '\u{10000}'), maxLength: 12 })
    .map((text): [string, string | null] => [`"${text}"`, text]),
);
/** JSON of a field, and its values before multi-value handling. */
const field = fc.oneof(
  { weight: 3, arbitrary: scalar.map(([json, text]): [string, Stored] => [json, [text]]) },
  fc
    .array(scalar, { maxLength: 4 })
    .map((list): [string, Stored] => [`[${list.map(([json]) => json)}]`, list.map(([, text]) => text)]),
  fc.constant<[string, Stored]>(['{"k":[1,"x"]}', ['{k=[1, x]}']]),
  fc.constant<[string, Stored]>(['[{"k":1},null,"a"]', ['{k=1}', null, 'a']]),
);

function store([json, raw]: [string, Stored], handling: Handling, nullElementsAsText: boolean): Stored {
  let values = json.startsWith('[') && nullElementsAsText ? raw.map((text) => text ?? 'null') : raw;
  if (values.length > 1 && handling !== 'ARRAY') values = [...values].sort(compareTexts);
  if (handling === 'SORTED_SET') values = [...new Set(values)];
  return values.length === 0 ? [null] : values;
}

function dimensionOf(handling: Handling, nullElementsAsText: boolean) {
  const kernel = createKernel();
  const dimension = new StringDimension({
    kernel,
    name: 'd',
    slot: 1,
    multiValueHandling: handling,
    doubleText: String,
    nullElementsAsText,
    flatOnly: false,
    tellsAbsence: false,
  });
  return { kernel, dimension };
}

/** All ranks of a column. */
function allRanks(kernel: Kernel, { valueCount }: RunColumn): RankList {
  const ranks = kernel.allocate(valueCount * 4);
  for (let i = 0; i < valueCount; i++) kernel.ints[ranks / 4 + i] = i + 1;
  return { kernel, ranks, count: valueCount };
}

/** The texts of a ranked column, from rank 1 on. */
function textsOf(kernel: Kernel, column: RunColumn): string[] {
  const ranks = allRanks(kernel, column);
  const texts: string[] = [];
  for (let at = 0; at < ranks.count; ) {
    const block = column.values.blockOf(ranks, at, new BlockWriter());
    const reader = new BlockReader(block.bytes);
    const count = reader.int32(1)[0];
    expect(count).toBe(block.count);
    expect(block.bytes.length % 8).toBe(0);
    const ends = reader.int32(count);
    const bytes = Buffer.from(reader.uint8(ends[count - 1]));
    for (let i = 0; i < count; i++) texts.push(bytes.toString('utf8', i === 0 ? 0 : ends[i - 1], ends[i]));
    at += count;
  }
  return texts;
}

/** What a column's cells stand for, by rank. */
function storedOf(column: RunColumn, rank: number, texts: readonly string[]): Stored {
  if (rank === 0) return [null];
  const { lists } = column;
  const ids = lists === null ? [rank] : [...lists.ids.subarray(lists.ends[rank - 1], lists.ends[rank])];
  return ids.map((id) => (id === 0 ? null : texts[id - 1]));
}

describe('StringDimension', () => {
  it('keeps, groups and orders values as a plain list of lists does', () => {
    const handling = fc.constantFrom<Handling>('ARRAY', 'SORTED_ARRAY', 'SORTED_SET');
    const batches = fc.array(fc.array(field, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(batches, handling, fc.boolean(), fc.boolean(), (fields, multiValue, asText, skip) => {
        const { kernel, dimension } = dimensionOf(multiValue, asText);
        // Two runs: nothing of the first may show in the second.
        for (let run = 0; run < 2; run++) {
          const cells: number[] = [];
          const stored: Stored[] = [];
          for (const batchFields of fields) {
            const batch = batchOf(
              kernel,
              ['x', 'd'],
              batchFields.map(([json]) => `{"x":1,"d":${json}}`),
            );
            const records = Int32Array.from(batchFields.keys()).filter((record) => !skip || record % 3 !== 1);
            const batchCells = new Int32Array(BATCH_ROWS);
            dimension.assemble(batch, records, records.length, batchCells);
            cells.push(...batchCells.subarray(0, records.length));
            for (const record of records) stored.push(store(batchFields[record], multiValue, asText));
          }
          dimension.sort();
          const mark = kernel.mark();
          const column = dimension.rank(Int32Array.from(cells), cells.length, kernel);
          const texts = textsOf(kernel, column);
          expect(texts).toEqual([...texts].sort());
          const ranks = [...kernel.ints.subarray(column.cells / 4, column.cells / 4 + cells.length)];
          expect(ranks.map((rank) => storedOf(column, rank, texts))).toEqual(stored);
          for (let i = 1; i < stored.length; i++) {
            expect(Math.sign(ranks[i] - ranks[i - 1])).toBe(Math.sign(compareStored(stored[i], stored[i - 1])));
            expect(cells[i] === cells[i - 1]).toBe(ranks[i] === ranks[i - 1]);
          }
          kernel.release(mark);
          dimension.clear();
        }
      }),
      { numRuns: 120 },
    );
  });

  it('counts the memory of its values only, however they came', () => {
    const jsons = ['"a"', '["a","b"]', '"ccc"', '["b","a"]', 'null', '["a"]', '"a"'];
    const usage = (batches: readonly (readonly string[])[]) => {
      const { kernel, dimension } = dimensionOf('ARRAY', false);
      for (const values of batches) {
        const batch = batchOf(
          kernel,
          ['x', 'd'],
          values.map((json) => `{"d":${json}}`),
        );
        const records = Int32Array.from(values.keys());
        dimension.assemble(batch, records, records.length, new Int32Array(BATCH_ROWS));
      }
      return dimension.memoryUsage();
    };
    // 3 texts of 5 bytes, and twice 2 lists of 2: before and after multi-value handling.
    expect(usage([jsons])).toBe(5 + 20 * 4 + 2 * (2 * 20 + 4 * 4));
    expect(usage(jsons.map((json) => [json]))).toBe(usage([jsons]));
  });

  it('writes dictionaries in blocks of about 1 MiB', () => {
    const { kernel, dimension } = dimensionOf('ARRAY', false);
    const texts = Array.from({ length: 30 }, (_, i) => String.fromCharCode(97 + i).repeat(100_000));
    texts.push('x'.repeat(3_000_000));
    const batch = batchOf(
      kernel,
      ['x', 'd'],
      texts.map((text) => JSON.stringify({ d: text })),
    );
    const records = Int32Array.from(texts.keys());
    const cells = new Int32Array(BATCH_ROWS);
    dimension.assemble(batch, records, records.length, cells);
    dimension.sort();
    const column = dimension.rank(cells, records.length, kernel);
    expect(textsOf(kernel, column)).toEqual([...texts].sort());
    expect(column.values.blockOf(allRanks(kernel, column), 0, new BlockWriter()).count).toBe(11);
  });
});
