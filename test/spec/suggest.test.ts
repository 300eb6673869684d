import { describe, expect, it } from 'vitest';
import { closestName } from '../../src/spec/suggest.ts';

const NAMES = ['tuningConfig', 'ioConfig', 'dataSchema', 'type', 'id', 'longSum', 'numShards'];

describe('closestName', () => {
  it.each([
    ['tunningConfig', 'tuningConfig'],
    ['TUNINGCONFIG', 'tuningConfig'],
    ['ioconifg', 'ioConfig'],
    ['dataScheme', 'dataSchema'],
    ['longsum', 'longSum'],
    ['tpye', 'type'],
    ['nShards', 'numShards'],
    ['xy', null],
    ['colour', null],
    ['', null],
    ['x'.repeat(1000), null],
  ])('takes %s for %s', (name, meant) => {
    expect(closestName(name, NAMES)).toBe(meant);
  });
});
