import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { overlordCredentials } from '../../../src/publish/overlord/credentials.ts';
import { OverlordClient } from '../../../src/publish/overlord/overlordClient.ts';
import { Clock } from './clock.ts';
import { FakeOverlord } from './fakeOverlord.ts';

const folder = mkdtempSync(join(tmpdir(), 'segmill-overlord-'));
afterAll(() => rmSync(folder, { recursive: true }));

let overlord: FakeOverlord;
let clock: Clock;
beforeEach(async () => {
  overlord = await new FakeOverlord().start();
  clock = new Clock();
});
afterEach(() => overlord.stop());

const HINT =
  'Set SEGMILL_OVERLORD_USER and SEGMILL_OVERLORD_PASSWORD for basic authentication, or SEGMILL_OVERLORD_TOKEN for a bearer token; ' +
  'SEGMILL_OVERLORD_PASSWORD_FILE and SEGMILL_OVERLORD_TOKEN_FILE name files that hold them.';
const ADDRESS_HINT =
  'It wants the address of an Overlord, of a Coordinator that is one too, or of a Router, such as http://druid:8081.';

function client(env: Record<string, string> = {}, address = overlord.url): OverlordClient {
  return new OverlordClient(address, overlordCredentials(env), clock.sleep);
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('credentials', () => {
  test('none', async () => {
    await client().running('events');
    expect([...overlord.authorizations]).toEqual([undefined]);
  });

  test('user and password', async () => {
    overlord.authorization = `Basic ${Buffer.from('ann:sécret').toString('base64')}`;
    await client({ SEGMILL_OVERLORD_USER: 'ann', SEGMILL_OVERLORD_PASSWORD: 'sécret' }).running('events');
    const path = file('password', 'sécret\n');
    await client({ SEGMILL_OVERLORD_USER: 'ann', SEGMILL_OVERLORD_PASSWORD_FILE: path }).running('events');
  });

  test('a token, which may change in its file', async () => {
    const path = file('token', 'one\n');
    const made = client({ SEGMILL_OVERLORD_TOKEN_FILE: path });
    await made.running('events');
    file('token', 'two');
    await made.running('events');
    await client({ SEGMILL_OVERLORD_TOKEN: 'three' }).running('events');
    expect([...overlord.authorizations]).toEqual(['Bearer one', 'Bearer two', 'Bearer three']);
  });

  test('refused ones are in no message', async () => {
    overlord.authorization = 'Bearer right';
    await expect(client({ SEGMILL_OVERLORD_TOKEN: 'wrong' }).running('events')).rejects.toHaveProperty(
      'message',
      `The Overlord at ${overlord.url} does not let us in (HTTP 401). ${HINT}`,
    );
  });

  test.each([
    [
      { SEGMILL_OVERLORD_TOKEN: 't', SEGMILL_OVERLORD_USER: 'u' },
      `There is a token and a user or password for the Overlord: only one way to log in can be used. ${HINT}`,
    ],
    [
      { SEGMILL_OVERLORD_USER: 'u' },
      `SEGMILL_OVERLORD_PASSWORD or SEGMILL_OVERLORD_PASSWORD_FILE is not set, but the other half of the Overlord's user and password is. ${HINT}`,
    ],
    [
      { SEGMILL_OVERLORD_PASSWORD: 'p' },
      `SEGMILL_OVERLORD_USER is not set, but the other half of the Overlord's user and password is. ${HINT}`,
    ],
    [
      { SEGMILL_OVERLORD_TOKEN: 't', SEGMILL_OVERLORD_TOKEN_FILE: 'f' },
      'SEGMILL_OVERLORD_TOKEN and SEGMILL_OVERLORD_TOKEN_FILE are both set; set one of them.',
    ],
  ])('%j', (env, message) => {
    expect(() => overlordCredentials(env)).toThrow(new Error(message));
  });

  test('a file that is not there', async () => {
    const path = join(folder, 'missing');
    await expect(client({ SEGMILL_OVERLORD_TOKEN_FILE: path }).running('events')).rejects.toHaveProperty(
      'message',
      `The file of SEGMILL_OVERLORD_TOKEN_FILE cannot be read: ENOENT: no such file or directory, open '${path}'.`,
    );
    expect(clock.waits).toEqual([]);
  });
});

describe('addresses', () => {
  test.each([
    ['druid:8081', `The Overlord's address "druid:8081" does not start with http:// or https://. ${ADDRESS_HINT}`],
    ['8081', `The Overlord's address "8081" is not an address. ${ADDRESS_HINT}`],
    ['http://druid/?a=b', `The Overlord's address "http://druid/?a=b" has something after its path. ${ADDRESS_HINT}`],
    [
      'http://ann:secret@druid:8081',
      `The Overlord's address holds a user or a password, which others would see. ${HINT}`,
    ],
  ])('%s', (address, message) => {
    expect(() => client({}, address)).toThrow(new Error(message));
  });

  test('a slash at the end does not matter', () => {
    expect(client({}, 'http://druid:8081/').url).toBe('http://druid:8081');
  });

  test('nobody there', async () => {
    const { url } = overlord;
    await overlord.stop();
    const port = url.slice(url.lastIndexOf(':') + 1);
    await expect(client({}, url).running('events')).rejects.toHaveProperty(
      'message',
      `The Overlord at ${url} does not answer: connect ECONNREFUSED 127.0.0.1:${port}. ${ADDRESS_HINT}`,
    );
    expect(clock.waits).toEqual([500, 1_000, 2_000, 4_000]);
    overlord = await new FakeOverlord().start();
  });
});

describe('a request that fetch never comes back from', () => {
  beforeEach(() => {
    vi.stubGlobal('fetch', () => new Promise(() => {}));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test('ends when it is given up', async () => {
    const controller = new AbortController();
    const running = client().running('events', controller.signal);
    const reason = new Error('interrupted');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  test('ends after a minute, and is tried again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = client().running('events');
    const outcome = expect(running).rejects.toHaveProperty(
      'message',
      `The Overlord at ${overlord.url} does not answer: no answer within 60 s. ${ADDRESS_HINT}`,
    );
    for (let tries = 0; tries < 5; tries++) await vi.advanceTimersByTimeAsync(60_000);
    await outcome;
    expect(clock.waits).toEqual([500, 1_000, 2_000, 4_000]);
  });
});

test('an Overlord that is not the leader sends us on, and the credentials come along', async () => {
  const leader = await new FakeOverlord().start();
  try {
    overlord.leader = leader.url;
    const made = client({ SEGMILL_OVERLORD_TOKEN: 't' });
    expect(await made.running('a b')).toEqual([]);
    await made.running('events');
    expect([...leader.authorizations]).toEqual(['Bearer t']);
    expect(leader.requests).toHaveLength(2);
    // It asks the leader at once from then on.
    expect(overlord.requests).toHaveLength(1);
  } finally {
    await leader.stop();
  }
});

test('a web site that sends us to its login page is no Overlord', async () => {
  overlord.leader = 'http://login.example/?to=';
  const location = 'http://login.example/?to=/druid/indexer/v1/tasks?state=running&datasource=events';
  await expect(client().running('events')).rejects.toHaveProperty(
    'message',
    `The address ${overlord.url} is not an Overlord's: it sends us to ${location}. ${ADDRESS_HINT}`,
  );
});
