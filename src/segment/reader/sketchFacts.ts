import { JsonDouble } from './jsonText.ts';

const hllTypes = ['HLL_4', 'HLL_6', 'HLL_8'] as const;
const maxTheta = 0x7fffffffffffffffn;
const ranks = [0.1, 0.5, 0.9];

/**
 * What can be told of a DataSketches image (little-endian) from its bytes, in the words of Druid's dump: theta sketches with estimate,
 * quantiles sketches with quantiles at 0.1, 0.5 and 0.9, HLL sketches with size and type but no estimate.
 *
 * @returns null for another type, or bytes that are no such image
 * @see DataSketches: theta PreambleUtil, quantiles PreambleUtil, hll PreambleUtil
 */
export function sketchFacts(typeName: string, bytes: Uint8Array): Record<string, unknown> | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (typeName) {
      case 'thetaSketch':
        return thetaFacts(view);
      case 'quantilesDoublesSketch':
        return quantilesFacts(view);
      case 'HLLSketch':
        return hllFacts(view);
      default:
        return null;
    }
  } catch (error) {
    // A DataView refuses offsets past its end: the image is shorter than its head says.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function thetaFacts(image: DataView): Record<string, unknown> | null {
  if (image.byteLength === 0) return thetaValues(0, maxTheta);
  const preLongs = image.getUint8(0) & 0x3f;
  if (preLongs < 1 || preLongs > 3 || image.getUint8(2) !== 3) return null;
  if (preLongs === 1) return thetaValues((image.getUint8(5) & 4) === 0 ? 1 : 0, maxTheta);
  const retained = image.getInt32(8, true);
  return thetaValues(retained, preLongs === 3 ? image.getBigInt64(16, true) : maxTheta);
}

function thetaValues(retained: number, thetaLong: bigint): Record<string, unknown> {
  const estimate = retained / (Number(thetaLong) / Number(maxTheta));
  return { estimate: new JsonDouble(estimate), retained, thetaLong };
}

function quantilesFacts(image: DataView): Record<string, unknown> | null {
  if (image.byteLength === 0) return { k: 128, n: 0 };
  if (image.getUint8(2) !== 8) return null;
  const k = image.getUint16(4, true);
  if ((image.getUint8(3) & 4) !== 0) return { k, n: 0 };
  const n = Number(image.getBigUint64(8, true));
  const quantiles = quantilesOf(image, k, n);
  const min = new JsonDouble(image.getFloat64(16, true));
  const max = new JsonDouble(image.getFloat64(24, true));
  return { k, n, min, max, quantiles: quantiles.map((value) => new JsonDouble(value)) };
}

/** The quantile at rank r is the least value that has r n of the weight at or below it. */
function quantilesOf(image: DataView, k: number, n: number): number[] {
  const items: { value: number; weight: number }[] = [];
  let at = 32;
  const take = (count: number, weight: number): void => {
    for (let i = 0; i < count; i++, at += 8) items.push({ value: image.getFloat64(at, true), weight });
  };
  take(n % (2 * k), 1);
  let weight = 2;
  for (let levels = Math.floor(n / (2 * k)); levels > 0; levels = Math.floor(levels / 2), weight *= 2) {
    if (levels % 2 === 1) take(k, weight);
  }
  items.sort((a, b) => a.value - b.value);
  return ranks.map((rank) => {
    let wanted = Math.ceil(rank * n);
    for (const item of items) {
      wanted -= item.weight;
      if (wanted <= 0) return item.value;
    }
    return Number.NaN;
  });
}

function hllFacts(image: DataView): Record<string, unknown> | null {
  if (image.byteLength < 8 || image.getUint8(2) !== 7) return null;
  const type = hllTypes[(image.getUint8(7) >>> 2) & 3];
  return type === undefined ? null : { lgK: image.getUint8(3), type };
}
