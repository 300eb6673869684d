import { it } from 'vitest';

/**
 * What segmill cannot do yet, and the cases that need it. These cases are skipped, and say why in their names. Once a
 * feature is built, delete its line in {@link NOT_BUILT}: its cases run from then on.
 */
const NOT_BUILT: Readonly<Partial<Record<Feature, string>>> = {
  encodings: 'concise bitmaps, front-coded dictionaries and blocks other than LZ4 are not written yet',
  flatten: 'flattenSpec paths are not built yet',
  sketches: 'the DataSketches metrics are not built yet',
  transforms: 'transforms need the expression language, which is not built yet',
};

/** Features that some specs need and others do not. */
export type Feature = 'determinePartitions' | 'discovery' | 'encodings' | 'flatten' | 'sketches' | 'transforms';

/** Golden cases by what they need. */
const NEEDED_BY: Readonly<Partial<Record<Feature, string>>> = {
  determinePartitions: 'h07 h08 h09 h10 h11 h12 h13 h14 h43 h44 h45 h51 h54 w01 w02',
  discovery: 'h15',
  flatten: 'h20',
  sketches: 'h53 h53b',
  transforms: 'h19 h32',
};

/** A test of what needs a feature: skipped, with the reason in its name, while that is not built. */
export function itNeeding(feature: Feature | null, name: string, test: () => void | Promise<void>): void {
  const reason = feature === null ? undefined : NOT_BUILT[feature];
  if (reason === undefined) it(name, test);
  else it.skip(`${name} (skipped: ${reason})`);
}

/** What of the features a golden case needs. */
export function featureOf(goldenKey: string): Feature | null {
  const features = Object.keys(NEEDED_BY) as Feature[];
  return features.find((feature) => NEEDED_BY[feature]?.split(' ').includes(goldenKey)) ?? null;
}
