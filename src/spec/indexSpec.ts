import type { BlockCompression, IndexSpec } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { asObject, readFields, readType } from './readFields.ts';
import { bitmapUnion, dictionaryEncodingUnion, indexSpecShape } from './shapes/indexSpec.ts';
import { absentObject, joinPath, pathOf, type SpecNode, type SpecObject, type Spot, spotOf } from './specTree.ts';
import { unsupportedFeature } from './unsupported.ts';

/** `indexSpec`; absent: roaring, lz4, longs, utf8. */
export function readIndexSpec(log: SpecLog, node: SpecNode | null, tuningConfig: SpecObject): IndexSpec {
  const given = node === null ? null : asObject(log, node, 'an indexSpec');
  const object = given ?? absentObject(tuningConfig, 'indexSpec');
  const fields = readFields(log, object, indexSpecShape);
  const { dimensionCompression, metricCompression, longEncoding, complexMetricCompression } = fields.value;
  refuse(log, fields.at('dimensionCompression'), `compression=${dimensionCompression}`);
  refuse(log, fields.at('metricCompression'), `compression=${metricCompression}`);
  refuse(log, fields.at('longEncoding'), `longEncoding=${longEncoding}`);
  if (complexMetricCompression !== null) {
    refuse(log, fields.at('complexMetricCompression'), 'complexMetricCompression');
  }
  return {
    bitmap: readBitmap(log, fields.value.bitmap, object),
    dimensionCompression: dimensionCompression as BlockCompression,
    metricCompression: metricCompression as BlockCompression | 'none',
    longEncoding: longEncoding as 'longs' | 'auto',
    stringDictionaryEncoding: readDictionary(log, fields.value.stringDictionaryEncoding, object),
  };
}

function refuse(log: SpecLog, spot: Spot, feature: string): void {
  const refusal = unsupportedFeature(`indexSpec:${feature}`);
  if (refusal !== null) log.error(spot, refusal);
}

function readBitmap(log: SpecLog, node: SpecNode | null, indexSpec: SpecObject): 'roaring' | 'concise' {
  if (node === null)
    log.use(joinPath(pathOf(indexSpec), 'bitmap'), 'defaulted', 'roaring', indexSpecShape.fields.bitmap.why);
  const typed = node === null ? null : readType(log, node, bitmapUnion);
  if (typed === null) return 'roaring';
  const type = typed.type as 'roaring' | 'concise';
  readFields(log, typed.object, bitmapUnion.shapes[type], 'type');
  refuse(log, spotOf(typed.object), `bitmap=${type}`);
  return type;
}

function readDictionary(
  log: SpecLog,
  node: SpecNode | null,
  indexSpec: SpecObject,
): IndexSpec['stringDictionaryEncoding'] {
  const path = joinPath(pathOf(indexSpec), 'stringDictionaryEncoding');
  if (node === null) log.use(path, 'defaulted', 'utf8', indexSpecShape.fields.stringDictionaryEncoding.why);
  const typed = node === null ? null : readType(log, node, dictionaryEncodingUnion);
  if (typed === null) return { type: 'utf8' };
  refuse(log, spotOf(typed.object), `stringDictionaryEncoding=${typed.type}`);
  if (typed.type === 'utf8') {
    readFields(log, typed.object, dictionaryEncodingUnion.shapes.utf8, 'type');
    return { type: 'utf8' };
  }
  const fields = readFields(log, typed.object, dictionaryEncodingUnion.shapes.frontCoded, 'type');
  const { bucketSize, formatVersion } = fields.value;
  if ((bucketSize & (bucketSize - 1)) !== 0) {
    log.error(fields.at('bucketSize'), `${bucketSize} is not a power of two`, '1, 2, 4, 8, 16, 32, 64 or 128');
  }
  return { type: 'frontCoded', bucketSize, formatVersion: formatVersion === 0 ? 0 : 1 };
}
