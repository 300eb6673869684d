/** The table "On a Hadoop cluster" of docs/performance.md, made of what yarn.mjs measured. */
import { writeBetween } from './druidTable.mjs';

const NAMES = { segmill: 'segmill', druid: "Druid's Hadoop indexer" };

/**
 * @param {{ rows: number, rounds: number, cpu: string, cores: number, node: string, medians: any, segmentsEqual: string }} document
 * @returns {string} Markdown
 */
export function yarnTable({ rows, rounds, cpu, cores, node, medians, segmentsEqual }) {
  const lines = [
    `${rows.toLocaleString('en-US')} rows; ${cpu}, ${cores} cores, Node ${node}. ${rounds === 1 ? 'One round' : `Medians of ${rounds} rounds`}; the factor is Druid's divided by ours. ` +
      `Segments equal, says Druid: ${segmentsEqual}.`,
    '',
    '| | wall s | factor | container s | factor | container GiB s | factor | shuffle MB | factor |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const [name, label] of Object.entries(NAMES)) {
    const cells = ['wallSeconds', 'containerSeconds', 'containerGiBSeconds', 'shuffleBytes'].flatMap((figure) => {
      const value = medians[name][figure] / (figure === 'shuffleBytes' ? 1e6 : 1);
      const factor = medians[name][figure] / medians.segmill[figure];
      return [value.toFixed(1), name === 'segmill' ? '' : `${factor.toFixed(1)}x`];
    });
    lines.push(`| ${[label, ...cells].join(' | ')} |`);
  }
  return lines.join('\n');
}

/**
 * Puts the table between its marks in docs/performance.md, where they are.
 * @param {Parameters<typeof yarnTable>[0]} document
 */
export function writeYarnTable(document) {
  writeBetween('<!-- bench yarn -->', '<!-- end of bench yarn -->', yarnTable(document));
}
