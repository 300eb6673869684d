#!/usr/bin/env node
// Runs the Wikipedia job and writes what it prints as docs/images/index.svg, the picture in README.md:
//
//     npm run build && node scripts/picture.mjs
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const SPEC = 'jobs/wikipedia/index_hadoop.json';
const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 19;
const MARGIN = 18;
const COLORS = { 2: 'dim', 33: 'yellow', 31: 'red', 32: 'green', 36: 'cyan' };

const run = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'index', SPEC], {
  cwd: ROOT,
  encoding: 'utf8',
  env: { ...process.env, FORCE_COLOR: '1', COLUMNS: '100' },
});
if (run.status !== 0) {
  process.stderr.write(run.stderr);
  process.exit(1);
}
const lines = [`$ npx segmill index ${SPEC}`, '', ...run.stdout.replaceAll(`${ROOT}/`, '').trimEnd().split('\n')];
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colors are made of
const ESCAPE = /\u001b\[([\d;]*)m/;
const escapeXml = (text) => text.replace(/[&<>]/g, (it) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[it]);

/** One line as tspans, a class for each run of equal style. */
function spans(line) {
  let style = new Set();
  return line
    .split(ESCAPE)
    .map((part, i) => {
      if (i % 2 === 0) {
        return part === '' ? '' : `<tspan class="${[...style].join(' ')}">${escapeXml(part)}</tspan>`;
      }
      for (const code of part.split(';').map(Number)) {
        if (code === 0 || code === 22 || code === 39) style = new Set();
        else style.add(code === 1 ? 'bold' : (COLORS[code] ?? ''));
      }
      return '';
    })
    .join('');
}

const plainLength = (line) =>
  line
    .split(ESCAPE)
    .filter((_, i) => i % 2 === 0)
    .join('').length;
const width = Math.ceil(Math.max(...lines.map(plainLength)) * CHARACTER_WIDTH + 2 * MARGIN);
const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
const body = lines
  .map(
    (line, i) => `<text x="${MARGIN}" y="${MARGIN + 14 + i * LINE_HEIGHT}" xml:space="preserve">${spans(line)}</text>`,
  )
  .join('\n');
writeFileSync(
  join(ROOT, 'docs/images/index.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>
text { font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e6edf3; }
.bold { font-weight: bold; } .dim { fill: #8b949e; } .yellow { fill: #d29922; } .red { fill: #f85149; }
.green { fill: #3fb950; } .cyan { fill: #39c5cf; }
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${body}
</svg>
`,
);
