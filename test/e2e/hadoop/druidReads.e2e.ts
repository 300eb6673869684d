/** Segments that a real YARN made, fetched from HDFS, before real Druid. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { prepareDruid33, prepareDruid37 } from '../../../scripts/druid/jars.mjs';
import type { SegmentDescriptor } from '../../golden/compare.ts';
import { readFile } from '../../storage/webhdfs/clients.ts';
import { madeByHadoop } from '../druid/druids.ts';
import { wikipediaJob } from '../druid/jobs.ts';
import { expectSameInDruid } from '../druid/judge.ts';
import { inOrder, type Made, scratchFolder } from '../druid/segmill.ts';
import { clusterHdfs, put } from './cluster.ts';
import { hadoop, PORT_OFFSET } from './prepare.ts';
import { driver, finished, JOB_MS, ROOT, type Spec, specFile, WORK, withPlaces } from './yarnJobs.ts';

const WIKIPEDIA = join(ROOT, 'jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz');
/** One segment, and several by a number that Druid's indexer and segmill are both told. */
const PARTITIONS = [
  { type: 'hashed', numShards: 1 },
  { type: 'hashed', numShards: 3, partitionDimensions: ['page'] },
];

beforeAll(() => {
  prepareDruid33();
  prepareDruid37();
  hadoop('up', 'yarn', '--port-offset', String(PORT_OFFSET));
}, JOB_MS);

it.each(PARTITIONS)(
  "wikipedia by $numShards: Druid 33 and 37 find and answer the same as in what Druid's own indexer made",
  async (partitionsSpec) => {
    const hdfs = await clusterHdfs();
    await put(hdfs, '/druid-reads/w.json.gz', readFileSync(WIKIPEDIA));
    const text = wikipediaJob('index_hadoop', partitionsSpec);
    const output = `hdfs:///druid-reads/segments-${partitionsSpec.numShards}`;
    const spec = withPlaces(JSON.parse(text) as Spec, 'hdfs:///druid-reads/*.gz', output, WORK);
    const { segments } = await finished(driver('index', specFile(spec), '--engine', 'yarn'));
    const folder = scratchFolder();
    const fetched: Made[] = [];
    for (const [i, { id, path, ...report }] of segments.entries()) {
      const descriptor = report.descriptor as SegmentDescriptor;
      const zip = join(folder, `${i}.zip`);
      writeFileSync(zip, await readFile(hdfs, path));
      expect(descriptor.loadSpec).toEqual({ type: 'hdfs', path });
      // Druid's indexer made its segments between local files.
      fetched.push({ id, path: zip, descriptor: { ...descriptor, loadSpec: { type: 'local', path: zip } } });
    }
    await expectSameInDruid(inOrder(fetched), await madeByHadoop(text));
  },
  JOB_MS,
);
