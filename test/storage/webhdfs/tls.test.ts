import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WebHdfsStorage } from '../../../src/storage/webhdfs/WebHdfsStorage.ts';
import { clientOf, fakeHdfs, messageOf, patternBytes, readFile } from './clients.ts';

/** Self-signed, for 127.0.0.1, good for a hundred years; protects nothing. */
const TLS = join(import.meta.dirname, '../../fixtures/tls');
const tls = { key: readFileSync(join(TLS, 'key.pem'), 'utf8'), cert: readFileSync(join(TLS, 'cert.pem'), 'utf8') };

test('swebhdfs: with a certificate authority of our own', async () => {
  const fake = await fakeHdfs({ tls });
  const content = patternBytes(100_000);
  const client = clientOf({ 'segmill.hdfs.ca-file': join(TLS, 'cert.pem') });
  const storage = new WebHdfsStorage(`swebhdfs://${fake.nameNode()}/`, client);
  const stream = await storage.createWrite('/a');
  await new Promise<void>((resolve) => stream.end(content, resolve));
  expect((await readFile(storage, '/a')).equals(content)).toBe(true);
});

test('a certificate that nobody vouches for', async () => {
  const fake = await fakeHdfs({ tls });
  const storage = new WebHdfsStorage(`swebhdfs://${fake.nameNode()}/`, clientOf());
  expect(await messageOf(storage.status('/a'))).toBe(
    `Cannot look at swebhdfs://${fake.nameNode()}/a: the name node https://${fake.nameNode()} is not trusted (self-signed certificate). Name the PEM file of ` +
      'its certificate authority in the property segmill.hdfs.ca-file, or in NODE_EXTRA_CA_CERTS.',
  );
});

test('a file of certificates that is not there', () => {
  expect(() => new WebHdfsStorage('swebhdfs://h/', clientOf({ 'segmill.hdfs.ca-file': '/no/ca.pem' }))).toThrow(
    new Error('The certificates /no/ca.pem, named by segmill.hdfs.ca-file, cannot be read (ENOENT).'),
  );
});
