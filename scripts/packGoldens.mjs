/**
 * Packs golden segments, made by real Druid, into test/golden/goldens.tar.br.
 *
 *     node scripts/packGoldens.mjs FOLDER
 *
 * FOLDER has a folder for each case, with spec.json, the inputs it names, report.json (what Druid's Hadoop indexer said)
 * and segments/**: index.zip, descriptor.json and dump.jsonl.gz (see `dump` in test/e2e/druid/oracle.ts). The archive
 * depends on the files alone: names in order, no dates. Gzipped files are packed as they were before, under their name
 * with .gz, so that Brotli, which looks back over the whole archive, finds what they have in common; whoever unpacks
 * gzips them again. Takes a minute.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';

const OUTPUT = resolve(import.meta.dirname, '../test/golden/goldens.tar.br');
const TAR_BLOCK = 512;

/** Cases by the part of their name before the first dash. INDEX.md, packed too, says what each is for. */
const CASES =
  'h01 h02 h03 h05 h06 h07 h08 h09 h10 h11 h12 h13 h14 h15 h16 h17 h18 h19 h20 h21 h22 h23 h24 h25 h26 h27 h28 h29 h30 h31 h32 h33 h34 h35 h36 h40 h41 h42 h42b h43 h44 h45 h47 h47b h47c h48 h48b h48c h48d h49 h50 h51 h51b h52 h52b h53 h53b h54 h55 v b01 w01 w02'.split(
    ' ',
  );
/** Of the variants of the index spec only the default. */
const ONLY = { v: 'v-default' };
/**
 * What the size of the archive (4 MB) has no room for. The Wikipedia cases' input is in jobs/wikipedia, and the
 * end-to-end tests have Druid make their segments anew.
 */
const LEFT_OUT = {
  b01: /dump\.jsonl\.gz$/,
  h43: /index\.zip$|dump\.jsonl\.gz$/,
  w01: /index\.zip$|dump\.jsonl\.gz$/,
  w02: /index\.zip$|dump\.json$/,
};
const WIKIPEDIA_INPUT = /\$\{DIR\}\/[./a-z]*\/wikiticker-2015-09-12-sampled\.json\.gz/;

const folder = process.argv[2];
if (folder === undefined || !existsSync(join(folder, 'INDEX.md'))) {
  console.error('usage: node scripts/packGoldens.mjs FOLDER, where FOLDER holds INDEX.md and a folder for each case');
  process.exit(2);
}

const tar = [tarFile('INDEX.md', readFileSync(join(folder, 'INDEX.md')))];
for (const name of readdirSync(folder).sort()) {
  const key = name.split('-')[0];
  if (!CASES.includes(key) || (ONLY[key] ?? name) !== name) continue;
  const files = readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of files) {
    const inCase = path.slice(join(folder, name).length + 1);
    if (LEFT_OUT[key]?.test(inCase)) continue;
    let bytes = readFileSync(path);
    if (inCase.endsWith('.gz')) bytes = gunzipSync(bytes);
    if (/^spec\d?\.json$/.test(inCase))
      bytes = Buffer.from(bytes.toString('utf8').replace(WIKIPEDIA_INPUT, '@WIKIPEDIA@'));
    tar.push(tarFile(`${name}/${inCase}`, bytes));
  }
}
tar.push(Buffer.alloc(2 * TAR_BLOCK));
const unpacked = Buffer.concat(tar);
const packed = brotliCompressSync(unpacked, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
writeFileSync(OUTPUT, packed);
console.log(`${OUTPUT}: ${packed.length} bytes of ${unpacked.length}`);

/**
 * @param {string} path @param {Buffer} bytes
 * @returns {Buffer} the file as POSIX.1-1988 tar (ustar) has it: header and contents, each padded to whole blocks
 */
function tarFile(path, bytes) {
  // A path of more than 100 bytes is split at a slash into a prefix and a name.
  const split = path.length <= 100 ? -1 : path.indexOf('/', path.length - 101);
  const header = Buffer.alloc(TAR_BLOCK);
  header.write(path.slice(split + 1), 0, 100);
  header.write(`0000644\0${'0000000\0'.repeat(2)}`, 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')} ${'0'.repeat(11)} `, 124);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(path.slice(0, Math.max(split, 0)), 345, 155);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((TAR_BLOCK - (bytes.length % TAR_BLOCK)) % TAR_BLOCK)]);
}
