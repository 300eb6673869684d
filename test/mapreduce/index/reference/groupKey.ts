import { javaDoubleText, javaFloatText } from '../../../../src/row/numbers/javaText.ts';
import type { DimensionSpec } from '../../../../src/spec/jobSpec.ts';
import { plainHashes } from '../../../kernel/plainGroupKeys.ts';
import { type Cell, compareTexts } from './values.ts';

/**
 * The hashes of a row: over the JSON of its group key, with canonical texts of stored numbers.
 *
 * @param time the row's time floored by the query granularity
 * @param partitionDimensions none stands for all dimensions
 */
export function hashesOfRow(
  time: number,
  dimensions: readonly DimensionSpec[],
  cells: readonly Cell[],
  partitionDimensions: readonly string[],
): { hash32: number; hash128: string } {
  const texts = (name: string) => {
    const place = dimensions.findIndex((dimension) => dimension.name === name);
    return place < 0 ? [] : textsOf(cells[place], dimensions[place].type === 'float');
  };
  const key =
    partitionDimensions.length > 0
      ? `[${partitionDimensions.map((name) => jsonList(texts(name)))}]`
      : `[${BigInt(time)},{${dimensions
          .map(({ name }) => name)
          .sort(compareTexts)
          .filter((name) => texts(name).length > 0)
          .map((name) => `${jsonText(name)}:${jsonList([...new Set(texts(name))].sort(compareTexts))}`)}}]`;
  return plainHashes(key);
}

function textsOf(cell: Cell, isFloat: boolean): readonly (string | null)[] {
  if (cell === null) return [];
  if (typeof cell === 'number') return [isFloat ? javaFloatText(cell) : javaDoubleText(cell)];
  return typeof cell === 'object' ? cell : [String(cell)];
}

function jsonList(texts: readonly (string | null)[]): string {
  return `[${texts.map((text) => (text === null ? 'null' : jsonText(text)))}]`;
}

/** As Jackson writes it to bytes: other than JavaScript it escapes supplementary characters, with capital digits. */
function jsonText(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  return JSON.stringify(text)
    .replace(/\\u[0-9a-f]{4}/g, (lower) => `\\u${lower.slice(2).toUpperCase()}`)
    .replace(/[\ud800-\udfff]/g, escaped);
}
