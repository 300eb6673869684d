/**
 * What Druid knows and segmill does not build yet, one line per feature. A line that is deleted here lets the feature
 * through, to whatever reads it next.
 *
 * Keys are `area:type`; the area is the `feature` of the union in `shapes/`.
 */

const SKETCHES = 'needs the DataSketches metrics, which are not built yet';
const EXPRESSIONS = 'needs the expression language, which is not built yet';
const JAVASCRIPT =
  "JavaScript in specs is not run: it would be code of the spec's author with the rights of this process";
const METATRON_INPUT =
  'this is an inputSpec of Metatron\'s Druid; Apache Druid\'s is {"type": "static", "paths": "..."}';
const COLUMNAR = 'is a format that is not read yet; convert the data to JSON, CSV or TSV lines';

const UNSUPPORTED: Readonly<Record<string, string>> = {
  'transform:expression': `a transform ${EXPRESSIONS}`,
  'metric:expression-input': `a metric over an "expression" ${EXPRESSIONS}; use "fieldName"`,

  'flatten:path': 'flattenSpec fields of type "path" (JSONPath) are not built yet; "root" fields are',
  'flatten:jq': 'flattenSpec fields of type "jq" are not built yet; "root" fields are',
  'flatten:tree': 'flattenSpec fields of type "tree" are not built yet; "root" fields are',
  'flatten:renamed': 'root fields of another name than their "expr" are not built yet; those of the same name are',
  'flatten:noDiscovery':
    '"useFieldDiscovery": false is not built yet; list the dimensions, and other fields are left alone',
  'flatten:found': 'flattenSpec fields are not built yet where dimensions are found in the data; list the dimensions',

  'parser:parquet': `Parquet ${COLUMNAR}`,
  'parser:parquet-avro': `Parquet ${COLUMNAR}`,
  'parser:orc': `ORC ${COLUMNAR}`,
  'parser:avro_hadoop': `Avro ${COLUMNAR}`,
  'parser:avro_stream': `Avro ${COLUMNAR}`,
  'parser:protobuf': `Protobuf ${COLUMNAR}`,
  'parser:thrift': `Thrift ${COLUMNAR}`,
  'parser:map': 'the "map" parser takes rows from Java code; there are none here. Use "hadoopyString"',
  'parser:csv.stream':
    'this is a parser of Metatron\'s Druid; Apache Druid\'s is {"type": "hadoopyString", "parseSpec": {"format": "csv", ...}}',
  'parseSpec:javascript': JAVASCRIPT,
  'parseSpec:parquet': `Parquet ${COLUMNAR}`,
  'parseSpec:orc': `ORC ${COLUMNAR}`,
  'parseSpec:avro': `Avro ${COLUMNAR}`,
  'parseSpec:url': 'the "url" format is one of Datafruit\'s Druid; Apache Druid has none like it',
  'parseSpec:timeAndDims':
    'the "timeAndDims" format says nothing about how lines are written: it goes with binary parsers only, and fails on text in Druid too; ' +
    'use "json", "csv", "tsv" or "regex"',

  'dimension:json': 'json dimensions (nested columns) are not built yet',
  'dimension:auto': 'auto dimensions are not built yet; name a type: string, long, float or double',
  'dimension:spatial': 'spatial dimensions are not built yet',
  'dimensionsSpec:spatialDimensions': 'spatial dimensions are not built yet',
  'dimensionsSpec:useSchemaDiscovery': 'useSchemaDiscovery needs auto dimensions, which are not built yet',
  'dimensionsSpec:sortByTimeOff': 'segments that are not sorted by time first are not built yet',

  'inputSpec:granularity': 'the "granularity" inputSpec is not built yet; use "static" with a glob over its folders',
  'inputSpec:granular_unprocessed': 'the "granular_unprocessed" inputSpec is not built yet; use "static"',
  'inputSpec:dataSource': 'reading Druid segments (inputSpec "dataSource") is not built yet',
  'inputSpec:multi': 'the "multi" inputSpec is not built yet; several paths go into one "static", divided by commas',
  'inputSpec:hadoop': METATRON_INPUT,
  'inputSpec:hive': METATRON_INPUT,
  'inputSpec:hynix': METATRON_INPUT,
  'inputSpec:partition': METATRON_INPUT,

  'inputFormat:DruidParquetInputFormat': `Parquet ${COLUMNAR}`,
  'inputFormat:DruidParquetAvroInputFormat': `Parquet ${COLUMNAR}`,
  'inputFormat:OrcInputFormat': `ORC ${COLUMNAR}`,
  'inputFormat:OrcNewInputFormat': `ORC ${COLUMNAR}`,
  'inputFormat:AvroValueInputFormat': `Avro ${COLUMNAR}`,
  'inputFormat:AvroKeyInputFormat': `Avro ${COLUMNAR}`,
  'inputFormat:SequenceFileInputFormat': 'sequence files are not read yet; convert the data to JSON, CSV or TSV lines',

  'intervals:numShards':
    'intervals are needed with numShards: Druid counts the shards of each time chunk before it reads a row',
  'intervals:ranges': 'intervals are needed with single_dim and range partitioning, in Druid as here',

  'partitionsSpec:amongFound':
    'single_dim chooses among the dimensions that the spec lists, in Druid as here, and it lists none: name a partitionDimension',
  'partitionsSpec:dynamic':
    '"dynamic" partitioning belongs to index_parallel; index_hadoop knows hashed, single_dim and range',

  'indexSpec:bitmap=concise': 'concise bitmaps are not written yet; use roaring, the default',
  'indexSpec:compression=lzf': 'LZF blocks are not written yet; use lz4, the default',
  'indexSpec:compression=zstd': 'Zstandard blocks are not written yet; use lz4, the default',
  'indexSpec:compression=uncompressed': 'uncompressed blocks are not written yet; use lz4, the default',
  'indexSpec:compression=none': 'columns without blocks are not written yet; use lz4, the default',
  'indexSpec:longEncoding=auto': 'longEncoding "auto" is not written yet; use "longs", the default',
  'indexSpec:stringDictionaryEncoding=frontCoded':
    'front-coded dictionaries are not written yet; use utf8, the default',
  'indexSpec:complexMetricCompression': 'complexMetricCompression is not written yet; leave it out',

  'metric:stringAny': 'stringAny cannot be used at ingestion, in Druid neither; use stringFirst or stringLast',
  'metric:doubleMean': 'doubleMean works in queries only, in Druid too; store a sum and a count',
  'metric:cardinality': 'the cardinality metric is not built yet; hyperUnique over one field is',
  'metric:javascript': JAVASCRIPT,
  'metric:expression': `the expression metric ${EXPRESSIONS}`,
  'metric:thetaSketch': `thetaSketch ${SKETCHES}`,
  'metric:HLLSketchBuild': `HLLSketchBuild ${SKETCHES}`,
  'metric:HLLSketchMerge': `HLLSketchMerge ${SKETCHES}`,
  'metric:quantilesDoublesSketch': `quantilesDoublesSketch ${SKETCHES}`,
  'metric:quantilesDoublesSketchMerge': `quantilesDoublesSketchMerge ${SKETCHES}`,
  'metric:KllDoublesSketch': `KllDoublesSketch ${SKETCHES}`,
  'metric:KllFloatsSketch': `KllFloatsSketch ${SKETCHES}`,
  'metric:arrayOfDoublesSketch': `arrayOfDoublesSketch ${SKETCHES}`,
  'metric:approxHistogram': 'approximate histograms are not built yet',
  'metric:approxHistogramFold': 'approximate histograms are not built yet',
  'metric:fixedBucketsHistogram': 'fixed-bucket histograms are not built yet',
  'metric:tDigestSketch': 'tDigest sketches are not built yet',
  'metric:momentSketch': 'moment sketches are not built yet',
  'metric:variance': 'the variance metric is not built yet',
  'metric:varianceFold': 'the variance metric is not built yet',
  'metric:bloom': 'Bloom filter metrics are not built yet',
  'metric:stringFirstFold': 'stringFirstFold reads metrics of Druid segments, which is not built yet',
  'metric:stringLastFold': 'stringLastFold reads metrics of Druid segments, which is not built yet',
  'metric:singleValue': 'singleValue works in queries only',
  'metric:grouping': 'grouping works in queries only',

  'filter:javascript': JAVASCRIPT,
  'filter:expression': `the expression filter ${EXPRESSIONS}`,
  'filter:search': 'the search filter is not built yet; use "like" or "regex"',
  'filter:inType': 'the inType filter is not built yet; use "in"',
  'filter:isfalse': 'the isfalse filter is not built yet; use "not"',
  'filter:istrue': 'the istrue filter is not built yet',
  'filter:spatial': 'the spatial filter is not built yet',
  'filter:extraction': 'filters with an extractionFn are not built yet',
  'filter:extractionFn': 'filters with an extractionFn are not built yet',
  'filter:arrayContainsElement': 'array filters are not built yet',
  'filter:bloom': 'the bloom filter is not built yet',

  'ordering:natural': 'the ordering "natural" is not built yet; use "alphanumeric" or "numeric"',
};

/** The sentence that refuses a feature, or null for one that is built (or that nobody knows). */
export function unsupportedFeature(key: string): string | null {
  return Object.hasOwn(UNSUPPORTED, key) ? (UNSUPPORTED[key] as string) : null;
}
