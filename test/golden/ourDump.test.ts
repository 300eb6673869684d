import { expect, it } from 'vitest';
import { compareSegments, readDump } from './compare.ts';
import { goldenCase, goldenNames } from './goldens.ts';
import { ourDump } from './ourDump.ts';

const dumped = goldenNames().filter((name) => goldenCase(name).segments.some((it) => it.dumpLines !== null));

it.each(dumped)('reads %s as Druid does, to the byte', async (name) => {
  for (const { path, indexZip, dumpLines } of goldenCase(name).segments) {
    const differences = compareSegments(await ourDump(indexZip!), readDump(dumpLines!), { bytes: true });
    expect(differences.slice(0, 10), path).toEqual([]);
  }
});

it('has dumps of all cases but those that failed and those that are too large', () => {
  const without = goldenNames().filter((name) => !dumped.includes(name));
  expect(without.map((name) => name.split('-')[0])).toEqual(
    'b01 h26 h27 h28 h29 h30 h35 h43 h48 h48d h55 w01 w02'.split(' '),
  );
});
