import { describe, expect, test } from 'vitest';
import {
  type DataSegment,
  hashedShardSpec,
  noneShardSpec,
  numberedShardSpec,
  rangeShardSpec,
  segmentDescriptor,
  singleShardSpec,
  UNKNOWN_CORE_PARTITIONS,
} from '../../../src/publish/layout/dataSegment.ts';
import {
  checkDataSourceName,
  checkVersion,
  defaultStorageDir,
  type SegmentKey,
  segmentId,
  temporaryIndexZip,
} from '../../../src/publish/layout/layout.ts';

// March 2024 in Los Angeles, which begins in winter time and ends in summer time.
const march: SegmentKey = {
  dataSource: 'golden',
  interval: { start: Date.UTC(2024, 2, 1, 8), end: Date.UTC(2024, 3, 1, 7) },
  version: '2026-01-01T00:00:00.000Z',
  partitionNum: 0,
};

/** The descriptor that Druid 33 published for the segment above, but for its base directory. */
const MARCH_DESCRIPTOR =
  '{"dataSource":"golden","interval":"2024-03-01T08:00:00.000Z/2024-04-01T07:00:00.000Z","version":"2026-01-01T00:00:00.000Z",' +
  '"loadSpec":{"type":"local","path":"/deep/golden/2024-03-01T00:00:00.000-08:00_2024-04-01T00:00:00.000-07:00/2026-01-01T00:00:00.000Z/0/index.zip"},' +
  '"dimensions":"s1","metrics":"count,lm_sum,dm_sum",' +
  '"shardSpec":{"type":"hashed","partitionNum":0,"partitions":1,"bucketId":0,"numBuckets":1,"partitionDimensions":[],"partitionFunction":"murmur3_32_abs"},' +
  '"binaryVersion":9,"size":2155,"identifier":"golden_2024-03-01T08:00:00.000Z_2024-04-01T07:00:00.000Z_2026-01-01T00:00:00.000Z"}';

describe('names', () => {
  test('segment ids leave out partition 0', () => {
    expect(segmentId(march)).toBe('golden_2024-03-01T08:00:00.000Z_2024-04-01T07:00:00.000Z_2026-01-01T00:00:00.000Z');
    expect(segmentId({ ...march, partitionNum: 12 })).toBe(
      'golden_2024-03-01T08:00:00.000Z_2024-04-01T07:00:00.000Z_2026-01-01T00:00:00.000Z_12',
    );
  });

  test('directories are in the zone of the granularity', () => {
    expect(defaultStorageDir(march, 'America/Los_Angeles')).toBe(
      'golden/2024-03-01T00:00:00.000-08:00_2024-04-01T00:00:00.000-07:00/2026-01-01T00:00:00.000Z/0',
    );
    expect(defaultStorageDir({ ...march, partitionNum: 3 }, 'UTC')).toBe(
      'golden/2024-03-01T08:00:00.000Z_2024-04-01T07:00:00.000Z/2026-01-01T00:00:00.000Z/3',
    );
  });

  test('temporary files carry the attempt', () => {
    expect(temporaryIndexZip(2)).toBe('index.zip.2');
  });
});

describe('names that cannot be paths', () => {
  // What IdUtils.validateId of Druid 33 refuses, and NUL.
  test.each([
    ['', 'cannot be empty'],
    ['../x', "cannot start with the '.' character"],
    ['.x', "cannot start with the '.' character"],
    ['a/../../x', "cannot contain the '/' character"],
    ['a\tb', 'cannot contain whitespace character except space'],
    ['a\nb', 'cannot contain whitespace character except space'],
    ['a\u0000b', 'cannot contain character #0 (at position 1)'],
    ['a\u001e', 'cannot contain character #30 (at position 1)'],
    ['\u0085', 'cannot contain character #133 (at position 0)'],
    ['ab😀', 'cannot contain character #55357 (at position 2)'],
    ['\ufffd', 'cannot contain character #65533 (at position 0)'],
  ])('%j', (name, problem) => {
    const message = `dataSource '${name}' ${problem}. Choose another name in dataSchema.dataSource.`;
    expect(() => checkDataSourceName(name)).toThrow(new Error(message));
    expect(() => defaultStorageDir({ ...march, dataSource: name }, 'UTC')).toThrow(new Error(message));
  });

  test.each(['a', 'a b', 'a..b', 'a:b', '日本', 'a\u001f', 'a\u007f', 'a\u009f', 'a\u00a0', 'a\u2028'])(
    '%j is fine',
    (name) => {
      expect(() => checkDataSourceName(name)).not.toThrow();
    },
  );

  test('versions', () => {
    expect(() => checkVersion('2026-01-01T00:00:00.000Z')).not.toThrow();
    const message =
      "version '../../etc' cannot start with the '.' character. Leave tuningConfig.version out, or write a time such as 2024-05-05T00:00:00.000Z.";
    expect(() => defaultStorageDir({ ...march, version: '../../etc' }, 'UTC')).toThrow(new Error(message));
  });
});

describe('descriptors', () => {
  const segment: DataSegment = {
    ...march,
    loadSpec: { type: 'local', path: `/deep/${defaultStorageDir(march, 'America/Los_Angeles')}/index.zip` },
    dimensions: ['s1'],
    metrics: ['count', 'lm_sum', 'dm_sum'],
    shardSpec: hashedShardSpec({ partitionNum: 0, partitions: 1, bucketId: 0, numBuckets: 1, partitionDimensions: [] }),
    size: 2155,
  };

  test('equal that of Druid, key by key in order', () => {
    expect(JSON.stringify(segmentDescriptor(segment))).toBe(MARCH_DESCRIPTOR);
  });

  test('other shard specs, no dimensions', () => {
    const shardSpec = numberedShardSpec({ partitions: 2, partitionNum: 1 });
    expect(segmentDescriptor({ ...segment, dimensions: [], shardSpec })).toMatchObject({ dimensions: '', shardSpec });
    expect(JSON.stringify(shardSpec)).toBe('{"type":"numbered","partitionNum":1,"partitions":2}');
    expect(JSON.stringify(noneShardSpec())).toBe('{"type":"none"}');
    expect(
      JSON.stringify(
        hashedShardSpec({
          partitionDimensions: ['b', 'a'],
          numBuckets: 8,
          bucketId: 5,
          partitions: 4,
          partitionNum: 2,
        }),
      ),
    ).toBe(
      '{"type":"hashed","partitionNum":2,"partitions":4,"bucketId":5,"numBuckets":8,"partitionDimensions":["b","a"],"partitionFunction":"murmur3_32_abs"}',
    );
  });

  // As Druid 33 writes them, goldens h10 and h13.
  test('ranges', () => {
    const place = { partitionNum: 1, numCorePartitions: UNKNOWN_CORE_PARTITIONS };
    expect(JSON.stringify(singleShardSpec({ dimension: 'hi', start: ['k0310'], end: ['k0519'], ...place }))).toBe(
      '{"type":"single","start":"k0310","end":"k0519","dimension":"hi","partitionNum":1,"numCorePartitions":-1}',
    );
    expect(singleShardSpec({ dimension: 'hi', start: null, end: [''], ...place })).toMatchObject({
      start: null,
      end: '',
    });
    const dimensions = ['s1', 'hi'];
    expect(JSON.stringify(rangeShardSpec({ dimensions, start: null, end: ['v1', null], ...place }))).toBe(
      '{"type":"range","dimensions":["s1","hi"],"start":null,"end":["v1",null],"partitionNum":1,"numCorePartitions":-1}',
    );
    const last = rangeShardSpec({ dimensions, start: ['v1', null], end: null, partitionNum: 1, numCorePartitions: 2 });
    expect(last).toMatchObject({ start: ['v1', null], end: null, numCorePartitions: 2 });
  });

  test('a comma in a name is refused', () => {
    expect(() => segmentDescriptor({ ...segment, dimensions: ['a', 'b,c'] })).toThrow(
      new Error(
        "The dimension name 'b,c' holds a comma, which separates names in a segment's descriptor. Rename it in the spec.",
      ),
    );
  });
});
