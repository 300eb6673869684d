import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import type { SegmentDescriptor } from './compare.ts';
import { parseJson } from './json.ts';

const ARCHIVE = join(import.meta.dirname, 'goldens.tar.br');
const WIKIPEDIA = resolve(import.meta.dirname, '../../jobs/wikipedia/wikiticker-2015-09-12-sampled.json.gz');
const TAR_BLOCK = 512;

/** One case that real Druid 33 was given, and what came of it. */
export interface GoldenCase {
  /** Full name, such as `h01-basic`. */
  readonly name: string;
  /** Folder of the case: spec.json, inputs, report.json, segments/. To be read only: tests of one file share it. */
  readonly dir: string;
  /** What Druid's Hadoop indexer reported, or null where Druid's merger made the segment directly (`v-default`). */
  readonly report: GoldenReport | null;
  /** What Druid made, by path. Empty where it failed. */
  readonly segments: readonly GoldenSegment[];
  /**
   * The spec, with paths that work here: inputs in {@link dir}, outputs in a folder of the caller's.
   * @param out stands for the folder in `segmentOutputPath` (`OUT/segments`) and `workingPath` (`OUT/work`)
   * @param file `spec2.json` for the second run of h54
   */
  specText(out: string, file?: string): string;
}

/** The part of Druid's report that tests look at. */
interface GoldenReport {
  readonly determinePartitions: GoldenPass;
  readonly indexGenerator?: GoldenPass;
  /** Class and message of the exception where the indexer threw. */
  readonly exception?: string;
}

/** One of Druid's Hadoop jobs. */
interface GoldenPass {
  readonly ok: boolean;
  readonly stats: Readonly<
    Record<'rowsProcessed' | 'rowsProcessedWithErrors' | 'rowsUnparseable' | 'rowsThrownAway', number>
  > | null;
  /** Epoch milliseconds of a time chunk's start to its planned shards. */
  readonly shardSpecs?: Readonly<Record<string, readonly { readonly actualSpec: Record<string, unknown> }[]>>;
}

/** One segment that Druid made. */
interface GoldenSegment {
  /** Path below the case's `segments/`, such as `golden/INTERVAL/VERSION/0`. */
  readonly path: string;
  /** The DataSegment that Druid would publish; its loadSpec names `${DIR}`. */
  readonly descriptor: SegmentDescriptor;
  /** The segment as Druid wrote it, or null where the archive has no room for it. */
  readonly indexZip: string | null;
  /** Lines of Druid's dump, for `readDump`, or null where the archive has no room for it. */
  readonly dumpLines: readonly string[] | null;
}

let archive: Map<string, Buffer> | null = null;
let scratch: string | null = null;
const unpacked = new Map<string, GoldenCase>();

/**
 * Unpacks a case of goldens.tar.br into a temporary folder, which is removed when the test file is through.
 * INDEX.md in the archive says what each case is for.
 * @param key full name of the case, or the part before the first dash where that is enough (`h07`)
 * @throws when there is no such case, or several
 */
export function goldenCase(key: string): GoldenCase {
  archive ??= readArchive();
  const names = goldenNames().filter((name) => name === key || name.startsWith(`${key}-`));
  if (names.length !== 1) throw new Error(`"${key}" stands for ${names.length} golden cases: ${names.join(', ')}`);
  const [name] = names;
  let found = unpacked.get(name);
  if (found === undefined) {
    scratch ??= mkdtempSync(join(tmpdir(), 'segmill-goldens-'));
    found = unpack(name, join(scratch, name), archive);
    unpacked.set(name, found);
  }
  return found;
}

/** Names of all cases in the archive, in order. */
export function goldenNames(): string[] {
  archive ??= readArchive();
  const folders = [...archive.keys()]
    .filter((path) => path.includes('/'))
    .map((path) => path.slice(0, path.indexOf('/')));
  return [...new Set(folders)];
}

afterAll(() => {
  if (scratch !== null) rmSync(scratch, { recursive: true, force: true });
  scratch = null;
  unpacked.clear();
});

function unpack(name: string, dir: string, files: ReadonlyMap<string, Buffer>): GoldenCase {
  const paths = [...files.keys()].filter((path) => path.startsWith(`${name}/`));
  for (const path of paths) {
    const target = join(dir, path.slice(name.length + 1));
    const bytes = files.get(path)!;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, path.endsWith('.gz') ? gzipSync(bytes, { level: 1 }) : bytes);
  }
  const text = (path: string) => files.get(path)?.toString('utf8') ?? null;
  const report = text(`${name}/report.json`);
  const segments = paths
    .filter((path) => path.endsWith('/descriptor.json'))
    .map((path): GoldenSegment => {
      const folder = dirname(path);
      return {
        path: folder.slice(`${name}/segments/`.length),
        descriptor: parseJson(text(path)!) as SegmentDescriptor,
        indexZip: files.has(`${folder}/index.zip`) ? join(dir, folder.slice(name.length + 1), 'index.zip') : null,
        dumpLines: text(`${folder}/dump.jsonl.gz`)?.trimEnd().split('\n') ?? null,
      };
    });
  const parsed = report === null ? null : JSON.parse(report);
  return {
    name,
    dir,
    report: parsed !== null && ('determinePartitions' in parsed || 'exception' in parsed) ? parsed : null,
    segments,
    specText: (out, file = 'spec.json') =>
      readFileSync(join(dir, file), 'utf8')
        .replace(/\$\{DIR\}\/(segments|work)/g, (_, folder) => join(out, folder))
        .replace(/\$\{DIR\}/g, () => dir)
        .replace('@WIKIPEDIA@', () => WIKIPEDIA),
  };
}

/** Reads the archive, made by scripts/packGoldens.mjs: ustar, packed with Brotli. */
function readArchive(): Map<string, Buffer> {
  const tar = brotliDecompressSync(readFileSync(ARCHIVE));
  const files = new Map<string, Buffer>();
  for (let at = 0; tar[at] !== 0; ) {
    const field = (offset: number, length: number) => {
      const bytes = tar.subarray(at + offset, at + offset + length);
      const end = bytes.indexOf(0);
      return bytes.toString('utf8', 0, end < 0 ? length : end);
    };
    const prefix = field(345, 155);
    const size = Number.parseInt(field(124, 12), 8);
    const start = at + TAR_BLOCK;
    files.set(prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`, tar.subarray(start, start + size));
    at = start + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  return files;
}
