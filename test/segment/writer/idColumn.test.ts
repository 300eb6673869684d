import { expect, test } from 'vitest';
import { idWidth } from '../../../src/segment/writer/idColumn.ts';

test('bytes per id follow from the number of values', () => {
  const cardinalities = [1, 255, 256, 65_535, 65_536, 16_777_215, 16_777_216];
  expect(cardinalities.map(idWidth)).toEqual([1, 1, 2, 2, 3, 3, 4]);
});
