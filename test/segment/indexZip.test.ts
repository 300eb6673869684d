import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { smallIndexZip, writeIndexZip } from '../../src/segment/indexZip.ts';
import { readSegmentZip } from '../../src/segment/reader/segmentZip.ts';
import { type ByteSource, packedSource } from '../../src/segment/writer/byteSource.ts';
import { type SegmentFile, segmentFile } from '../../src/segment/writer/segmentFile.ts';

function source(bytes: Buffer): ByteSource {
  return {
    length: bytes.length,
    // One buffer for all chunks, as scratch files have.
    *chunks() {
      const chunk = Buffer.alloc(1000);
      for (let at = 0; at < bytes.length; at += 1000) yield chunk.subarray(0, bytes.copy(chunk, 0, at, at + 1000));
    },
  };
}

function file(name: string, bytes: Buffer): SegmentFile {
  return segmentFile(name, [source(bytes)]);
}

const smoosh = Buffer.from(Array.from({ length: 300_000 }, (_, i) => `${(i * 7919) % 1009},`).join(''));
const files = [
  file('version.bin', Buffer.of(0, 0, 0, 9)),
  file('factory.json', Buffer.from('{"type":"mMapSegmentFactory"}')),
  file('meta.smoosh', Buffer.from('v1,2147483647,1\n')),
  file('00000.smoosh', smoosh),
];

class Collector extends Writable {
  readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    // Slow enough to make the streams before it wait.
    setImmediate(done);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

async function zipOf(contents: readonly SegmentFile[] = files) {
  const sink = new Collector();
  const summary = await writeIndexZip(contents, sink);
  return { summary, bytes: sink.bytes };
}

/** Name and content by the central directory. */
function unzip(zip: Buffer): [string, Buffer][] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries: [string, Buffer][] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const name = zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    entries.push([name, zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(data) : data]);
    at += 46 + name.length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

describe('index.zip', () => {
  test('holds the files in their order', async () => {
    const { bytes } = await zipOf();
    const entries = unzip(bytes);
    expect(entries.map(([name]) => name)).toEqual(['version.bin', 'factory.json', 'meta.smoosh', '00000.smoosh']);
    expect(entries[3][1].equals(smoosh)).toBe(true);
    expect(entries[0][1].toString('hex')).toBe('00000009');
  });

  test('comes with its length and checksum', async () => {
    const { bytes, summary } = await zipOf();
    expect(summary).toEqual({ zipBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  });

  test('has the same bytes each time', async () => {
    const [first, second] = [await zipOf(), await zipOf()];
    expect(second.bytes.equals(first.bytes)).toBe(true);
    // DOS date of 1 January 1980, time 0, and no extra field with another time.
    expect(first.bytes.toString('hex', 10, 14)).toBe('00002100');
    expect(first.bytes.readUInt16LE(28)).toBe(0);
  });

  test('deflates packed parts by Huffman codes alone', async () => {
    const parts = [smoosh, smoosh.subarray(0, 700), smoosh.subarray(0, 20_000), Buffer.alloc(0)].map(source);
    const packed = segmentFile('00000.smoosh', parts.map(packedSource));
    const mixed = segmentFile('00000.smoosh', [parts[0], packedSource(parts[1]), packedSource(parts[2]), parts[3]]);
    const lengths: number[] = [];
    for (const one of [segmentFile('00000.smoosh', parts), mixed, packed]) {
      const { bytes } = await zipOf([one]);
      expect(unzip(bytes)[0][1].equals(Buffer.concat(Array.from(one.chunks(), (chunk) => Buffer.from(chunk))))).toBe(
        true,
      );
      lengths.push(bytes.length);
    }
    expect(lengths[1]).toBeGreaterThan(lengths[0] + 5000);
    expect(lengths[2]).toBeGreaterThan(lengths[1] + 50_000);
  });

  test('takes files longer than what is deflated at a time, and empty ones', async () => {
    const random = Buffer.from(Uint32Array.from({ length: 400_000 }, (_, i) => Math.imul(i, 0x9e3779b1)).buffer);
    const contents = [file('a', random), file('b', Buffer.alloc(0)), file('c', Buffer.alloc(1 << 19, 'c'))];
    const entries = unzip((await zipOf(contents)).bytes);
    expect(entries.map(([name, bytes]) => [name, bytes.length])).toEqual([
      ['a', 1_600_000],
      ['b', 0],
      ['c', 1 << 19],
    ]);
    expect(entries[0][1].equals(random)).toBe(true);
    expect(entries[2][1].equals(Buffer.alloc(1 << 19, 'c'))).toBe(true);
  });

  test('is the same at once, where files are short enough', async () => {
    const short = [file('a', randomBytes(20_000)), file('b', Buffer.alloc(1000, 'b')), file('c', Buffer.alloc(0))];
    const longer = [...short, file('d', randomBytes(300_000)), file('e', randomBytes(200_000))];
    // The second one is longer than what is there for the first.
    for (const some of [short, longer, short]) {
      const { summary, bytes } = await zipOf(some);
      expect(smallIndexZip(some)).toEqual({ ...summary, bytes: new Uint8Array(bytes) });
    }
    expect(smallIndexZip([...short, file('long', Buffer.alloc((1 << 19) + 1))])).toBeNull();
  });

  test('is read by a zip reader', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segmill-zip-'));
    try {
      const path = join(folder, 'index.zip');
      await writeIndexZip(files, createWriteStream(path));
      const read = await readSegmentZip(path, 10_000_000);
      expect([...read.keys()]).toEqual(files.map(({ name }) => name));
      expect(Buffer.from(read.get('00000.smoosh')!).equals(smoosh)).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('refuses what would need zip64', async () => {
    const message = (bytes: number) =>
      `the index.zip of this segment would hold more than ${bytes} bytes, the most that a zip can hold without zip64: ` +
      'make smaller segments (lower tuningConfig.partitionsSpec.targetRowsPerSegment, or a finer segmentGranularity)';
    const { bytes } = await zipOf();
    await expect(writeIndexZip(files, new Collector(), smoosh.length - 1)).rejects.toThrow(message(smoosh.length - 1));
    const random = file('a', randomBytes(10_000));
    await expect(writeIndexZip([random], new Collector(), 10_050)).rejects.toThrow(message(10_050));
    expect(bytes.length).toBeLessThan(smoosh.length);
    await writeIndexZip(files, new Collector(), smoosh.length);
  });

  test('fails when a file cannot be read, is not as long as it says, or the sink breaks', async () => {
    const broken = segmentFile('a', [
      {
        length: 1,
        chunks: () => {
          throw new Error('disk gone');
        },
      },
    ]);
    await expect(writeIndexZip([broken], new Collector())).rejects.toThrow(new Error('disk gone'));
    const late = segmentFile('a', [
      source(smoosh),
      {
        length: 1,
        chunks: () => {
          throw new Error('disk gone later');
        },
      },
    ]);
    await expect(writeIndexZip([late], new Collector())).rejects.toThrow(new Error('disk gone later'));
    const short = { ...file('a', Buffer.of(1)), size: 2 };
    await expect(writeIndexZip([short], new Collector())).rejects.toThrow(
      new Error('a of the segment should have 2 bytes, but 1 were read'),
    );
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left')) });
    await expect(writeIndexZip(files, sink)).rejects.toThrow(new Error('no space left'));
  });
});
