import { afterEach, describe, expect, test } from 'vitest';
import { errorMessages } from '../../../../src/cli/errorText.ts';
import { ResourceManager } from '../../../../src/mapreduce/yarn/client/ResourceManager.ts';
import { yarnAddresses } from '../../../../src/mapreduce/yarn/client/yarnAddresses.ts';
import { type Answer, closeDaemons, daemon } from './fakeDaemon.ts';

afterEach(closeDaemons);

function manager(resourceManagers: readonly string[]): ResourceManager {
  return new ResourceManager({ resourceManagers }, 'ann', { tries: 4, pauseMs: 1 });
}

const STANDBY: Answer = {
  status: 403,
  body: { RemoteException: { exception: 'StandbyException', message: 'not active\n\tat java' } },
};

describe('ResourceManager', () => {
  test('gives an application id, in the name of the user', async () => {
    const log: string[] = [];
    const body = { 'application-id': 'application_1_0002', 'maximum-resource-capability': { memory: 8192, vCores: 4 } };
    const url = await daemon({ 'POST /ws/v1/cluster/apps/new-application': { status: 200, body } }, log);
    expect(await manager([url]).newApplication()).toEqual({ id: 'application_1_0002', memoryMax: 8192 });
    expect(log).toEqual(['POST /ws/v1/cluster/apps/new-application ann']);
  });

  test('an application that it does not know is null', async () => {
    expect(await manager([await daemon({})]).application('application_1_0001')).toBeNull();
  });

  test('a refusal is told in its own words, without the Java stack', async () => {
    const body = {
      RemoteException: { exception: 'YarnException', message: 'ann cannot submit to queue x\n\tat org.apache' },
    };
    const url = await daemon({ 'POST /ws/v1/cluster/apps': { status: 403, body } });
    await expect(manager([url]).submit({})).rejects.toThrow(
      `The ResourceManager at ${url} answered POST /ws/v1/cluster/apps with HTTP 403: ann cannot submit to queue x`,
    );
  });

  test('a page in place of JSON is told by its text; where nothing else was ever answered, with advice', async () => {
    const url = await daemon({ 'GET /conf': { status: 200, body: { properties: [] } } });
    const known = manager([url]);
    const text = `The ResourceManager at ${url} answered POST /ws/v1/cluster/apps with HTTP 404: no JSON but "Not found"`;
    await expect(known.submit({})).rejects.toThrow(
      `${text}. Is that its web address? It is looked up in yarn.resourcemanager.webapp.address of yarn-site.xml.`,
    );
    await known.configuration();
    await expect(known.submit({})).rejects.toMatchObject({ message: text });
  });

  test('what another server says in JSON is told by its message', async () => {
    // As Jetty, the server in Hadoop's daemons, answers.
    const body = {
      url: '/conf',
      status: '404',
      message: 'Not Found',
      servlet: 'org.eclipse.jetty.servlet.DefaultServlet',
    };
    const url = await daemon({ 'GET /conf': { status: 404, body } });
    await expect(manager([url]).configuration()).rejects.toThrow(
      `The ResourceManager at ${url} answered GET /conf with HTTP 404: Not Found. Is that its web address? ` +
        'It is looked up in yarn.resourcemanager.webapp.address of yarn-site.xml.',
    );
  });

  test('where one is standing by the next is asked, and stays the one', async () => {
    const log: string[] = [];
    const standby = await daemon({ 'GET /conf': STANDBY }, log);
    const active = await daemon({ 'GET /conf': { status: 200, body: { properties: [{ key: 'a', value: '1' }] } } });
    const both = manager([standby, active]);
    expect(await both.configuration()).toEqual({ a: '1' });
    expect(await both.configuration()).toEqual({ a: '1' });
    expect(log).toEqual(['GET /conf ann']);
  });

  test('where none answers that is told after some tries', async () => {
    const url = await daemon({});
    await closeDaemons();
    const error = await manager([url])
      .configuration()
      .catch((thrown: unknown) => thrown);
    expect(errorMessages(error)).toEqual([
      `The ResourceManager does not answer at ${url}: ECONNREFUSED. Is it running, and is that its web address? ` +
        'It is looked up in yarn.resourcemanager.webapp.address of yarn-site.xml.',
    ]);
  });

  test('kills until the application has ended', async () => {
    const log: string[] = [];
    const states = ['RUNNING', 'RUNNING', 'KILLED'];
    const app = () => ({ status: 200, body: { app: { id: 'application_1_0001', state: states.shift() } } });
    const url = await daemon(
      {
        'GET /ws/v1/cluster/apps/application_1_0001': app,
        'PUT /ws/v1/cluster/apps/application_1_0001/state': { status: 202, body: {} },
      },
      log,
    );
    await manager([url]).kill('application_1_0001');
    expect(log.filter((line) => line.startsWith('PUT'))).toEqual([
      'PUT /ws/v1/cluster/apps/application_1_0001/state ann {"state":"KILLED"}',
      'PUT /ws/v1/cluster/apps/application_1_0001/state ann {"state":"KILLED"}',
    ]);
  });

  test('an application master that is not there says nothing', async () => {
    expect(await manager([await daemon({})]).job('application_1_0001')).toBeNull();
  });

  test('counters by group and name', async () => {
    const counter = { name: 'rows', totalCounterValue: 7, mapCounterValue: 7, reduceCounterValue: 0 };
    const body = { jobCounters: { counterGroup: [{ counterGroupName: 'segmill', counter: [counter] }] } };
    const path = '/proxy/application_1_0001/ws/v1/mapreduce/jobs/job_1_0001/counters';
    const url = await daemon({ [`GET ${path}`]: { status: 200, body } });
    expect(await manager([url]).counters('application_1_0001')).toEqual(new Map([['segmill.rows', 7]]));
  });
});

describe('yarnAddresses', () => {
  test('by web address, by host name, of several', () => {
    expect(yarnAddresses({ 'yarn.resourcemanager.webapp.address': 'rm:18088' })).toEqual({
      resourceManagers: ['http://rm:18088'],
    });
    expect(yarnAddresses({ 'yarn.resourcemanager.hostname': 'rm', 'yarn.http.policy': 'HTTPS_ONLY' })).toEqual({
      resourceManagers: ['https://rm:8090'],
    });
    const conf = {
      'yarn.resourcemanager.ha.enabled': 'true',
      'yarn.resourcemanager.ha.rm-ids': 'a, b',
      'yarn.resourcemanager.hostname.a': 'one',
      'yarn.resourcemanager.webapp.address.b': 'two:88',
    };
    expect(yarnAddresses(conf)).toEqual({ resourceManagers: ['http://one:8088', 'http://two:88'] });
  });

  test('where there is none, that is told', () => {
    expect(() => yarnAddresses({})).toThrow(
      'The Hadoop configuration does not say where the ResourceManager is. Add yarn.resourcemanager.webapp.address or ' +
        'yarn.resourcemanager.hostname to yarn-site.xml, and name its folder by --hadoop-conf or HADOOP_CONF_DIR.',
    );
  });
});
