import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import type { HadoopClient } from '../../../src/hadoop/hadoopClient.ts';
import { WebHdfsStorage } from '../../../src/storage/webhdfs/WebHdfsStorage.ts';
import { clientOf, fakeHdfs, messageOf, patternBytes, readFile, storageOf } from './clients.ts';
import { type FakeHdfs, remote, transferAddress } from './fakeHdfs.ts';

const content = patternBytes(400_000);

async function withFile(options: Parameters<typeof fakeHdfs>[0] = {}): Promise<FakeHdfs> {
  const fake = await fakeHdfs(options);
  fake.files.set('/a', content);
  return fake;
}

/** A client of a name service of two name nodes. */
function highlyAvailable(fake: FakeHdfs): HadoopClient {
  return clientOf({
    'dfs.nameservices': 'ns',
    'dfs.ha.namenodes.ns': 'nn1,nn2',
    'dfs.namenode.http-address.ns.nn1': fake.nameNode(0),
    'dfs.namenode.http-address.ns.nn2': fake.nameNode(1),
  });
}

function standby(response: ServerResponse): true {
  remote(response, 403, 'StandbyException', 'Operation category READ is not supported in state standby.');
  return true;
}

async function write(storage: WebHdfsStorage, path: string, bytes: Buffer = content): Promise<void> {
  const stream = await storage.createWrite(path);
  stream.end(bytes);
  await finished(stream);
}

describe('name nodes', () => {
  test('a standby sends us to the other one, and we stay there', async () => {
    const fake = await withFile({ nameNodes: 2 });
    fake.nameNodeFault = ({ server }, response) => server === 0 && standby(response);
    const storage = new WebHdfsStorage('hdfs://ns/', highlyAvailable(fake));
    expect((await storage.status('/a'))?.path).toBe('hdfs://ns/a');
    expect((await readFile(storage, '/a', { end: 9 })).equals(content.subarray(0, 9))).toBe(true);
    expect(fake.log).toEqual([
      'nn0 GETFILESTATUS /a',
      'nn1 GETFILESTATUS /a',
      'nn1 OPEN /a offset=0 length=9',
      'dn0 OPEN /a offset=0 length=9',
    ]);
  });

  test('roles that change while we ask', async () => {
    const fake = await withFile({ nameNodes: 2 });
    let asked = 0;
    fake.nameNodeFault = (_, response) => asked++ < 3 && standby(response);
    expect((await new WebHdfsStorage('hdfs://ns/', highlyAvailable(fake)).status('/a'))?.length).toBe(400_000);
    expect(fake.log).toEqual(['nn0', 'nn1', 'nn0', 'nn1'].map((server) => `${server} GETFILESTATUS /a`));
  });

  test('nobody is active', async () => {
    const fake = await withFile({ nameNodes: 2 });
    fake.nameNodeFault = (_, response) => standby(response);
    expect(await messageOf(new WebHdfsStorage('hdfs://ns/', highlyAvailable(fake)).status('/a'))).toBe(
      `Cannot look at hdfs://ns/a: none of the name nodes http://${fake.nameNode(0)}, http://${fake.nameNode(1)} is active ` +
        '(StandbyException: Operation category READ is not supported in state standby.). Wait for the failover, or look at ' +
        '"hdfs haadmin -getAllServiceState".',
    );
    // dfs.client.failover.max.attempts rounds
    expect(fake.log).toHaveLength(6);
  });

  test('the only one we know is a standby', async () => {
    const fake = await withFile();
    fake.nameNodeFault = (_, response) => standby(response);
    expect(await messageOf(storageOf(fake).status('/a'))).toBe(
      `Cannot look at ${fake.uri('/a')}: the name node http://${fake.nameNode()} is not the active one (StandbyException: Operation ` +
        'category READ is not supported in state standby.). Name the others too: dfs.ha.namenodes and their ' +
        'dfs.namenode.http-address in hdfs-site.xml.',
    );
  });

  test('one is down: the other one is asked', async () => {
    const fake = await withFile({ nameNodes: 2 });
    fake.nameNodeFault = ({ server, request }) => {
      if (server === 0) request.socket.destroy();
      return server === 0;
    };
    expect((await new WebHdfsStorage('hdfs://ns/', highlyAvailable(fake)).list('/')).length).toBe(1);
  });

  test('nobody listens', async () => {
    const storage = new WebHdfsStorage('webhdfs://127.0.0.1:1/', clientOf());
    expect(await messageOf(storage.status('/a'))).toBe(
      'Cannot look at webhdfs://127.0.0.1:1/a: the name node http://127.0.0.1:1 refuses connections. Is it running, and is that its ' +
        'HTTP address? It is looked up in dfs.namenode.http-address of hdfs-site.xml.',
    );
  });

  test('a host that does not exist is not asked again', async () => {
    const storage = new WebHdfsStorage(
      'webhdfs://no-such-host.invalid/',
      clientOf({ 'dfs.client.failover.sleep.base.millis': '99999' }),
    );
    expect(await messageOf(storage.status('/a'))).toMatch(
      /^Cannot look at webhdfs:\/\/no-such-host\.invalid\/a: the name node http:\/\/no-such-host\.invalid:9870 has a host name that (nobody knows|cannot be looked up now)\. /,
    );
  });

  test('somebody else listens', async () => {
    const fake = await withFile();
    fake.nameNodeFault = (_, response) => {
      response.writeHead(404).end('<html>');
      return true;
    };
    expect(await messageOf(storageOf(fake).status('/a'))).toBe(
      `Cannot look at ${fake.uri('/a')}: the answer is none of WebHDFS (HTTP status 404: Not Found). Is the address that of the name ` +
        "node's HTTP server (dfs.namenode.http-address, by default port 9870), or of HttpFS?",
    );
    fake.nameNodeFault = (_, response) => {
      response.end('<html>');
      return true;
    };
    expect(await messageOf(storageOf(fake).list('/a'))).toBe(
      `Cannot list the directory ${fake.uri('/a')}: the answer is none of WebHDFS (it is no JSON). Is the address that of the name ` +
        "node's HTTP server (dfs.namenode.http-address, by default port 9870), or of HttpFS?",
    );
  });
});

describe('DataNodes', () => {
  test('a dead one is excluded by its transfer address', async () => {
    const fake = await withFile();
    const dead = fake.dataNode(0);
    await fake.stopDataNode(0);
    fake.dataNode = (index) => (index === 0 ? dead : Object.getPrototypeOf(fake).dataNode.call(fake, index));
    expect((await readFile(storageOf(fake), '/a', { end: 400_000 })).equals(content)).toBe(true);
    expect(fake.log).toEqual([
      'nn0 OPEN /a offset=0 length=400000',
      'nn0 GET_BLOCK_LOCATIONS /a',
      `nn0 OPEN /a offset=0 length=400000 excludedatanodes=${transferAddress(0)}`,
      'dn1 OPEN /a offset=0 length=400000',
    ]);
  });

  test('one that dies in the middle: the rest comes from another one', async () => {
    const fake = await withFile();
    fake.dataNodeFault = ({ server }, response) => {
      if (server !== 0) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 150_000), () => response.destroy());
      return true;
    };
    expect((await readFile(storageOf(fake), '/a')).equals(content)).toBe(true);
    const [resumed] = fake.log.filter((line) => line.startsWith('dn1'));
    expect(Number(/offset=(\d+)/.exec(resumed)?.[1])).toBeGreaterThan(0);
  });

  test('an answer that ends too early without a word, as of a gateway', async () => {
    const fake = await withFile();
    fake.dataNodeFault = ({ server }, response) => {
      if (server === 0) response.end(content.subarray(0, 1000));
      return server === 0;
    };
    expect((await readFile(storageOf(fake), '/a')).equals(content)).toBe(true);
  });

  test('all fail', async () => {
    const fake = await withFile();
    fake.dataNodeFault = ({ request }) => {
      request.socket.destroy();
      return true;
    };
    expect(await messageOf(storageOf(fake).openRead('/a'))).toMatch(
      new RegExp(
        `^Cannot read ${fake.uri('/a')}: the DataNode http://127\\.0\\.0\\.1:\\d+ broke the connection off\\. The name node sent us there: ` +
          'it must be reachable from here, or be mapped by the property segmill\\.hdfs\\.host-map\\.$',
      ),
    );
  });

  test('a host that only the cluster knows', async () => {
    const fake = await withFile({ dataNodes: 1 });
    fake.nameNodeFault = ({ op }, response) => {
      if (op !== 'OPEN') return false;
      response.writeHead(307, { location: 'http://f3b1c2.invalid:9864/webhdfs/v1/a?op=OPEN&delegation=SECRET' }).end();
      return true;
    };
    expect(await messageOf(storageOf(fake).openRead('/a'))).toMatch(
      /^Cannot read webhdfs:\S+\/a: the DataNode http:\/\/f3b1c2\.invalid:9864 has a host name that (nobody knows|cannot be looked up now)\. The name node sent us there: make the name known here, or map it by the property segmill\.hdfs\.host-map, as for containers\.$/,
    );
  });

  test('a dead one while we write: another one takes it', async () => {
    const fake = await fakeHdfs();
    const dead = fake.dataNode(0);
    await fake.stopDataNode(0);
    fake.dataNode = (index) => (index === 0 ? dead : Object.getPrototypeOf(fake).dataNode.call(fake, index));
    await write(storageOf(fake), '/a');
    expect(fake.files.get('/a')?.equals(content)).toBe(true);
    expect(fake.log).toEqual([
      'nn0 CREATE /a',
      'nn0 /jmx /jmx',
      `nn0 CREATE /a excludedatanodes=${transferAddress(0)}`,
      'dn1 CREATE /a',
    ]);
  });

  test('one that dies while it is written to', async () => {
    const fake = await fakeHdfs();
    fake.dataNodeFault = ({ request }, response) => {
      response.writeContinue();
      request.once('data', () => request.socket.destroy());
      return true;
    };
    expect(await messageOf(write(storageOf(fake), '/a'))).toBe(
      `Cannot write ${fake.uri('/a')}: the DataNode http://${fake.dataNode(0)} broke the connection off. The name node sent us there: ` +
        'it must be reachable from here, or be mapped by the property segmill.hdfs.host-map.',
    );
  });

  test('a refusal when all has been sent', async () => {
    const fake = await fakeHdfs();
    fake.dataNodeFault = ({ request }, response) => {
      response.writeContinue();
      request.resume().on('end', () => remote(response, 403, 'IOException', FULL));
      return true;
    };
    expect(await messageOf(write(storageOf(fake), '/a'))).toBe(
      `Cannot write ${fake.uri('/a')}: no DataNode took the block: all are full, down or not reachable from the name node. ${FULL}`,
    );
  });
});

const FULL =
  'File /a could only be written to 0 of the 1 minReplication nodes. There are 2 datanode(s) running and 0 node(s) are excluded in this operation.';

describe('refusals, one sentence each', () => {
  test.each([
    [
      403,
      'AccessControlException',
      'Permission denied: user=alice, access=WRITE, inode="/":hdfs:supergroup:drwxr-xr-x\n\tat org.apache.hadoop',
      'Permission denied: user=alice, access=WRITE, inode="/":hdfs:supergroup:drwxr-xr-x. We act as the user alice: ask for the ' +
        'permission, or set HADOOP_USER_NAME to a user who has it.',
    ],
    [
      403,
      'SafeModeException',
      'Cannot create directory /new. Name node is in safe mode.\nThe reported blocks 0 needs additional 9 blocks',
      'the name node is in safe mode, in which nothing can be changed. Run the job again when it has left it; "hdfs dfsadmin ' +
        '-safemode get" tells, "-safemode leave" ends it.',
    ],
    [
      403,
      'InvalidToken',
      'token (WEBHDFS delegation token 1 for alice) is expired, current time: 2026-01-02',
      'the delegation token is no longer taken: token (WEBHDFS delegation token 1 for alice) is expired, current time: 2026-01-02. ' +
        'Fetch a new one by "hdfs fetchdt FILE" and name the file in HADOOP_TOKEN_FILE_LOCATION.',
    ],
    [
      403,
      'SecurityException',
      "Failed to obtain user group information: org.apache.hadoop.security.token.SecretManager$InvalidToken: token can't be found in cache",
      'the delegation token is no longer taken: Failed to obtain user group information: ' +
        "org.apache.hadoop.security.token.SecretManager$InvalidToken: token can't be found in cache. Fetch a new one by " +
        '"hdfs fetchdt FILE" and name the file in HADOOP_TOKEN_FILE_LOCATION.',
    ],
    [
      403,
      'SecurityException',
      'Failed to obtain user group information: org.apache.hadoop.security.authorize.AuthorizationException: User: alice is not allowed to impersonate bob',
      'Failed to obtain user group information: org.apache.hadoop.security.authorize.AuthorizationException: User: alice is not ' +
        'allowed to impersonate bob. HADOOP_PROXY_USER asks to act for another user: unset it, or let the ' +
        "cluster's administrator allow it by hadoop.proxyuser.<user>.hosts and .groups in core-site.xml.",
    ],
    [
      403,
      'NSQuotaExceededException',
      'The NameSpace quota (directories and files) of directory /q is exceeded: quota=1 file count=2',
      'the quota of files and directories is used up. The NameSpace quota (directories and files) of directory /q is exceeded: ' +
        'quota=1 file count=2.',
    ],
    [
      403,
      'DSQuotaExceededException',
      'The DiskSpace quota of /q is exceeded',
      'the space quota is used up. The DiskSpace quota of /q is exceeded.',
    ],
    [
      403,
      '',
      'GSSException: Failure unspecified at GSS-API level (Mechanism level: Clock skew too great (37))',
      'the clocks of this machine and of the cluster differ too much for Kerberos. Set them by NTP. GSSException: Failure ' +
        'unspecified at GSS-API level (Mechanism level: Clock skew too great (37)).',
    ],
    [
      403,
      'IOException',
      'Failed to find datanode, suggest to check cluster health. excludeDatanodes=null',
      'the name node finds no DataNode for it: all are full, down or left out after they failed. Failed to find datanode, suggest to ' +
        'check cluster health. excludeDatanodes=null.',
    ],
    [403, 'IOException', 'Something else', 'IOException: Something else.'],
  ])('%i %s', async (status, exception, message, reason) => {
    const fake = await fakeHdfs();
    fake.nameNodeFault = (_, response) => {
      remote(response, status, exception, message);
      return true;
    };
    expect(await messageOf(storageOf(fake).mkdirs('/new'))).toBe(
      `Cannot make the directory ${fake.uri('/new')}: ${reason}`,
    );
  });

  test('Kerberos without a ticket', async () => {
    const fake = await fakeHdfs();
    fake.nameNodeFault = (_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end();
      return true;
    };
    expect(await messageOf(storageOf(fake).mkdirs('/new'))).toBe(
      `Cannot make the directory ${fake.uri('/new')}: the cluster asks for Kerberos, and there is neither a ticket nor a token. Run ` +
        'kinit and install the package "kerberos" (npm install kerberos), or fetch a delegation token by "hdfs fetchdt FILE" and name ' +
        'the file in HADOOP_TOKEN_FILE_LOCATION.',
    );
  });

  test('by a DataNode that wants the bytes first: whoever writes on, or ends, is told', async () => {
    const fake = await fakeHdfs();
    let asked: ServerResponse | undefined;
    fake.dataNodeFault = (_, response) => {
      response.writeContinue();
      asked = response;
      return true;
    };
    const stream = await storageOf(fake).createWrite('/a');
    const answer = asked as ServerResponse;
    const refused = new Promise((resolve) => answer.on('close', resolve));
    remote(answer, 403, 'AccessControlException', 'Permission denied: user=alice\n\tat java');
    // Nobody listens to the stream yet: that must not end the process.
    await refused;
    stream.end(content);
    expect(await messageOf(finished(stream))).toBe(
      `Cannot write ${fake.uri('/a')}: Permission denied: user=alice. We act as the user alice: ask for the permission, or set ` +
        'HADOOP_USER_NAME to a user who has it.',
    );
    expect(fake.log).toEqual(['nn0 CREATE /a', 'dn0 CREATE /a']);
  });

  test('by a server that refuses outright', async () => {
    const fake = await fakeHdfs();
    fake.dataNodeFault = (_, response) => {
      remote(response, 403, 'AccessControlException', 'Permission denied: user=alice\n\tat java');
      return true;
    };
    // Not from the stream: createWrite itself fails, and no other DataNode is tried.
    expect(await messageOf(storageOf(fake).createWrite('/a'))).toBe(
      `Cannot write ${fake.uri('/a')}: Permission denied: user=alice. We act as the user alice: ask for the permission, or set ` +
        'HADOOP_USER_NAME to a user who has it.',
    );
    expect(fake.log).toEqual(['nn0 CREATE /a', 'dn0 CREATE /a']);
  });
});

describe('who we are', () => {
  test('a user, perhaps for another one', async () => {
    const fake = await withFile();
    let query = '';
    fake.nameNodeFault = (asked) => {
      query = asked.query.toString();
      return false;
    };
    await storageOf(fake).status('/a');
    expect(query).toBe('op=GETFILESTATUS&user.name=alice');
    await storageOf(fake, clientOf({}, { proxyUser: 'bob' })).status('/a');
    expect(query).toBe('op=GETFILESTATUS&user.name=alice&doas=bob');
  });

  test('a token of this cluster, and none in the error', async () => {
    const fake = await withFile();
    const token = (service: string, text: string) => ({ kind: 'WEBHDFS delegation', service, text });
    const tokens = [token('127.0.0.1:1', 'OTHER'), token(fake.nameNode(), 'SECRET')];
    let query = '';
    fake.nameNodeFault = (asked, response) => {
      query = asked.query.toString();
      remote(response, 403, 'IOException', 'no');
      return true;
    };
    expect(await messageOf(storageOf(fake, clientOf({}, { tokens })).status('/a'))).toBe(
      `Cannot look at ${fake.uri('/a')}: IOException: no.`,
    );
    expect(query).toBe('op=GETFILESTATUS&delegation=SECRET');
  });
});
