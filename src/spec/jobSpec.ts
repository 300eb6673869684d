/**
 * The one internal form of every ingestion spec. Readers of task envelopes, CLI bodies and older dialects all end here;
 * nothing below `spec/` sees raw JSON. A JobSpec is plain data: it travels to worker threads and cluster tasks as JSON.
 */

export interface JobSpec {
  readonly dataSource: string;
  readonly timestamp: TimestampSpec;
  readonly parse: ParseSpec;
  readonly dimensions: DimensionsSpec;
  /** In metricsSpec order. */
  readonly metrics: readonly MetricSpec[];
  readonly granularity: GranularitySpec;
  readonly transform: TransformSpec;
  readonly input: InputSpec;
  readonly tuning: TuningSpec;
  /** Base of deep storage (`ioConfig.segmentOutputPath`), null when the spec leaves it to the service. */
  readonly segmentOutputPath: string | null;
  readonly metadataUpdate: MetadataUpdateSpec | null;
  /** `ioConfig.dropExisting`: time chunks of the intervals that get no rows are emptied by tombstones. */
  readonly dropExisting: boolean;
  /** Task envelope's `context`, kept as given. */
  readonly context: Readonly<Record<string, unknown>>;
  /** `id` of the task envelope. */
  readonly taskId: string | null;
}

export interface TimestampSpec {
  readonly column: string;
  /** `auto`, `iso`, `millis`, `posix`, `micro`, `nano`, `ruby` in any case, or a Joda pattern. */
  readonly format: string;
  /** Epoch milliseconds used where the input has no value, or null. */
  readonly missingValue: number | null;
  /** The missingValue as the spec wrote it: segment metadata repeats it. */
  readonly missingValueText: string | null;
}

export type ParseSpec =
  | { readonly format: 'json'; readonly lowercase: boolean; readonly flatten: FlattenSpec }
  | {
      readonly format: 'delimited';
      /** Null: read from the header row. */
      readonly columns: readonly string[] | null;
      readonly delimiter: string;
      readonly listDelimiter: string;
      /** RFC 4180 quotes (CSV), or none at all (TSV). */
      readonly quotes: boolean;
      readonly hasHeaderRow: boolean;
      readonly skipHeaderRows: number;
    }
  | {
      readonly format: 'regex';
      readonly pattern: string;
      readonly columns: readonly string[] | null;
      readonly listDelimiter: string;
    };

export interface FlattenSpec {
  readonly useFieldDiscovery: boolean;
  readonly fields: readonly FlattenField[];
}

export interface FlattenField {
  readonly type: 'root' | 'path' | 'jq' | 'tree';
  readonly name: string;
  readonly expr: string;
  readonly nodes: readonly string[];
}

export type MultiValueHandling = 'SORTED_ARRAY' | 'SORTED_SET' | 'ARRAY';
export type DimensionType = 'string' | 'long' | 'float' | 'double';

export interface DimensionSpec {
  readonly name: string;
  readonly type: DimensionType;
  readonly multiValueHandling: MultiValueHandling;
  readonly createBitmapIndex: boolean;
}

export interface DimensionsSpec {
  /** Declared dimensions in spec order. */
  readonly dimensions: readonly DimensionSpec[];
  /** True when row fields that are not declared become string dimensions (no dimensions listed, or includeAllDimensions). */
  readonly discover: boolean;
  /** Names never discovered: the spec's exclusions, the timestamp column, metric inputs and outputs. */
  readonly exclusions: readonly string[];
}

export type NumericType = 'long' | 'float' | 'double';

export type MetricSpec =
  | { readonly type: 'count'; readonly name: string }
  | {
      /** longSum, doubleMin, floatAny, ... */
      readonly type: 'numeric';
      readonly operation: 'sum' | 'min' | 'max' | 'any';
      readonly valueType: NumericType;
      readonly name: string;
      readonly fieldName: string;
    }
  | {
      /** longFirst, doubleLast, ... */
      readonly type: 'numericByTime';
      readonly operation: 'first' | 'last';
      readonly valueType: NumericType;
      readonly name: string;
      readonly fieldName: string;
      readonly timeColumn: string;
    }
  | {
      readonly type: 'stringByTime';
      readonly operation: 'first' | 'last';
      readonly name: string;
      readonly fieldName: string;
      readonly timeColumn: string;
      readonly maxStringBytes: number;
    }
  | {
      readonly type: 'hyperUnique';
      readonly name: string;
      readonly fieldName: string;
      readonly isInputHyperUnique: boolean;
      readonly round: boolean;
    }
  | { readonly type: 'filtered'; readonly name: string; readonly filter: FilterSpec; readonly aggregator: MetricSpec };

/** Druid's native filters; names are Druid's. */
export type FilterSpec =
  | { readonly type: 'true' | 'false' }
  | { readonly type: 'and' | 'or'; readonly fields: readonly FilterSpec[] }
  | { readonly type: 'not'; readonly field: FilterSpec }
  | { readonly type: 'null'; readonly column: string }
  | { readonly type: 'selector'; readonly dimension: string; readonly value: string | null }
  | { readonly type: 'in'; readonly dimension: string; readonly values: readonly (string | null)[] }
  | {
      readonly type: 'bound';
      readonly dimension: string;
      readonly lower: string | null;
      readonly upper: string | null;
      readonly lowerStrict: boolean;
      readonly upperStrict: boolean;
      readonly ordering: 'lexicographic' | 'numeric' | 'alphanumeric' | 'strlen' | 'version';
    }
  | { readonly type: 'like'; readonly dimension: string; readonly pattern: string; readonly escape: string | null }
  | { readonly type: 'regex'; readonly dimension: string; readonly pattern: string }
  | {
      readonly type: 'equals';
      readonly column: string;
      readonly matchValueType: 'STRING' | 'LONG' | 'DOUBLE' | 'FLOAT';
      readonly matchValue: string | number;
    }
  | {
      readonly type: 'range';
      readonly column: string;
      readonly matchValueType: 'STRING' | 'LONG' | 'DOUBLE' | 'FLOAT';
      readonly lower: string | number | null;
      readonly upper: string | number | null;
      readonly lowerOpen: boolean;
      readonly upperOpen: boolean;
    }
  | { readonly type: 'interval'; readonly dimension: string; readonly intervals: readonly Interval[] }
  | { readonly type: 'columnComparison'; readonly dimensions: readonly string[] };

/** Epoch milliseconds, end exclusive. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** A bucketing of time; see `time/granularity.ts`. `name` forms are Druid's enum constants (`HOUR`, `FIVE_MINUTE`, ...). */
export type Granularity =
  | { readonly type: 'none' | 'all' }
  | { readonly type: 'named'; readonly name: string }
  | {
      readonly type: 'period';
      /** ISO 8601, as the spec wrote it. */
      readonly period: string;
      readonly timeZone: string;
      /** Epoch milliseconds or null. */
      readonly origin: number | null;
    }
  | { readonly type: 'duration'; readonly durationMs: number; readonly origin: number };

export interface GranularitySpec {
  readonly type: 'uniform' | 'arbitrary';
  readonly segmentGranularity: Granularity;
  readonly queryGranularity: Granularity;
  readonly rollup: boolean;
  /** Null: found from the data. */
  readonly intervals: readonly Interval[] | null;
}

export interface TransformSpec {
  readonly filter: FilterSpec | null;
  readonly expressions: readonly { readonly name: string; readonly expression: string }[];
}

export type InputSpec = {
  readonly type: 'static';
  /** Paths and globs after splitting at top-level commas; relative ones are relative to the current directory. */
  readonly paths: readonly string[];
};

export type PartitionsSpec =
  | {
      readonly type: 'hashed';
      /** Exactly one of the two is set. */
      readonly numShards: number | null;
      readonly targetRowsPerSegment: number | null;
      readonly partitionDimensions: readonly string[];
    }
  | {
      /** `range` is the form over several dimensions, with `range` shard specs. */
      readonly type: 'single_dim' | 'range';
      /** Empty: chosen from the data (single_dim only). */
      readonly partitionDimensions: readonly string[];
      readonly targetRowsPerSegment: number;
      readonly maxRowsPerSegment: number;
      readonly assumeGrouped: boolean;
    };

export interface TuningSpec {
  readonly workingPath: string | null;
  /** Null: the time the job starts. */
  readonly version: string | null;
  readonly useExplicitVersion: boolean;
  readonly partitions: PartitionsSpec;
  readonly indexSpec: IndexSpec;
  readonly maxRowsInMemory: number;
  /** Bytes held by one task before a run is cut; already resolved (0 became 256 MiB), Infinity for -1 is written as null. */
  readonly maxBytesInMemory: number | null;
  readonly leaveIntermediate: boolean;
  readonly cleanupOnFailure: boolean;
  readonly overwriteFiles: boolean;
  /** Bad rows allowed before the job fails; null is unlimited. */
  readonly maxParseExceptions: number | null;
  readonly logParseExceptions: boolean;
  readonly combineText: boolean;
  readonly useCombiner: boolean;
  readonly forceExtendableShardSpecs: boolean;
  readonly determinePartitionsSamplingFactor: number;
  readonly jobProperties: Readonly<Record<string, string>>;
}

export type BlockCompression = 'lz4' | 'lzf' | 'zstd' | 'uncompressed';

export interface IndexSpec {
  readonly bitmap: 'roaring' | 'concise';
  readonly dimensionCompression: BlockCompression;
  readonly metricCompression: BlockCompression | 'none';
  readonly longEncoding: 'longs' | 'auto';
  readonly stringDictionaryEncoding:
    | { readonly type: 'utf8' }
    | { readonly type: 'frontCoded'; readonly bucketSize: number; readonly formatVersion: 0 | 1 };
}

export interface MetadataUpdateSpec {
  readonly type: string;
  readonly connectURI: string;
  readonly user: string | null;
  readonly password: PasswordSpec | null;
  readonly segmentTable: string;
}

/** A password, or the name of the environment variable that holds it: Druid's password providers `default` and `environment`. */
export type PasswordSpec = string | { readonly environment: string };
