/** The table "Against Druid" of docs/performance.md, made of what druid.mjs measured. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PAGE = resolve(import.meta.dirname, '../../docs/performance.md');
const NAMES = { segmill: 'segmill', hadoop: "Druid's Hadoop indexer", parallel: "Druid's index_parallel" };

/**
 * @param {{ machine: string, node: string, results: readonly any[] }} document
 * @returns {string} Markdown
 */
export function druidTable({ machine, node, results }) {
  const lines = [
    `${machine}, Node ${node}. Medians; the factor is theirs divided by ours.`,
    '',
    '| rows | | rounds | wall s | factor | CPU s | factor | rows per CPU second | segments equal |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const { rows, rounds, medians, segmentsEqual } of results) {
    const ours = medians.segmill;
    for (const [name, label] of Object.entries(NAMES)) {
      const { wallSeconds, cpuSeconds } = medians[name];
      const factor = (/** @type {number} */ theirs, /** @type {number} */ own) =>
        name === 'segmill' ? '' : `${(theirs / own).toFixed(1)}x`;
      const cells = [
        rows.toLocaleString('en-US'),
        label,
        rounds,
        wallSeconds.toFixed(1),
        factor(wallSeconds, ours.wallSeconds),
        cpuSeconds.toFixed(1),
        factor(cpuSeconds, ours.cpuSeconds),
        Math.round(rows / cpuSeconds).toLocaleString('en-US'),
        segmentsEqual[name] ?? '',
      ];
      lines.push(`| ${cells.join(' | ')} |`);
    }
  }
  return lines.join('\n');
}

/**
 * Puts the table between its marks in docs/performance.md, where they are.
 * @param {Parameters<typeof druidTable>[0]} document
 */
export function writeTable(document) {
  writeBetween('<!-- bench --peer druid -->', '<!-- end of bench --peer druid -->', druidTable(document));
}

/**
 * Replaces what stands between two marks in docs/performance.md, where they are.
 * @param {string} startMark
 * @param {string} endMark
 * @param {string} text
 */
export function writeBetween(startMark, endMark, text) {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
  const [start, end] = [page.indexOf(startMark), page.indexOf(endMark)];
  if (start < 0 || end < start) return;
  writeFileSync(PAGE, `${page.slice(0, start + startMark.length)}\n\n${text}\n\n${page.slice(end)}`);
}
