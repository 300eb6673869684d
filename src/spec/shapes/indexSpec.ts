import { shape, type Union } from '../field.ts';

/** `IndexSpec`. */
export const indexSpecShape = shape('IndexSpec', 'Encodings of the segments.', {
  bitmap: { kind: 'node', why: 'kind of bitmap index; roaring where left out', type: { union: () => bitmapUnion } },
  dimensionCompression: {
    kind: 'string',
    why: 'blocks of dimension columns',
    oneOf: ['lz4', 'lzf', 'zstd', 'uncompressed'],
    default: 'lz4',
  },
  metricCompression: {
    kind: 'string',
    why: 'blocks of __time, number and metric columns',
    oneOf: ['lz4', 'lzf', 'zstd', 'uncompressed', 'none'],
    default: 'lz4',
  },
  longEncoding: { kind: 'string', why: 'how long values are written', oneOf: ['longs', 'auto'], default: 'longs' },
  stringDictionaryEncoding: {
    kind: 'node',
    why: 'how dictionaries of texts are written; utf8 where left out',
    type: { union: () => dictionaryEncodingUnion },
  },
  complexMetricCompression: {
    kind: 'string',
    why: 'blocks of complex metric columns; none where left out',
    oneOf: ['lz4', 'lzf', 'zstd', 'uncompressed', 'none'],
  },
  jsonCompression: { kind: 'string', why: 'blocks of json columns', ignored: 'there are no json columns yet' },
  segmentLoader: {
    kind: 'node',
    why: 'what factory.json says',
    ignored: "Druid's own loader is named",
    type: { json: {} },
  },
});

/** `BitmapSerdeFactory`. */
export const bitmapUnion = {
  name: 'Bitmap',
  about: 'Kind of bitmap index.',
  discriminator: 'type',
  defaultType: 'roaring',
  shapes: {
    roaring: shape('RoaringBitmap', 'Roaring bitmaps.', {
      compressRunOnSerialization: {
        kind: 'boolean',
        why: 'writes runs as runs',
        ignored: 'runs are written as runs always, as in Druid since 0.23',
      },
    }),
    concise: shape('ConciseBitmap', 'Concise bitmaps.', {}),
  },
  oldNames: {},
  unknownIs: 'roaring',
  feature: 'bitmap',
  noun: 'bitmap type',
} as const satisfies Union;

/** `StringEncodingStrategy`. */
export const dictionaryEncodingUnion = {
  name: 'StringDictionaryEncoding',
  about: 'How dictionaries of texts are written.',
  discriminator: 'type',
  defaultType: 'utf8',
  shapes: {
    utf8: shape('Utf8Dictionary', 'One text after another.', {}),
    frontCoded: shape('FrontCodedDictionary', 'Texts in buckets that share their beginnings.', {
      bucketSize: { kind: 'integer', why: 'texts in a bucket, a power of two', default: 4, minimum: 1, maximum: 128 },
      formatVersion: { kind: 'integer', why: 'version of the format', default: 0, minimum: 0, maximum: 1 },
    }),
  },
  oldNames: {},
  feature: 'stringDictionaryEncoding',
  noun: 'stringDictionaryEncoding type',
} as const satisfies Union;
