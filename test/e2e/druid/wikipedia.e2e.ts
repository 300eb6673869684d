/** Druid's tutorial data: what segmill makes of it against what Druid's Hadoop indexer makes of it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { goldenCase } from '../../golden/goldens.ts';
import { madeByHadoop } from './druids.ts';
import { expectSameInDruid } from './judge.ts';
import { featureOf, itNeeding } from './notBuilt.ts';
import { query37 } from './oracle.ts';
import { scratchFolder, segmillIndex } from './segmill.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** jobs/wikipedia with a version and with absolute paths, so that Druid can run it too. */
function tutorialSpec(): string {
  const task = JSON.parse(readFileSync(join(ROOT, 'jobs/wikipedia/index_hadoop.json'), 'utf8'));
  const out = scratchFolder();
  const { ioConfig, tuningConfig } = task.spec;
  ioConfig.inputSpec.paths = join(ROOT, ioConfig.inputSpec.paths);
  ioConfig.segmentOutputPath = join(out, 'segments');
  tuningConfig.workingPath = join(out, 'work');
  tuningConfig.version = '2026-01-01T00:00:00.000Z';
  return JSON.stringify(task);
}

it("runs Druid's tutorial job", async () => {
  const { segments } = segmillIndex(tutorialSpec());
  await expectSameInDruid(segments, await madeByHadoop(tutorialSpec()));
  const sum = (name: string) => ({ type: 'longSum', name, fieldName: name });
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
