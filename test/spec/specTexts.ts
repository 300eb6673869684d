/** A task of type index_hadoop in today's form, small and without problems. Every call makes a new one. */
export function task() {
  return {
    type: 'index_hadoop',
    spec: {
      dataSchema: {
        dataSource: 'clicks',
        parser: {
          type: 'hadoopyString',
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 'ts', format: 'iso' },
            dimensionsSpec: { dimensions: ['page', { type: 'long', name: 'code' }] },
          },
        },
        metricsSpec: [
          { type: 'count', name: 'count' },
          { type: 'longSum', name: 'bytes', fieldName: 'b' },
        ],
        granularitySpec: {
          type: 'uniform',
          segmentGranularity: 'DAY',
          queryGranularity: 'HOUR',
          intervals: ['2024-01-01/2024-02-01'],
        },
      },
      ioConfig: {
        type: 'hadoop',
        inputSpec: { type: 'static', paths: '/data/a.json' },
      },
      tuningConfig: {
        type: 'hadoop',
        partitionsSpec: { type: 'hashed', numShards: 2 },
      },
    },
  };
}

/** What a change to {@link task} makes of it; the change may put any value anywhere. */
// biome-ignore lint/suspicious/noExplicitAny: broken specs have every shape there is
export type Change = (spec: any, task: any) => void;

/** The text of {@link task} after a change, two blanks of indentation a level. */
export function changed(change: Change): string {
  const whole = task();
  change(whole.spec, whole);
  return JSON.stringify(whole, null, 2);
}
