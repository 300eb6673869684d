/**
 * Seeded generator of rows that look like Wikipedia edits: JSON lines, 24 fields, about 484 bytes a row, in time order
 * over one day, value frequencies roughly Zipf's. The same arguments give the same bytes on every machine: no clock,
 * no Math.random.
 *
 *     node scripts/bench/generate.mjs [rows] [parts] [seed]
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of everything the benchmarks write; ignored by git. */
export const CACHE = resolve(import.meta.dirname, '../../.cache/bench');

/** Changes with the bytes that the generator makes, so that a stale cache is not taken for the new data. */
const VERSION = 1;
const START = Date.parse('2015-09-12T00:00:00.000Z');
const DAY_MS = 24 * 3600 * 1000;
const FLUSH_CHARS = 1 << 20;

const LANGUAGES = (
  'en vi ru fr it ja zh de es pt ar uk pl ko fa nl hu he ca id tr sv cs fi no ro sr el hi sh da th et bg ' +
  'ms simple gl sk sl hr lt kk eo uz hy eu la be nn ce tt ur'
)
  .split(' ')
  .map((code) => `#${code}.wikipedia`);
const NAMESPACES =
  'Main,User talk,Wikipedia,User,Talk,Category,Wikipedia talk,Template,File,Шаблон,Обсуждение,Wikipédia,利用者‐会話,Kategori,Portal,Module,Help,Diskussion,Usuario,Draft,Book,MediaWiki,Proyecto,Anexo'.split(
    ',',
  );
const COUNTRIES = Array.from({ length: 160 }, (_, i) => [
  String.fromCharCode(65 + (i % 26)) + String.fromCharCode(65 + ((i * 7 + 3) % 26)),
  `Country ${padded(i, 3)}`,
]);
const SYLLABLES =
  'ka mi to ré sun ber lin gor да но вич ton stad ville 山 川 mar qui ost end ia os um ley ham wick bo ra ni zu'.split(
    ' ',
  );
const WORDS = (
  'added removed link fixed typo revert vandalism category references template update infobox image ' +
  'moved page section talk clean up stub copyedit spelling grammar source dead archive bot interwiki merged'
).split(' ');

/** @param {number} value @param {number} width @returns {string} the number in decimal, padded with zeros */
function padded(value, width) {
  return String(value).padStart(width, '0');
}

/**
 * A word built from an integer: the same rank is always the same string.
 * @param {number} rank @returns {string}
 */
function word(rank) {
  let letters = '';
  for (let rest = rank + 7; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    letters += SYLLABLES[rest % SYLLABLES.length];
  }
  return letters[0].toUpperCase() + letters.slice(1);
}

/**
 * Makes an endless supply of rows.
 * @param {number} rows how many rows the day is spread over, which also sets how many pages and users there are
 * @param {number} seed 32-bit seed
 * @returns {(index: number) => object} the row at `index`; to be called for 0, 1, 2, ... in order
 */
function rowMaker(rows, seed) {
  // mulberry32 (Tommy Ettinger): 32 bits of state, uniform in [0, 1)
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  // log-uniform ranks: close to Zipf's law with exponent 1
  const zipf = (ranks) => Math.min(ranks - 1, Math.floor(Math.exp(random() * Math.log(ranks + 1))) - 1);
  const comment = () => {
    const kind = random();
    if (kind < 0.08) return '';
    if (kind < 0.35) return `/* ${word(zipf(4000))} */`;
    const words = 3 + Math.floor(random() * 9);
    let text = `[[${word(zipf(300000))} ${word(zipf(5000))}]]`;
    for (let i = 0; i < words; i++) text += ` ${WORDS[zipf(WORDS.length)]}`;
    return text;
  };
  const pages = Math.max(1000, Math.floor(rows * 0.6));
  const users = Math.max(500, Math.floor(rows * 0.08));

  // The order of the draws below is part of the data: moving one changes every later row.
  return (index) => {
    const time = new Date(START + Math.floor(((index + random()) / rows) * DAY_MS)).toISOString();
    const anonymous = random() < 0.1;
    const country = anonymous ? COUNTRIES[zipf(COUNTRIES.length)] : null;
    const hasRegion = anonymous && random() < 0.75;
    const region = hasRegion ? zipf(400) : 0;
    const added = random() < 0.55 ? zipf(20000) : 0;
    const deleted = random() < 0.3 ? zipf(8000) : 0;
    const robot = random() < 0.4;
    const minor = random() < 0.25;
    const isNew = random() < 0.07;
    const text = comment();
    return {
      time,
      channel: LANGUAGES[zipf(LANGUAGES.length)],
      cityName: anonymous && random() < 0.8 ? word(100000 + zipf(3500)) : null,
      comment: text,
      countryIsoCode: country ? country[0] : null,
      countryName: country ? country[1] : null,
      isAnonymous: anonymous,
      isMinor: minor,
      isNew,
      isRobot: robot,
      isUnpatrolled: random() < 0.05,
      metroCode: hasRegion && random() < 0.3 ? 500 + zipf(200) : null,
      namespace: NAMESPACES[zipf(NAMESPACES.length)],
      page: `${word(zipf(pages))} ${word(zipf(60))}`,
      regionIsoCode: hasRegion ? `R${region}` : null,
      regionName: hasRegion ? `Region ${word(region)}` : null,
      user: anonymous
        ? `${1 + zipf(223)}.${zipf(255)}.${Math.floor(random() * 255)}.${Math.floor(random() * 255)}`
        : `${word(zipf(users))}${robot ? 'Bot' : ''}`,
      flags: [robot ? 'B' : '', minor ? 'M' : '', isNew ? 'N' : ''].filter((flag) => flag !== ''),
      commentLength: text.length,
      deltaBucket: Math.floor((added - deleted) / 100) * 100,
      delta: added - deleted,
      added,
      deleted,
      cost: Math.round(random() * random() * 100000) / 1000,
    };
  };
}

/**
 * Writes the data set, or finds it in the cache.
 * @param {{ rows: number, parts: number, seed: number }} options rows are split evenly over `parts` files
 * @returns {string[]} absolute paths of the parts, in order
 */
export function generate({ rows, parts, seed }) {
  const folder = join(CACHE, `data-v${VERSION}-${rows}-rows-${parts}-parts-seed-${seed}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    const rowAt = rowMaker(rows, seed);
    let row = 0;
    for (let part = 0; part < parts; part++) {
      const file = openSync(join(unfinished, `part-${padded(part, 5)}.json`), 'w');
      const end = Math.floor((rows * (part + 1)) / parts);
      let text = '';
      for (; row < end; row++) {
        text += `${JSON.stringify(rowAt(row))}\n`;
        if (text.length > FLUSH_CHARS) {
          writeSync(file, text);
          text = '';
        }
      }
      writeSync(file, text);
      closeSync(file);
    }
    renameSync(unfinished, folder);
  }
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rows = 1_000_000, parts = 4, seed = 42] = process.argv.slice(2).map(Number);
  console.log(generate({ rows, parts, seed }).join('\n'));
}
