import type { Kernel } from '../../kernel/kernel.ts';
import { KernelDictionary } from '../../rollup/dictionary/kernelDictionary.ts';
import { CellKind, FoundText, type RangeDimension } from './rangeDimension.ts';
import { type TupleForm, TupleWriter, VALUE } from './tuple.ts';

/** The tuples that keys have in a candidate, in the memory of a kernel, by addresses. */
export interface CandidateTexts {
  /** Int32 per key: the id of its tuple's text, 0 for one of no bytes, -1 for a key of several values in one dimension. */
  readonly ids: number;
  /** The texts, UTF-8. */
  readonly arena: number;
  /** Int32 offsets into the arena: text `id` is `[ends[id - 1], ends[id])`. */
  readonly ends: number;
  /** Ids, 0 included. */
  readonly count: number;
  /** What stands before each text of an id above 0 to make it a tuple text (see TupleWriter); null where they are such texts. */
  readonly prefix: number | null;
}

const SEVERAL = -1;

/**
 * Finds the texts of a candidate. The kernel's memory is taken for good: use it between `mark` and `release`.
 *
 * @param dimensions of the candidate
 * @param keys how many there are
 * @param selected numbers of the keys that matter
 */
export function candidateTexts(
  kernel: Kernel,
  dimensions: readonly RangeDimension[],
  form: TupleForm,
  keys: number,
  selected: Int32Array,
): CandidateTexts {
  const ids = kernel.allocate(keys * 4);
  const [{ cells, texts }] = dimensions;
  if (dimensions.length === 1 && !form.joined && texts !== undefined && texts.kernel === kernel) {
    kernel.ints.set(cells.subarray(0, keys), ids / 4);
    setListIds(kernel.ints, ids / 4, keys, texts.idOf);
    return { ids, arena: texts.arena, ends: texts.ends, count: texts.count, prefix: VALUE };
  }
  const found = new Int32Array(keys);
  const dictionary = internTuples(kernel, dimensions, form, selected, found);
  kernel.ints.set(found, ids / 4);
  return { ids, arena: dictionary.arena, ends: dictionary.ends, count: dictionary.count, prefix: null };
}

/** Replaces negative cells by ids. */
function setListIds(ints: Int32Array, from: number, count: number, idOf: (cell: number) => number): void {
  for (let i = from; i < from + count; i++) if (ints[i] < 0) ints[i] = idOf(ints[i]);
}

function internTuples(
  kernel: Kernel,
  dimensions: readonly RangeDimension[],
  form: TupleForm,
  selected: Int32Array,
  ids: Int32Array,
): KernelDictionary {
  const dictionary = new KernelDictionary(kernel);
  const tuples = new TupleWriter(form);
  const found = new FoundText();
  const idOf = (key: number): number => {
    tuples.clear();
    for (const { cells, find } of dimensions) {
      const kind = find(cells[key], found);
      if (kind === CellKind.several) return SEVERAL;
      if (kind === CellKind.null) tuples.addNull();
      else tuples.add(found.bytes, found.start, found.end);
    }
    return dictionary.intern(tuples.bytes, 0, tuples.length);
  };
  if (dimensions.length > 1) {
    for (const key of selected) ids[key] = idOf(key);
    return dictionary;
  }
  const [{ cells }] = dimensions;
  const { least, most } = boundsOf(cells, ids.length);
  /** Ids by cell, plus 2; 0: not known yet. */
  const known = new Int32Array(most - least + 1);
  for (const key of selected) {
    const cell = cells[key] - least;
    if (known[cell] === 0) known[cell] = idOf(key) + 2;
    ids[key] = known[cell] - 2;
  }
  return dictionary;
}

function boundsOf(cells: Int32Array, count: number): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (let i = 0; i < count; i++) {
    if (cells[i] < least) least = cells[i];
    if (cells[i] > most) most = cells[i];
  }
  return { least, most };
}
