import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHadoopConf } from '../../../src/hadoop/conf/readHadoopConf.ts';
import { HOST_MAP_PROPERTY, mapHost, parseHostMap } from '../../../src/storage/webhdfs/hostMap.ts';
import { nameNodesOf, parseHdfsUri } from '../../../src/storage/webhdfs/nameNodes.ts';

const HA = {
  'dfs.nameservices': 'ns, other',
  'dfs.ha.namenodes.ns': 'a, b',
  'dfs.namenode.http-address.ns.a': 'host-a:50070',
  'dfs.namenode.rpc-address.ns.b': 'host-b:8020',
};

describe('URIs', () => {
  test.each([
    ['hdfs://nn:8020/a/b', 'hdfs', 'nn:8020', '/a/b'],
    ['HDFS://nn', 'hdfs', 'nn', '/'],
    ['hdfs:///a', 'hdfs', '', '/a'],
    ['hdfs:/a', 'hdfs', '', '/a'],
    ['swebhdfs://h/x://y', 'swebhdfs', 'h', '/x://y'],
  ])('%s', (uri, scheme, authority, path) => {
    expect(parseHdfsUri(uri)).toEqual({ scheme, authority, path });
  });

  test('no relative paths', () => {
    expect(() => parseHdfsUri('hdfs:data')).toThrow(
      new Error('The path hdfs:data is not absolute. Write hdfs://host:port/path, or hdfs:///path for fs.defaultFS.'),
    );
  });
});

describe('addresses of name nodes', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['hdfs://nn:8020', {}, ['http://nn:9870']],
    ['hdfs://nn', { 'dfs.http.policy': 'HTTPS_ONLY' }, ['https://nn:9871']],
    ['hdfs://nn', { 'dfs.namenode.http-address': '0.0.0.0:50070' }, ['http://nn:50070']],
    ['hdfs://nn', { 'fs.defaultFS': 'hdfs://nn', 'dfs.namenode.http-address': 'web:80' }, ['http://web:80']],
    ['hdfs://far', { 'fs.defaultFS': 'hdfs://nn', 'dfs.namenode.http-address': 'web:80' }, ['http://far:9870']],
    ['hdfs:', { 'fs.defaultFS': 'hdfs://nn:1/', 'dfs.namenode.http-address': ':81' }, ['http://nn:81']],
    ['hdfs://ns', HA, ['http://host-a:50070', 'http://host-b:9870']],
    ['webhdfs://ns', HA, ['http://host-a:50070', 'http://host-b:9870']],
    ['hdfs:', { ...HA, 'fs.defaultFS': 'hdfs://ns' }, ['http://host-a:50070', 'http://host-b:9870']],
    [
      'hdfs://n1:8020',
      { 'dfs.nameservices': 'x', 'dfs.namenode.rpc-address.x': 'n1:8020', 'dfs.namenode.http-address.x': 'n1:7' },
      ['http://n1:7'],
    ],
    ['webhdfs://h:14000', {}, ['http://h:14000']],
    ['webhdfs://h', {}, ['http://h:9870']],
    ['swebhdfs://h', {}, ['https://h:9871']],
    ['hdfs://ns', { ...HA, 'segmill.hdfs.gateway': 'https://gate:14000/' }, ['https://gate:14000']],
  ])('%s with %j', (uri, conf, urls) => {
    expect(nameNodesOf(parseHdfsUri(uri), conf).urls).toEqual(urls);
  });

  test('the prefix of paths has the host of fs.defaultFS', () => {
    expect(nameNodesOf(parseHdfsUri('hdfs:///a'), { 'fs.defaultFS': ' hdfs://nn:9000 ' }).prefix).toBe(
      'hdfs://nn:9000',
    );
  });

  test('what conf/docker says to clients on the host', async () => {
    const directory = join(import.meta.dirname, '../../../conf/docker/hadoop');
    const conf = await readHadoopConf({ directory, env: {} });
    const { prefix, urls } = nameNodesOf(parseHdfsUri('hdfs:///a'), conf);
    expect([prefix, urls]).toEqual(['hdfs://namenode:9000', ['http://127.0.0.1:9870']]);
    const map = parseHostMap(conf[HOST_MAP_PROPERTY]);
    const mapped = ['http://datanode1:9864/', 'http://datanode2:9864/'].map((url) => mapHost(new URL(url), map).href);
    expect(mapped).toEqual(['http://127.0.0.1:9864/', 'http://127.0.0.1:9865/']);
  });

  test('no host anywhere', () => {
    expect(() => nameNodesOf(parseHdfsUri('hdfs:///a'), {})).toThrow(
      new Error(
        'hdfs: paths without a host need fs.defaultFS, which no Hadoop configuration gives. Write hdfs://host:port/path, or name the ' +
          'configuration by --hadoop-conf or HADOOP_CONF_DIR.',
      ),
    );
    expect(() => nameNodesOf(parseHdfsUri('hdfs:///a'), { 'fs.defaultFS': 'file:///' })).toThrow(
      new Error(
        'hdfs: paths without a host need fs.defaultFS, which is file:///. Write hdfs://host:port/path, or name the configuration by ' +
          '--hadoop-conf or HADOOP_CONF_DIR.',
      ),
    );
  });

  test('a name service without addresses', () => {
    expect(() => nameNodesOf(parseHdfsUri('hdfs://ns/'), { 'dfs.ha.namenodes.ns': 'a' })).toThrow(
      new Error(
        'The name service ns has a name node a, but hdfs-site.xml has no dfs.namenode.http-address.ns.a. Add it.',
      ),
    );
  });
});

describe('the host map', () => {
  test.each([
    ['http://dn1:9864/x?a=b', 'http://127.0.0.1:9864/x?a=b'],
    ['http://DN2:9864/', 'http://127.0.0.1:9865/'],
    ['http://dn2:1/', 'http://other:1/'],
    ['http://dn3:9864/', 'http://dn3:9864/'],
  ])('%s is %s', (url, expected) => {
    const map = parseHostMap('dn1=127.0.0.1, dn2:9864=127.0.0.1:9865,dn2=other,');
    expect(mapHost(new URL(url), map).href).toBe(expected);
  });

  test('a bad entry', () => {
    expect(() => parseHostMap('dn1')).toThrow(
      new Error(
        "segmill.hdfs.host-map has the entry 'dn1'. Write host=address or host:port=address:port, divided by commas.",
      ),
    );
  });
});
