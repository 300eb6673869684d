import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BATCH_ROWS } from '../../src/input/recordBatch.ts';
import { createKernel } from '../../src/kernel/kernel.ts';
import { murmur3x86_32 } from '../../src/kernel/murmur3.ts';
import { bucketsOfHashes, hashKeys, identifyKeys } from '../../src/partition/hashShards.ts';
import { NumericDimension } from '../../src/row/dimension/numericDimension.ts';
import { StringDimension } from '../../src/row/dimension/stringDimension.ts';
import { batchOf, compareTexts } from '../row/dimension/fields.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '"', '\\', '\n', 'é', '\u001f'), maxLength: 20 });
const texts = fc.oneof(fc.constant(null), text, fc.array(fc.option(text), { minLength: 2, maxLength: 4 }));
const row = fc.record({
  time: fc.constantFrom(0, 60_000, 1_442_016_000_000, -3_600_000),
  // Names out of order, one to be escaped.
  b: texts,
  'a"': texts,
  n: fc.option(fc.integer({ min: -5, max: 5 })),
});

/** The bucket of a key as Druid has it: `abs(hash % buckets)`. */
function bucketOf(key: string, buckets: number): number {
  const bytes = new TextEncoder().encode(key);
  return Math.abs(murmur3x86_32(bytes, 0, bytes.length) % buckets);
}

/** For each key the place of the first one like it. */
function classesOf(keys: readonly string[]): number[] {
  return keys.map((key) => keys.indexOf(key));
}

it("puts rows in the buckets of their group keys' JSON, and tells these keys apart", () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (rows, overAll, buckets) => {
        const kernel = createKernel();
        const names = ['b', 'a"', 'n'];
        const batch = batchOf(
          kernel,
          names,
          rows.map((fields) => JSON.stringify(fields)),
        );
        const records = Int32Array.from(rows.keys());
        const stringDimension = (name: string, slot: number) =>
          new StringDimension({
            kernel,
            name,
            slot,
            multiValueHandling: 'ARRAY',
            doubleText: String,
            nullElementsAsText: false,
            flatOnly: false,
            tellsAbsence: false,
          });
        const dimensions = [stringDimension('b', 0), stringDimension('a"', 1), new NumericDimension('n', 'long', 2)];
        const hashed = dimensions.map((dimension) => {
          const cells = new Int32Array(BATCH_ROWS);
          dimension.assemble(batch, records, rows.length, cells, new Uint8Array(BATCH_ROWS));
          return dimension.hashed(cells, overAll);
        });
        const times = [...new Set(rows.map((fields) => fields.time))];
        const ids = Int32Array.from(rows, (fields) => times.indexOf(fields.time));
        const result = new Int32Array(rows.length + 1).fill(77);
        const keys = { rows: rows.length, times: { times, ids }, dimensions: hashed, overAll };
        hashKeys(kernel, keys, result, null);
        bucketsOfHashes(result, rows.length, buckets);
        const valuesOf = (value: string | number | null | (string | null)[]) => {
          if (value === null) return [];
          if (!Array.isArray(value)) return [String(value)];
          return overAll ? [...new Set(value)].sort(compareTexts) : value;
        };
        const expected = rows.map((fields) => {
          const values = { 'a"': valuesOf(fields['a"']), b: valuesOf(fields.b), n: valuesOf(fields.n) };
          const present = Object.entries(values).filter(([, list]) => list.length > 0);
          const key = overAll ? [fields.time, Object.fromEntries(present)] : [values.b, values['a"'], values.n];
          return bucketOf(JSON.stringify(key).replaceAll('\\u001f', '\\u001F'), buckets);
        });
        expect([...result]).toEqual([...expected, 77]);
        if (!overAll) return;
        const identities = new Uint8Array(rows.length * 16);
        identifyKeys(kernel, keys, identities);
        const identity = (_: unknown, at: number) =>
          Buffer.from(identities.subarray(at * 16, at * 16 + 16)).toString('hex');
        const key = (fields: (typeof rows)[number]) =>
          JSON.stringify([fields.time, valuesOf(fields['a"']), valuesOf(fields.b), valuesOf(fields.n)]);
        expect(classesOf(rows.map(identity))).toEqual(classesOf(rows.map(key)));
      },
    ),
    { numRuns: 150 },
  );
});
