// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Druid's configuration
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Installation, readInstallation } from '../../src/conf/installation.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmill-installation-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const ENV = { HOST: 'db', STORE: '/deep', DB_PASSWORD: 'geheim' };

async function druid(): Promise<Installation> {
  return (await readInstallation(folder, folder, ENV)) as Installation;
}

async function yaml(): Promise<Installation> {
  return (await readInstallation(null, folder, ENV)) as Installation;
}

describe("Druid's configuration", () => {
  test('storage and metadata', async () => {
    write(
      '_common/common.runtime.properties',
      [
        'druid.storage.type=local',
        'druid.storage.storageDirectory=${env:STORE}/segments',
        'druid.metadata.storage.type=mysql',
        'druid.metadata.storage.connector.connectURI=jdbc:mysql://${env:HOST}:3306/druid',
        'druid.metadata.storage.connector.user=druid',
        'druid.metadata.storage.connector.password={"type":"environment","variable":"DB_PASSWORD"}',
        'druid.processing.tmpDir=${env:NOBODY_SETS_THIS}',
      ].join('\n'),
    );
    const read = await druid();
    expect(read.deepStorage()).toBe('/deep/segments');
    expect(read.metadata()).toEqual({
      type: 'mysql',
      connectURI: 'jdbc:mysql://db:3306/druid',
      user: 'druid',
      password: 'geheim',
      segmentTable: 'druid_segments',
    });
    expect(read.overlord()).toBeNull();
  });

  test('the defaults are those of Druid', async () => {
    write('common.runtime.properties', '');
    const read = await druid();
    expect(read.deepStorage()).toBe('/tmp/druid/localStorage');
    expect(read.metadata()).toBeNull();
  });

  test.each([
    ['druid.metadata.storage.tables.base=d7', 'd7_segments'],
    ['druid.metadata.storage.tables.base=d7\ndruid.metadata.storage.tables.segments=s', 's'],
  ])('the table of segments: %j', async (lines, table) => {
    write('common.runtime.properties', `druid.metadata.storage.connector.connectURI=jdbc:x\n${lines}`);
    expect((await druid()).metadata()?.segmentTable).toBe(table);
  });

  test.each(['secret', '{"type":"default","password":"secret"}'])('the password %s', async (password) => {
    write(
      'common.runtime.properties',
      `druid.metadata.storage.connector.connectURI=jdbc:x\ndruid.metadata.storage.connector.password=${password}`,
    );
    expect((await druid()).metadata()?.password).toBe('secret');
  });

  test.each([
    ['overlord', 'druid.host=o\ndruid.plaintextPort=8090', 'http://o:8090'],
    ['coordinator-overlord', 'druid.plaintextPort=8081', 'http://common:8081'],
    ['master/coordinator-overlord', 'druid.enablePlaintextPort=false\ndruid.tlsPort=8281', 'https://common:8281'],
    ['broker', 'druid.plaintextPort=8082', null],
  ])('the address of the Overlord from %s', async (service, properties, address) => {
    write('_common/common.runtime.properties', 'druid.host=common');
    write(`${service}/runtime.properties`, properties);
    expect((await druid()).overlord()).toBe(address);
  });

  test.each([
    ['/druid/segments', 'hdfs:///druid/segments'],
    ['hdfs://nn:8020/druid', 'hdfs://nn:8020/druid'],
  ])('deep storage in HDFS, %s', async (directory, base) => {
    write('common.runtime.properties', `druid.storage.type=hdfs\ndruid.storage.storageDirectory=${directory}`);
    expect((await druid()).deepStorage()).toBe(base);
  });

  test.each([
    ['s3', 'S3'],
    ['google', 'Google Cloud Storage'],
    ['azure', 'Azure'],
  ])('deep storage on %s is refused by name', async (type, name) => {
    const file = write('common.runtime.properties', `druid.storage.type=${type}`);
    const read = await druid();
    expect(() => read.deepStorage()).toThrow(
      new Error(
        `Deep storage on ${name} (druid.storage.type "${type}" in ${file}) is not built yet. Give a directory in ` +
          'ioConfig.segmentOutputPath of the spec, and move the segments from there.',
      ),
    );
  });

  test('what is wrong is told with its file', async () => {
    await expect(druid()).rejects.toThrow(
      new Error(
        `There is no common.runtime.properties in ${folder} or in its _common. --druid-conf wants the folder of Druid's configuration, ` +
          'such as conf/druid/cluster.',
      ),
    );
    const file = write(
      'common.runtime.properties',
      'druid.storage.storageDirectory=${env:NONE}\ndruid.metadata.storage.type=mysql',
    );
    const read = await druid();
    expect(() => read.deepStorage()).toThrow(
      new Error(`druid.storage.storageDirectory in ${file}: the environment variable NONE is not set.`),
    );
    expect(() => read.metadata()).toThrow(
      new Error(`${file} has druid.metadata.storage.type, but no druid.metadata.storage.connector.connectURI.`),
    );
    write('common.runtime.properties', 'druid.storage.type=hdfs');
    expect((await druid()).deepStorage).toThrow(
      new Error(`${file} has druid.storage.type "hdfs", but no druid.storage.storageDirectory.`),
    );
    write('common.runtime.properties', 'druid.storage.type=cassandra');
    expect((await druid()).deepStorage).toThrow(
      new Error(
        `druid.storage.type in ${file} is "cassandra", which is not known here. There are "local" and "hdfs"; ` +
          'ioConfig.segmentOutputPath in the spec says where to instead.',
      ),
    );
    write('common.runtime.properties', 'a=\\uxyz');
    await expect(druid()).rejects.toThrow(
      new Error(String.raw`${file} is no file of properties: "\\u" is not followed by four hexadecimal digits.`),
    );
  });
});

describe('conf/segmill.yaml', () => {
  test('there need not be one', async () => {
    expect(await readInstallation(null, folder, ENV)).toBeNull();
  });

  test('properties, nested and with dots', async () => {
    write(
      'conf/segmill.yaml',
      `
overlord: http://overlord:8090
druid:
  storage:
    type: local
    storageDirectory: \${env:STORE}
  metadata.storage:
    type: postgresql
    connector:
      connectURI: jdbc:postgresql://db/druid
      user: druid
`,
    );
    const read = await yaml();
    expect(read.deepStorage()).toBe('/deep');
    expect(read.overlord()).toBe('http://overlord:8090');
    expect(read.metadata()).toMatchObject({
      type: 'postgresql',
      connectURI: 'jdbc:postgresql://db/druid',
      user: 'druid',
      password: null,
    });
  });

  test('an empty one', async () => {
    write('conf/segmill.yaml', '# nothing yet\n');
    expect((await yaml()).overlord()).toBeNull();
  });

  test.each([
    ['overlor: x', 'has "overlor", which is not known; did you mean overlord?'],
    ['zebra.stripes: 2', 'has "zebra", which is not known; there are druid and overlord'],
    ['- a', 'holds no names with values; write, for example, overlord: http://druid:8081'],
    [
      'a: [',
      'is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5:',
    ],
  ])('%s is refused', async (text, problem) => {
    const file = write('conf/segmill.yaml', text);
    await expect(yaml()).rejects.toThrow(new Error(`${file} ${problem}`));
  });
});
