import { shape } from '../field.ts';
import { indexSpecShape } from './indexSpec.ts';
import { partitionsSpecUnion } from './partitionsSpec.ts';

const OLD_ENGINE = 'a switch of Druid before 0.9 that lost its effect there too';

/** `HadoopTuningConfig`. */
export const tuningConfigShape = shape('HadoopTuningConfig', 'Partitioning, memory, error limits.', {
  type: { kind: 'string', why: 'kind of tuningConfig', oneOf: ['hadoop'], default: 'hadoop' },
  workingPath: { kind: 'string', why: 'folder for intermediate files' },
  version: { kind: 'string', why: 'version of the segments; the time the job starts where left out' },
  useExplicitVersion: {
    kind: 'boolean',
    why: 'an Overlord task uses "version" in place of its lock\'s version',
    default: false,
  },
  partitionsSpec: {
    kind: 'node',
    why: 'how a time chunk is divided into segments; hashed, 5,000,000 rows each, where left out',
    type: { union: () => partitionsSpecUnion },
  },
  shardSpecs: {
    kind: 'node',
    why: 'shards by time chunk: Druid fills it in itself, and overwrites what is given',
    type: { json: { type: ['object', 'null'] } },
  },
  indexSpec: { kind: 'node', why: 'encodings of the segments', type: { shape: () => indexSpecShape } },
  indexSpecForIntermediatePersists: {
    kind: 'node',
    why: 'encodings of spilled rows',
    ignored: 'spilled rows have their own format here',
    type: { json: {} },
  },
  appendableIndexSpec: {
    kind: 'node',
    why: 'the in-memory index',
    ignored: 'there is one in-memory index here',
    type: { json: {} },
  },
  maxRowsInMemory: {
    kind: 'integer',
    why: 'rolled-up rows one task holds before it spills them',
    default: 1_000_000,
    minimum: 1,
    oldNames: ['rowFlushBoundary'],
  },
  maxBytesInMemory: {
    kind: 'integer',
    why: 'bytes one task holds before it spills them; 0 stands for 256 MiB, -1 for no limit',
    default: 0,
    maximum: Number.MAX_SAFE_INTEGER,
  },
  useMaxMemoryEstimates: {
    kind: 'boolean',
    why: 'older estimate of row sizes',
    ignored: 'memory is counted here, not estimated',
  },
  leaveIntermediate: { kind: 'boolean', why: 'keeps intermediate files', default: false },
  cleanupOnFailure: {
    kind: 'boolean',
    why: 'removes intermediate files of failed jobs too, but for what another run goes on from',
    default: true,
  },
  overwriteFiles: { kind: 'boolean', why: 'overwrites intermediate files that exist', default: false },
  ignoreInvalidRows: {
    kind: 'boolean',
    why: 'deprecated: only lifts the default of maxParseExceptions',
    default: false,
  },
  maxParseExceptions: {
    kind: 'integer',
    why: 'bad rows that do not fail the job; 2147483647 for no limit',
  },
  logParseExceptions: { kind: 'boolean', why: 'logs bad rows', default: false },
  jobProperties: {
    kind: 'node',
    why: 'Hadoop configuration',
    type: { json: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } } },
  },
  combineText: { kind: 'boolean', why: 'reads many small files as one split', default: false },
  useCombiner: { kind: 'boolean', why: 'rolls up once more before the shuffle', default: false },
  numBackgroundPersistThreads: {
    kind: 'integer',
    why: 'threads that spill',
    ignored: 'the number of workers decides here',
  },
  forceExtendableShardSpecs: {
    kind: 'boolean',
    why: 'publishes segments that can be appended to (shard spec "numbered")',
    default: false,
  },
  allowedHadoopPrefix: {
    kind: 'strings',
    why: 'druid. properties handed on to Hadoop',
    ignored: 'there are no runtime properties to hand on',
  },
  useYarnRMJobStatusFallback: {
    kind: 'boolean',
    why: 'asks YARN where the history server is silent',
    ignored: "success is told by the job's own manifests here",
  },
  awaitSegmentAvailabilityTimeoutMillis: {
    kind: 'integer',
    why: 'waits until the segments are served',
    maximum: Number.MAX_SAFE_INTEGER,
    ignored: 'the job ends when its segments are published',
  },
  determinePartitionsSamplingFactor: {
    kind: 'integer',
    why: 'single_dim and range partitioning look at one row in this many',
    default: 1,
  },
  buildV9Directly: { kind: 'boolean', why: 'writes V9 segments', ignored: 'segments are V9 always' },
  aggregationBufferRatio: { kind: 'node', why: 'buffer share', ignored: OLD_ENGINE, type: { json: {} } },
  bufferSize: { kind: 'node', why: 'buffer size', ignored: OLD_ENGINE, type: { json: {} } },
  ingestOffheap: { kind: 'boolean', why: 'off-heap index', ignored: OLD_ENGINE },
  persistInHeap: { kind: 'boolean', why: 'index in the heap', ignored: OLD_ENGINE },
});
