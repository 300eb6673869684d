import { join } from 'node:path';

export interface HourSpecOptions {
  readonly dataSource: string;
  /** Of the input: lines such as `{"ts": 3600000, "key": "k"}`. */
  readonly paths: string;
  /** Fields of granularitySpec in place of hours of 1970-01-01. */
  readonly granularity?: Readonly<Record<string, unknown>>;
  /** Fields of tuningConfig in place of one shard an hour. */
  readonly tuning?: Readonly<Record<string, unknown>>;
}

/** A spec of a small job over hours, which has its deep storage in `FOLDER/segments` and its working path in `FOLDER/work`. */
export function hourSpec(folder: string, { dataSource, paths, granularity, tuning }: HourSpecOptions): string {
  return JSON.stringify({
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource,
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 'ts', format: 'millis' },
            dimensionsSpec: { dimensions: ['key'] },
          },
        },
        metricsSpec: [{ type: 'count', name: 'count' }],
        granularitySpec: {
          segmentGranularity: 'HOUR',
          queryGranularity: 'HOUR',
          intervals: ['1970-01-01/P1D'],
          ...granularity,
        },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths },
        segmentOutputPath: join(folder, 'segments'),
      },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec: { type: 'hashed', numShards: 1 },
        workingPath: join(folder, 'work'),
        ...tuning,
      },
    },
  });
}
