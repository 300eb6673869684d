import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeIndexZip } from '../../src/segment/indexZip.ts';
import type { SegmentFile } from '../../src/segment/writer/segmentFile.ts';

function file(name: string, bytes: Buffer): SegmentFile {
  return {
    name,
    size: bytes.length,
    // One buffer for all chunks, as scratch files have.
    *chunks() {
      const chunk = Buffer.alloc(1000);
      for (let at = 0; at < bytes.length; at += 1000) yield chunk.subarray(0, bytes.copy(chunk, 0, at, at + 1000));
    },
  };
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

async function zipOf(level?: number) {
  const sink = new Collector();
  const summary = await writeIndexZip(files, sink, level === undefined ? {} : { level });
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

  test('takes a level', async () => {
    const [stored, fast, small] = [await zipOf(0), await zipOf(1), await zipOf(9)];
    expect(unzip(stored.bytes)[3][1].equals(smoosh)).toBe(true);
    expect(stored.bytes.length).toBeGreaterThan(smoosh.length);
    expect(small.bytes.length).toBeLessThan(fast.bytes.length);
  });

  test('fails when a file cannot be read, is not as long as it says, or the sink breaks', async () => {
    const broken: SegmentFile = {
      name: 'a',
      size: 1,
      chunks: () => {
        throw new Error('disk gone');
      },
    };
    await expect(writeIndexZip([broken], new Collector())).rejects.toThrow(new Error('disk gone'));
    const short = { ...file('a', Buffer.of(1)), size: 2 };
    await expect(writeIndexZip([short], new Collector())).rejects.toThrow(
      new Error('file data stream has unexpected number of bytes'),
    );
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left')) });
    await expect(writeIndexZip(files, sink)).rejects.toThrow(new Error('no space left'));
  });
});
