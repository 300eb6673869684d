/** Druid's tutorial data: what segmill makes of it against what Druid's Hadoop indexer makes of it. */
import { describe, expect, it } from 'vitest';
import { goldenCase } from '../../golden/goldens.ts';
import { madeByHadoop } from './druids.ts';
import { wikipediaJob } from './jobs.ts';
import { expectSameInDruid } from './judge.ts';
import { featureOf, itNeeding } from './notBuilt.ts';
import { query, query37 } from './oracle.ts';
import { type Made, scratchFolder, segmillIndex } from './segmill.ts';

const DAY = { dataSource: 'any', intervals: ['2015-09-12/2015-09-13'] };
const sum = (name: string) => ({ type: 'longSum', name, fieldName: name });

/** The queries of Druid's tutorial "Query data": the native one, and its SQL ones as Druid plans them. */
const TUTORIAL_QUERIES = {
  topPages: {
    ...DAY,
    queryType: 'topN',
    granularity: 'all',
    dimension: 'page',
    metric: 'count',
    threshold: 10,
    aggregations: [{ type: 'count', name: 'count' }],
  },
  linesDeletedByHour: { ...DAY, queryType: 'timeseries', granularity: 'hour', aggregations: [sum('deleted')] },
  addedByChannelAndPage: {
    ...DAY,
    queryType: 'groupBy',
    granularity: 'all',
    dimensions: ['channel', 'page'],
    aggregations: [sum('added')],
    limitSpec: {
      type: 'default',
      columns: [
        { dimension: 'added', direction: 'descending', dimensionOrder: 'numeric' },
        ...['channel', 'page'].map((dimension) => ({ dimension, direction: 'ascending' })),
      ],
    },
  },
  rowsOfAnHour: {
    ...DAY,
    intervals: ['2015-09-12T02/2015-09-12T03'],
    queryType: 'scan',
    columns: ['__time', 'user', 'page'],
    resultFormat: 'list',
  },
};

/** As printed in the tutorial; what has equal counts stands in any order there. */
const TOP_PAGES = {
  'Wikipedia:Vandalismusmeldung': 33,
  'User:Cyde/List of candidates for speedy deletion/Subpage': 28,
  'Jeremy Corbyn': 27,
  "Wikipedia:Administrators' noticeboard/Incidents": 21,
  'Flavia Pennetta': 20,
  'Total Drama Presents: The Ridonculous Race': 18,
  'User talk:Dudeperson176123': 18,
  'Wikipédia:Le Bistro/12 septembre 2015': 18,
  'Wikipedia:In the news/Candidates': 17,
  'Wikipedia:Requests for page protection': 17,
};

type Answers = Record<keyof typeof TUTORIAL_QUERIES, unknown[]>;

/** What a Druid answers over segments; the order of scanned rows, which is that of segments, is taken out. */
async function answers(ask: typeof query, segments: readonly Made[]): Promise<Answers> {
  const zips = segments.map(({ path }) => path);
  const found: Partial<Answers> = {};
  for (const [name, nativeQuery] of Object.entries(TUTORIAL_QUERIES)) {
    found[name as keyof Answers] = await ask(nativeQuery, zips);
  }
  const scanned = found.rowsOfAnHour as { events: object[] }[];
  const rows = scanned.flatMap(({ events }) => events.map((event) => JSON.stringify(event))).sort();
  return { ...(found as Answers), rowsOfAnHour: rows };
}

describe.each(['hashed_target', 'single_dim'])('jobs/wikipedia/%s.json', (name) => {
  it("answers the queries of Druid's tutorial as Druid's own segments do", async () => {
    const { segments, exit, stderr } = segmillIndex(wikipediaJob(name));
    expect(exit, stderr).toBe(0);
    expect(segments.length).toBeGreaterThan(1);
    const druids = await madeByHadoop(wikipediaJob(name));
    for (const ask of [query, query37]) {
      const [ours, wanted] = [await answers(ask, segments), await answers(ask, druids)];
      expect(ours).toEqual(wanted);
      const [{ result }] = ours.topPages as { result: { page: string; count: number }[] }[];
      expect(Object.fromEntries(result.map(({ page, count }) => [page, count]))).toEqual(TOP_PAGES);
      expect(ours.linesDeletedByHour).toHaveLength(24);
      expect(ours.rowsOfAnHour.length).toBeGreaterThan(1000);
    }
  });

  it('makes the very segments of Druid with --quirks druid', async () => {
    const { segments } = segmillIndex(wikipediaJob(name), ['--quirks', 'druid']);
    await expectSameInDruid(segments, await madeByHadoop(wikipediaJob(name)));
  });
});

it("runs Druid's tutorial job", async () => {
  const { segments } = segmillIndex(wikipediaJob('index_hadoop'));
  await expectSameInDruid(segments, await madeByHadoop(wikipediaJob('index_hadoop')));
  const totals = await query37(
    {
      queryType: 'timeseries',
      dataSource: 'wikipedia',
      intervals: ['2015-09-12/2015-09-13'],
      granularity: 'all',
      aggregations: [{ type: 'count', name: 'rows' }, sum('added'), sum('deleted'), sum('delta')],
    },
    segments.map(({ path }) => path),
  );
  // the figures of the tutorial
  expect(totals).toMatchObject([{ result: { rows: 39244, added: 9385573, deleted: 394298, delta: 8991275 } }]);
});

for (const key of ['w01', 'w02']) {
  itNeeding(featureOf(key), `rolls it up by the hour and cuts it as Druid does (${key})`, async () => {
    const golden = goldenCase(key);
    const { segments } = segmillIndex(golden.specText(scratchFolder()), ['--quirks', 'druid']);
    expect(segments.map(({ descriptor }) => descriptor.shardSpec)).toEqual(
      golden.segments.map(({ descriptor }) => descriptor.shardSpec),
    );
    await expectSameInDruid(segments, await madeByHadoop(golden.specText(scratchFolder())));
  });
}
