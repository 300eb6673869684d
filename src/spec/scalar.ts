import type { IntegerField } from './field.ts';
import type { SpecLog } from './problem.ts';
import { describeNode, type SpecNode, spotOf } from './specTree.ts';

/**
 * Scalars as loosely as Druid's Jackson takes them. Every function gives null for a JSON null and, after an error in the
 * log, for what cannot be read.
 */

const INT_MAX = 2 ** 31 - 1;

/** Text; of a number or boolean its text as written. */
export function readString(log: SpecLog, node: SpecNode): string | null {
  if (node.kind === 'object' || node.kind === 'array') {
    log.error(spotOf(node), `${describeNode(node)} stands where a text belongs`, 'a text in double quotes');
    return null;
  }
  return node.kind === 'null' ? null : node.text;
}

/** `true`, `"true"`, `1`; an empty text is null, as in Jackson. */
export function readBoolean(log: SpecLog, node: SpecNode): boolean | null {
  if (node.kind === 'boolean') return node.value === true;
  if (node.kind === 'null') return null;
  if (node.kind === 'number' && /^-?\d+$/.test(node.text)) return Number(node.text) !== 0;
  if (node.kind === 'string') {
    const text = node.text.trim().toLowerCase();
    if (text === 'true') return true;
    if (text === 'false') return false;
    if (text === '') return null;
  }
  log.error(spotOf(node), `${describeNode(node)} is neither true nor false`, 'true or false');
  return null;
}

/** A whole number, also as text. The fraction of `5.0` is dropped without a word, that of `5.7` with one. */
export function readInteger(log: SpecLog, node: SpecNode, field: IntegerField): number | null {
  if (node.kind === 'null') return null;
  const text = node.kind === 'string' ? node.text.trim() : node.kind === 'number' ? node.text : 'no number';
  if (node.kind === 'string' && text === '') return null;
  const written = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(written) || (node.kind === 'string' && !/^[+-]?\d+$/.test(text))) {
    log.error(spotOf(node), `${describeNode(node)} is not a whole number`, rangeOf(field));
    return null;
  }
  const value = Math.trunc(written);
  if (value === -1 && field.minusOneUnset) return null;
  if (value < (field.minimum ?? -(field.maximum ?? INT_MAX) - 1)) {
    log.error(spotOf(node), `${text} is too small`, rangeOf(field));
    return null;
  }
  if (value > (field.maximum ?? INT_MAX)) {
    log.error(spotOf(node), `${text} is too large`, rangeOf(field));
    return null;
  }
  if (value !== written) log.warn(spotOf(node), `${text} is taken as ${value}, as Druid drops the fraction`);
  return value;
}

function rangeOf(field: IntegerField): string {
  const unset = field.minusOneUnset ? ', or -1 for not set' : '';
  const most = field.maximum === undefined || field.maximum >= INT_MAX ? '' : ` and at most ${field.maximum}`;
  if (field.minimum === undefined) return `a whole number${unset}`;
  return `a whole number of at least ${field.minimum}${most}${unset}`;
}

/** A list of texts; a bare text is taken as a list of one. A null inside is an error. */
export function readStrings(log: SpecLog, node: SpecNode): readonly string[] | null {
  if (node.kind === 'null') return null;
  if (node.kind === 'object') {
    log.error(spotOf(node), 'an object stands where a list of texts belongs', 'a list such as ["a", "b"]');
    return null;
  }
  if (node.kind !== 'array') return [node.text];
  const texts: string[] = [];
  for (const item of node.items) {
    const text = readString(log, item);
    if (text !== null) texts.push(text);
    else if (item.kind === 'null') log.error(spotOf(item), 'null stands inside a list of texts', 'a text');
  }
  return texts;
}

/** True for text that a template engine or a person should have replaced: `%%NAME%%`, `{{ ds }}`, `${DIR}`, `%s`, `<path>`. */
export function isPlaceholder(text: string): boolean {
  return /%%[^%]+%%|\{\{.*\}\}|\$\{[^}]+\}|^%s$|^<[^<>]+>$/.test(text);
}

export const PLACEHOLDER_HINT = 'this looks like a template placeholder that was not filled in';
