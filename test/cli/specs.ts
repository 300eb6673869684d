/** A spec in the command-line form, without anything to remark on. */
export const GOOD_SPEC = JSON.stringify(
  {
    dataSchema: {
      dataSource: 'events',
      parser: {
        type: 'hadoopyString',
        parseSpec: {
          format: 'json',
          timestampSpec: { column: 't', format: 'iso' },
          dimensionsSpec: { dimensions: ['page'] },
        },
      },
      metricsSpec: [{ type: 'count', name: 'count' }],
      granularitySpec: { segmentGranularity: 'day', queryGranularity: 'hour', intervals: ['2024-01-01/2024-01-02'] },
    },
    ioConfig: {
      type: 'hadoop',
      inputSpec: { type: 'static', paths: 'events.json' },
      segmentOutputPath: 'out',
    },
    tuningConfig: { type: 'hadoop' },
  },
  null,
  2,
);

/** The same with a field that nobody knows: a warning. */
export const DOUBTFUL_SPEC = GOOD_SPEC.replace('"type": "hadoop"\n', '"type": "hadoop",\n    "maxRowInMemory": 5\n');

/** The same without its data source: an error. */
export const BAD_SPEC = GOOD_SPEC.replace('"dataSource": "events",', '"dataSource": "",');
