import type { MergedColumn, SectionInput } from '../../../rollup/merge/mergeColumns.ts';
import type { MergedRows } from '../../../rollup/merge/mergeRows.ts';
import { isoText } from '../../../time/isoText.ts';
import type { MergedShard, RowWatcher } from '../writeSegment.ts';
import { CellTexts, type CellValue } from './cellTexts.ts';
import { largestOf } from './largest.ts';

/** Rows with equal values in some dimensions. */
export interface HotKey {
  /** Their time, where it is a part of the key; else null. */
  readonly time: string | null;
  readonly dimensions: readonly string[];
  /** In the order of the dimensions. */
  readonly values: readonly CellValue[];
  readonly rows: number;
}

/** What is counted. */
export type WatchedKeys =
  /** Values of the partition dimensions: all rows with the same ones go to one segment. */
  | { readonly type: 'tuples'; readonly dimensions: readonly string[] }
  /** Time and all dimensions: the same, where equal rows are not rolled up. */
  | { readonly type: 'rows' }
  /** Values of each dimension, which go to several segments. */
  | { readonly type: 'values' };

/** Tuples and rows told of: of each of a time chunk's segments as many as of the chunk. */
export const HOT_KEYS_SHOWN = 5;
/** Values told of by a segment. A value of a tenth of a chunk's rows is surely among them in every segment that matters. */
const VALUES_OF_SEGMENT = 20;

/** Counts the keys of a segment's rows while it is written. */
export class HotKeys implements RowWatcher {
  /** Distinct group keys. */
  keys = 0;
  hottest: readonly HotKey[] = [];
  readonly #watched: WatchedKeys;
  #names: readonly string[] = [];
  #columns: readonly MergedColumn[] = [];
  #sections: readonly SectionInput[] = [];
  #groups: TupleCounts[] = [];
  #lastTime = Number.NaN;
  #lastCells = new Int32Array(0);
  #runRows = 0;
  #longestRuns: RunOfRows[] = [];

  constructor(watched: WatchedKeys) {
    this.#watched = watched;
  }

  begin({ dimensions, columns, sections }: MergedShard): void {
    this.#names = dimensions;
    this.#columns = columns;
    this.#sections = sections;
    this.#lastCells = new Int32Array(columns.length);
    const places = this.#names.map((_, place) => place);
    const watched = this.#watched;
    if (watched.type === 'values') this.#groups = places.map((place) => new TupleCounts([place], columns));
    if (watched.type === 'tuples') {
      // A partition dimension that rows do not have is null in all of them.
      const known = watched.dimensions.map((name) => this.#names.indexOf(name)).filter((place) => place >= 0);
      this.#groups = [new TupleCounts(known, columns)];
    }
  }

  rows(merged: MergedRows): void {
    for (let row = 0; row < merged.rows; row++) this.#countRow(merged, row);
    for (const group of this.#groups) group.add(merged);
  }

  end(): void {
    this.#endRun();
    const texts = new CellTexts(this.#columns, this.#sections);
    const hottest =
      this.#watched.type === 'rows'
        ? this.#hotRows(texts)
        : this.#groups.flatMap((group) => this.#hotTuples(group, texts));
    this.hottest = hottest.sort((a, b) => b.rows - a.rows);
  }

  /** Rows come in order, so equal ones are neighbours. */
  #countRow({ times, cells }: MergedRows, row: number): void {
    const last = this.#lastCells;
    let isEqual = times[row] === this.#lastTime;
    for (let i = 0; isEqual && i < last.length; i++) isEqual = cells[i][row] === last[i];
    if (isEqual) {
      this.#runRows++;
      return;
    }
    this.#endRun();
    this.keys++;
    this.#runRows = 1;
    this.#lastTime = times[row];
    for (let i = 0; i < last.length; i++) last[i] = cells[i][row];
  }

  #endRun(): void {
    const longest = this.#longestRuns;
    const rows = this.#runRows;
    // A row alone is no news.
    if (this.#watched.type !== 'rows' || rows < 2) return;
    if (longest.length === HOT_KEYS_SHOWN && rows <= longest[longest.length - 1].rows) return;
    longest.push({ rows, time: this.#lastTime, cells: [...this.#lastCells] });
    longest.sort((a, b) => b.rows - a.rows);
    longest.length = Math.min(longest.length, HOT_KEYS_SHOWN);
  }

  #hotRows(texts: CellTexts): HotKey[] {
    return this.#longestRuns.map(({ rows, time, cells }) => ({
      time: isoText(time),
      dimensions: this.#names,
      values: cells.map((cell, place) => texts.of(place, cell)),
      rows,
    }));
  }

  #hotTuples(group: TupleCounts, texts: CellTexts): HotKey[] {
    const watched = this.#watched;
    const names = watched.type === 'tuples' ? watched.dimensions : group.places.map((place) => this.#names[place]);
    const shown = watched.type === 'tuples' ? HOT_KEYS_SHOWN : VALUES_OF_SEGMENT;
    return group.largest(shown).map(({ cells, rows }) => {
      const textsOf = (name: string) => {
        const at = group.places.indexOf(this.#names.indexOf(name));
        return at < 0 ? null : texts.of(group.places[at], cells[at]);
      };
      return { time: null, dimensions: names, values: names.map(textsOf), rows };
    });
  }
}

interface RunOfRows {
  readonly rows: number;
  readonly time: number;
  readonly cells: readonly number[];
}

/** Counts rows by their cells in some dimensions. */
class TupleCounts {
  /** The dimensions. */
  readonly places: readonly number[];
  readonly #widths: readonly number[];
  /** Per dimension but the first: the number of a tuple, from that of its front and its last cell. */
  readonly #ids: readonly Map<number, number>[];
  #counts: Int32Array;

  constructor(places: readonly number[], columns: readonly MergedColumn[]) {
    this.places = places;
    this.#widths = places.map((place) => columns[place].cellCount + 1);
    this.#ids = places.slice(1).map(() => new Map());
    this.#counts = new Int32Array(this.#widths[0] ?? 1);
  }

  add({ rows, cells }: MergedRows): void {
    const [first, ...more] = this.places;
    for (let row = 0; row < rows; row++) {
      let id = first === undefined ? 0 : cells[first][row];
      for (let i = 0; i < more.length; i++) {
        const ids = this.#ids[i];
        // Neither is more than the rows of a segment.
        const key = id * this.#widths[i + 1] + cells[more[i]][row];
        let next = ids.get(key);
        if (next === undefined) {
          next = ids.size;
          ids.set(key, next);
        }
        id = next;
      }
      if (id >= this.#counts.length) this.#grow();
      this.#counts[id]++;
    }
  }

  /** The tuples of most rows. */
  largest(most: number): { cells: number[]; rows: number }[] {
    const keys = this.#ids.map((ids) => [...ids.keys()]);
    return largestOf(this.#counts, most).map((found) => {
      let id = found;
      const cells: number[] = [];
      for (let i = keys.length - 1; i >= 0; i--) {
        const key = keys[i][id];
        cells.unshift(key % this.#widths[i + 1]);
        id = Math.floor(key / this.#widths[i + 1]);
      }
      return { cells: [id, ...cells], rows: this.#counts[found] };
    });
  }

  #grow(): void {
    const larger = new Int32Array(this.#counts.length * 2);
    larger.set(this.#counts);
    this.#counts = larger;
  }
}
