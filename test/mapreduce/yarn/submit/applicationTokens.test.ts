import { expect, test } from 'vitest';
import { parseToken } from '../../../../src/hadoop/tokenFile.ts';
import { applicationTokens } from '../../../../src/mapreduce/yarn/submit/applicationTokens.ts';
import { clientOf, fakeHdfs } from '../../../storage/webhdfs/clients.ts';
import { json } from '../../../storage/webhdfs/fakeHdfs.ts';

/** As Hadoop 3.4.2 gave it: to alice, renewed by yarn, of 127.0.0.1:16000. */
const WEBHDFS =
  'HQAFYWxpY2UEeWFybgCKAaIkKEKaigGiSDTGmgECFBzDWEHOx6gViihPpF5JHReFeA4oEldFQkhERlMgZGVsZWdhdGlvbg8xMjcuMC4wLjE6MTYwMDA';

/** A name node that gives the token, and how it is asked. */
async function givingHdfs() {
  const fake = await fakeHdfs();
  const renewers: (string | null)[] = [];
  fake.nameNodeFault = ({ op, query }, response) => {
    if (op !== 'GETDELEGATIONTOKEN') return false;
    renewers.push(query.get('renewer'));
    json(response, { Token: { urlString: WEBHDFS } });
    return true;
  };
  const url = new URL(fake.uri('/').replace(/^\w+:/, 'http:'));
  const conf = {
    'fs.defaultFS': 'hdfs://nn:8020',
    'dfs.namenode.http-address': url.host,
    'dfs.nameservices': 'ha',
    'dfs.ha.namenodes.ha': 'one',
    'dfs.namenode.http-address.ha.one': url.host,
  };
  return { fake, renewers, conf };
}

/** The bytes of a token before its kind and service. */
function secretOf(text: string, kindAndService: string): string {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('hex', 0, bytes.length - kindAndService.length - 2);
}

test('one for each file system, made out as the HDFS client looks for it', async () => {
  const { renewers, conf } = await givingHdfs();
  const paths = ['hdfs://nn:8020/tmp/work', 'hdfs:///in/a', 'hdfs://ha/in/b', 'hdfs://ha/in/c'];
  const { tokens, cancelAtEnd } = await applicationTokens(paths, clientOf(conf), 'rm/host@REALM');
  expect(renewers).toEqual(['rm/host@REALM', 'rm/host@REALM']);
  expect(cancelAtEnd).toBe(true);
  expect(Object.keys(tokens)).toEqual(['127.0.0.1:16000', 'ha-hdfs:ha']);
  for (const [service, text] of Object.entries(tokens)) {
    expect(parseToken(text)).toEqual({ kind: 'HDFS_DELEGATION_TOKEN', service, text });
    expect(secretOf(text, `HDFS_DELEGATION_TOKEN${service}`)).toBe(
      secretOf(WEBHDFS, 'WEBHDFS delegation127.0.0.1:16000'),
    );
  }
});

test('those that we were given are passed on, and outlive the application', async () => {
  const { renewers, conf } = await givingHdfs();
  const { tokens, cancelAtEnd } = await applicationTokens(
    ['hdfs:///tmp'],
    clientOf(conf, { tokens: [parseToken(WEBHDFS)] }),
    'rm',
  );
  expect([Object.keys(tokens), cancelAtEnd, renewers]).toEqual([['127.0.0.1:16000'], false, []]);
});

test('a file system by its HTTP address is refused', async () => {
  await expect(applicationTokens(['webhdfs://nn:9870/tmp'], clientOf(), 'rm')).rejects.toThrow(
    'webhdfs://nn:9870/ names HDFS by its HTTP address: with --engine yarn and Kerberos the application master wants it as hdfs://. ' +
      'Write hdfs:///path for the file system of fs.defaultFS.',
  );
});
