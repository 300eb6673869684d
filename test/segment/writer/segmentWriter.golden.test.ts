import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plainLz4Encoder } from '../../../src/kernel/lz4.ts';
import type { IndexSpec } from '../../../src/spec/jobSpec.ts';
import { ReplayEncoder, readColumn, readZip, smooshEntries } from './goldenSegment.ts';
import { rewriteSegment } from './rewriteSegment.ts';

const fixtures = new URL('../../fixtures/segment/', import.meta.url);
const vectors = JSON.parse(readFileSync(new URL('vectors.json', fixtures), 'utf8'));

interface VectorColumn {
  readonly descriptor: string;
  readonly body: string;
}

function vectorEntries(files: Record<string, string | VectorColumn>): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  for (const [name, file] of Object.entries(files)) {
    if (name === 'metadata.drd') entries.set(name, Buffer.from(file as string));
    else if (typeof file === 'string') entries.set(name, Buffer.from(file, 'hex'));
    else {
      const length = Buffer.alloc(4);
      length.writeInt32BE(file.descriptor.length);
      entries.set(name, Buffer.concat([length, Buffer.from(file.descriptor), Buffer.from(file.body, 'hex')]));
    }
  }
  return entries;
}

describe('segments of Druid classes, byte for byte', () => {
  for (const [name, vector] of Object.entries<Record<string, never>>(vectors.segments)) {
    test(name, () => {
      const golden = vectorEntries(vector.files);
      const { dimensionCompression, metricCompression } = vector.indexSpec as IndexSpec;
      const files = rewriteSegment(golden, { dimensionCompression, metricCompression });
      const entries = smooshEntries(files);
      expect([...entries.keys()].sort()).toEqual([...golden.keys()].sort());
      for (const [entry, bytes] of golden)
        expect(entries.get(entry)!.toString('hex'), entry).toBe(bytes.toString('hex'));
      expect(files.get('meta.smoosh')!.toString()).toBe(vector['meta.smoosh']);
    });
  }
});

describe('segments of index_hadoop, byte for byte', () => {
  const cases: [name: string, indexSpec: Partial<IndexSpec>][] = [
    ['v-none', { dimensionCompression: 'uncompressed', metricCompression: 'none' }],
    ['v-uncompressed', { dimensionCompression: 'uncompressed', metricCompression: 'uncompressed' }],
    ['h02-rollup-day', {}],
    ['h15-schemaless', {}],
    ['m05-sketches-merger', {}],
  ];
  for (const [name, indexSpec] of cases) {
    test(name, () => {
      const golden = readZip(new URL(`${name}.index.zip`, fixtures).pathname);
      const files = rewriteSegment(smooshEntries(golden), indexSpec);
      expect([...files.keys()]).toEqual(['version.bin', 'factory.json', 'meta.smoosh', '00000.smoosh']);
      expect(files.get('meta.smoosh')!.toString()).toBe(golden.get('meta.smoosh')!.toString());
      for (const [file, bytes] of golden) expect(files.get(file)!.equals(bytes), file).toBe(true);
    });
  }
});

test('with our own LZ4 blocks the content is the same', () => {
  const golden = smooshEntries(readZip(new URL('h02-rollup-day.index.zip', fixtures).pathname));
  const ours = smooshEntries(rewriteSegment(golden, {}, plainLz4Encoder()));
  expect([...ours.keys()]).toEqual([...golden.keys()]);
  for (const [name, entry] of golden) {
    const column = (bytes: Buffer) => (name.endsWith('.drd') ? bytes : readColumn(bytes, new ReplayEncoder()));
    expect(column(ours.get(name)!), name).toEqual(column(entry));
  }
});
