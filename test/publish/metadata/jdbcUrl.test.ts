import { describe, expect, test } from 'vitest';
import { parseJdbcUrl } from '../../../src/publish/metadata/jdbcUrl.ts';
import { MetadataStoreError } from '../../../src/publish/metadata/MetadataStore.ts';
import { tlsOf } from '../../../src/publish/metadata/tls.ts';

describe('addresses', () => {
  test.each([
    ['jdbc:postgresql://db/druid', 'postgresql', [['db', 5432]], 'druid'],
    ['jdbc:postgresql://db:6000/my%20db', 'postgresql', [['db', 6000]], 'my db'],
    ['jdbc:postgresql://a:1,b,[::1]:3/d?ssl=true', 'postgresql', [['a', 1], ['b', 5432], ['::1', 3]], 'd'], // biome-ignore format: a table
    ['jdbc:postgresql:druid', 'postgresql', [['localhost', 5432]], 'druid'],
    ['jdbc:mysql://localhost:3307/druid?useSSL=false&characterEncoding=utf8', 'mysql', [['localhost', 3307]], 'druid'],
    ['jdbc:mariadb:///druid', 'mariadb', [['localhost', 3306]], 'druid'],
  ])('%s', (text, kind, hosts, database) => {
    expect(parseJdbcUrl(text)).toMatchObject({
      kind,
      database,
      hosts: hosts.map(([host, port]) => ({ host, port })),
    });
  });

  test('parameters, names in lower case', () => {
    const url = parseJdbcUrl('jdbc:postgresql://h/d?user=me&password=a%26b&sslMode=require&loggerLevel');
    expect(url).toHaveProperty('parameters', new Map([['user', 'me'], ['password', 'a&b'], ['sslmode', 'require'], ['loggerlevel', '']])); // biome-ignore format: a table
  });

  test('a file', () => {
    expect(parseJdbcUrl('jdbc:sqlite:/a/b.sqlite')).toEqual({ kind: 'sqlite', path: '/a/b.sqlite' });
  });

  test.each([
    [
      'postgresql://h/d',
      'The address of the metadata store is no JDBC address; expected jdbc:postgresql://host:5432/druid or jdbc:mysql://host:3306/druid.',
    ],
    [
      'jdbc:derby://localhost:1527/druid;create=true',
      "The metadata store is Derby, which only Java can speak to. Move Druid's metadata to PostgreSQL or MySQL, as Druid advises for more " +
        'than one machine, or leave metadataUpdateSpec out and publish by the Overlord.',
    ],
    [
      'jdbc:oracle:thin:@h:1521:x',
      'The metadata store jdbc:oracle: is none that Druid has; expected jdbc:postgresql://host:5432/druid or jdbc:mysql://host:3306/druid.',
    ],
    [
      'jdbc:mysql:loadbalance://a,b/druid',
      'The address of the metadata store names no host and database that can be read; expected jdbc:postgresql://host:5432/druid or ' +
        "jdbc:mysql://host:3306/druid. Forms of the driver's own, such as jdbc:mysql:loadbalance:, are not taken.",
    ],
    [
      'jdbc:mysql://user:geheim@h/druid',
      'The address of the metadata store has a host that is none; expected host:port. User and password go into fields of their own.',
    ],
  ])('%s is refused', (text, message) => {
    expect(() => parseJdbcUrl(text)).toThrow(new MetadataStoreError(message));
  });
});

describe('TLS', () => {
  const of = (query: string) => {
    const { parameters } = parseJdbcUrl(`jdbc:mysql://h/d?${query}`) as { parameters: ReadonlyMap<string, string> };
    const { use, options } = tlsOf(parameters);
    return [use, options.rejectUnauthorized, options.checkServerIdentity === undefined];
  };

  test.each([
    ['', 'prefer', false, true],
    ['sslmode=disable', 'never', false, true],
    ['sslmode=require', 'always', false, true],
    ['sslmode=verify-ca', 'always', true, false],
    ['sslmode=verify-full', 'always', true, true],
    ['ssl=true', 'always', true, true],
    ['ssl=false', 'never', false, true],
    ['sslMode=VERIFY_IDENTITY', 'always', true, true],
    ['sslMode=VERIFY_CA', 'always', true, false],
    ['useSSL=false', 'never', false, true],
    ['useSSL=true', 'always', false, true],
    ['useSSL=true&verifyServerCertificate=true', 'always', true, false],
  ])('%s', (query, use, verified, checksHost) => {
    expect(of(query)).toEqual([use, verified, checksHost]);
  });

  test('a mode that is none, a file that is none', () => {
    expect(() => of('sslmode=maybe')).toThrow(
      'The address of the metadata store has sslmode=maybe; expected one of disable, allow, prefer, require, verify-ca, verify-full,',
    );
    expect(() => of('sslmode=verify-ca&sslrootcert=/none.pem')).toThrow(
      "The file /none.pem of the parameter sslrootcert in the metadata store's address can't be read: ENOENT",
    );
  });
});
