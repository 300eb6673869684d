import type { MergedColumn, SectionInput } from '../../../rollup/merge/mergeColumns.ts';
import { mergeTexts } from '../../../rollup/merge/TextMerge.ts';
import { textDictionary } from '../../../rollup/merge/textDictionary.ts';
import { newNumber } from '../../../row/coerce.ts';
import { storedText } from '../../../row/numbers/storedText.ts';

/** A value of a dimension, or several. */
export type CellValue = string | null | readonly (string | null)[];

/** Values of few cells of a merge, found by walking over the dictionaries once more. */
export class CellTexts {
  readonly #columns: readonly MergedColumn[];
  readonly #sections: readonly SectionInput[];

  /** @param sections still open */
  constructor(columns: readonly MergedColumn[], sections: readonly SectionInput[]) {
    this.#columns = columns;
    this.#sections = sections;
  }

  /** @param cell of the merge: 0 is null */
  of(dimension: number, cell: number): CellValue {
    const { type, lists, numbers } = this.#columns[dimension];
    if (cell === 0) return null;
    if (type !== 'string' && numbers !== null) {
      return storedText(type, numbers[2 * cell], numbers[2 * cell + 1], newNumber());
    }
    if (lists === null) return this.#texts(dimension, [cell])[0];
    const values = this.#texts(dimension, [...lists.ids.subarray(lists.ends[cell - 1], lists.ends[cell])]);
    return values.length === 1 ? values[0] : values;
  }

  /** Texts of value ids, of which 0 is null. */
  #texts(dimension: number, ids: readonly number[]): (string | null)[] {
    const columns = this.#sections.map(({ header }) => header.columns[dimension]);
    const dictionaries = this.#sections.map(({ source }, i) => textDictionary(source, columns[i]));
    const wanted = new Set(ids);
    const found = new Map<number, string>();
    const remaps = columns.map((column) => new Int32Array(column.values + 1));
    let id = 0;
    mergeTexts(dictionaries, remaps, ({ bytes, ends }) => {
      for (let i = 0, end = 0; i < ends.length; i++) {
        // Behind the marker of its element.
        const start = end + 4;
        end = ends[i];
        if (wanted.has(++id)) found.set(id, Buffer.from(bytes.subarray(start, end)).toString('utf8'));
      }
    });
    return ids.map((wantedId) => found.get(wantedId) ?? null);
  }
}
