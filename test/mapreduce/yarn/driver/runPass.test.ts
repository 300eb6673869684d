import { expect, test } from 'vitest';
import { waitingText } from '../../../../src/mapreduce/yarn/driver/runPass.ts';

const APPLICATION = { id: 'application_1_0001', queue: 'night', diagnostics: '' };
const WAITS = 'application_1_0001 has waited 60 seconds in queue night for its first container';
const healthy = { nodeHostName: 'node1', state: 'RUNNING', healthReport: '' };
/** As Hadoop 3.4.2 answers /ws/v1/cluster/nodes. */
const ill = {
  nodeHostName: 'node2',
  state: 'UNHEALTHY',
  healthReport:
    '1/1 local-dirs usable space is below configured utilization percentage/no more usable space [ /data/local : used space above threshold of 90.0% ] ; ' +
    '1/1 log-dirs usable space is below configured utilization percentage/no more usable space [ /data/logs : used space above threshold of 90.0% ] ',
};

test.each([
  [[], '', `${WAITS}: the cluster has no node that runs. Have the NodeManagers started.`],
  [
    [ill],
    '',
    `${WAITS}: none of 1 nodes is healthy. node2 says: ${ill.healthReport.trim()} ` +
      'Mostly a disk is full: YARN leaves out disks that are fuller than 90% (yarn.nodemanager.disk-health-checker).',
  ],
  [[healthy], '', `${WAITS}: the queue is full, or its share for application masters is used up.`],
  [
    [healthy, ill],
    "[Sat] Application is added to the scheduler and is not yet activated. Queue's AM resource limit exceeded.\nmore",
    `${WAITS}: the queue is full, or its share for application masters is used up. 1 of 2 nodes are unhealthy. The ResourceManager says: ` +
      "[Sat] Application is added to the scheduler and is not yet activated. Queue's AM resource limit exceeded.",
  ],
])('why an application waits', (nodes, diagnostics, text) => {
  expect(waitingText({ ...APPLICATION, diagnostics }, nodes)).toBe(text);
});
