import type { IndexReport, SegmentReport } from '../../src/mapreduce/index/indexReport.ts';
import { newRowCounts } from '../../src/row/rowCounts.ts';

/** A report of a job over Druid's tutorial data, with two segments a day. */
export function wikipediaReport(): IndexReport {
  return {
    dataSource: 'wikipedia',
    version: '2024-01-31T12:00:00.000Z',
    inputFiles: 1,
    inputBytes: 2_366_222,
    counts: { ...newRowCounts(), processed: 39_244 },
    samples: [],
    deadLetters: null,
    rowsStored: 39_244,
    segments: [segment('2015-09-12T00:00:00.000Z/2015-09-13T00:00:00.000Z', 0, 39_244)],
    segmentOutputPath: 'out/segments',
    publication: null,
    seconds: { read: 0.81, determine: 0, merge: 1.42, store: 0.004, total: 2.3 },
    workers: 2,
    notes: [],
  };
}

/** A report with something of everything. */
export function eventfulReport(): IndexReport {
  return {
    ...wikipediaReport(),
    inputFiles: 1_284,
    inputBytes: 48_211_903_112,
    counts: {
      processed: 45_000_000,
      processedWithErrors: 1_204,
      unparseable: { malformed: 17, timestamp: 3 },
      thrownAway: { outsideIntervals: 2_340_112, filtered: 77 },
    },
    rowsStored: 15_843_385,
    samples: [
      {
        reason: 'malformed',
        path: 'data/2015/09/12/part-00017.json.gz',
        line: 2_345,
        offset: 1_234_567,
        message: 'expected "," or "}" after a value of an object, found the end of the line',
        text: '{"time":"2015-09-12T00:46:58.771Z","channel":"#en.wikipedia","cityName":null,"comment":"added \u001b[31mproject',
      },
      {
        reason: 'timestamp',
        path: 'data/a.json',
        line: 1,
        offset: 0,
        message: 'the time is "yesterday"',
        text: '{"time":"yesterday"}',
      },
    ],
    segments: days(1_990),
    segmentOutputPath: '/deep/storage/druid/segments',
    seconds: { read: 301.4, determine: 0, merge: 98.2, store: 12, total: 412.9 },
    workers: 16,
    notes: [
      'the day 2015-09-14 got no rows: segments that it had before stay visible; ioConfig.dropExisting would empty it',
    ],
  };
}

function days(count: number): SegmentReport[] {
  const first = Date.UTC(2015, 8, 12);
  const day = 86_400_000;
  const iso = (index: number) => new Date(first + index * day).toISOString();
  return Array.from({ length: count }, (_, i) => segment(`${iso(i)}/${iso(i + 1)}`, 0, 1_000 + i * 7));
}

export function segment(interval: string, partitionNum: number, rows: number): SegmentReport {
  return {
    id: `wikipedia_${interval}_${partitionNum}`,
    interval,
    partitionNum,
    rows,
    size: rows * 131,
    zipBytes: rows * 57,
    zipSha256: '00',
    path: `out/segments/${partitionNum}/index.zip`,
    descriptor: { dataSource: 'wikipedia' },
  };
}
