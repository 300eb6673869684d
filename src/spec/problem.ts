import type { Spot } from './specTree.ts';

/** Something wrong, or worth knowing, about a spec. Errors mean that there is no job. */
export interface SpecProblem {
  /** A note is for those who check a spec; a run says nothing of it. */
  readonly severity: 'error' | 'warning' | 'note';
  /** `spec.tuningConfig.partitionsSpec.numShards`; '' for the document as a whole. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** UTF-16 units the problem covers, at least 1. */
  readonly length: number;
  /** What is wrong: a sentence in lower case with no full stop. */
  readonly message: string;
  /** What should stand there, where that can be said in a few words. */
  readonly expected: string | null;
  /** What to do about it. */
  readonly hint: string | null;
}

/** What became of one field of the spec. */
export interface FieldUse {
  readonly path: string;
  /**
   * `used` as given; `defaulted`: not given; `ignored`: given, but without effect here; `dangerous`: taken as given, though
   * its author probably meant something else.
   */
  readonly use: 'used' | 'defaulted' | 'ignored' | 'dangerous';
  /** The value that counts, as JSON. Secrets are `***`. */
  readonly value: unknown;
  /** One line. */
  readonly why: string;
}

/** A spec with more problems than this has one cause that explains them all. */
const PROBLEMS_MAX = 200;

/** Collects problems and field uses while a spec is read. */
export class SpecLog {
  readonly #text: string;
  /** Made for the first problem. */
  #lineStarts: number[] | null = null;
  readonly #problems: SpecProblem[] = [];
  readonly #uses: FieldUse[] = [];
  readonly #useIndex = new Map<string, number>();
  #errors = 0;

  /** @param text the whole spec, for lines and columns */
  constructor(text: string) {
    this.#text = text;
  }

  /** The job cannot be run like this. */
  error(spot: Spot, message: string, expected: string | null = null, hint: string | null = null): void {
    this.#errors++;
    this.#push('error', spot, message, expected, hint);
  }

  /** The job can be run, but a person should know this. */
  warn(spot: Spot, message: string, expected: string | null = null, hint: string | null = null): void {
    this.#push('warning', spot, message, expected, hint);
  }

  /** Worth knowing when the spec is checked, no cause for doubt when it runs. */
  note(spot: Spot, message: string, expected: string | null = null, hint: string | null = null): void {
    this.#push('note', spot, message, expected, hint);
  }

  /** Says what became of a field. A second word on the same path replaces the first. */
  use(path: string, use: FieldUse['use'], value: unknown, why: string): void {
    const known = this.#useIndex.get(path);
    const entry: FieldUse = { path, use, value, why };
    if (known !== undefined) {
      this.#uses[known] = entry;
      return;
    }
    this.#useIndex.set(path, this.#uses.length);
    this.#uses.push(entry);
  }

  /** A warning about a value that is taken as given: also marks the field as dangerous. */
  danger(spot: Spot, message: string, hint: string): void {
    this.warn(spot, message, null, hint);
    const known = this.#useIndex.get(spot.path);
    const value = known === undefined ? null : (this.#uses[known] as FieldUse).value;
    this.use(spot.path, 'dangerous', value, message);
  }

  get failed(): boolean {
    return this.#errors > 0;
  }

  /** True when further problems are only counted: callers may save themselves the work of wording them. */
  get full(): boolean {
    return this.#problems.length >= PROBLEMS_MAX;
  }

  /** In order of the text. */
  problems(): SpecProblem[] {
    return this.#problems.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  uses(): FieldUse[] {
    return this.#uses;
  }

  #push(
    severity: SpecProblem['severity'],
    spot: Spot,
    message: string,
    expected: string | null,
    hint: string | null,
  ): void {
    if (this.#problems.length > PROBLEMS_MAX) return;
    if (this.#problems.length === PROBLEMS_MAX) {
      message = `more than ${PROBLEMS_MAX} problems; the rest is not shown`;
      expected = null;
      hint = null;
    }
    this.#lineStarts ??= lineStartsOf(this.#text);
    const line = lineOf(this.#lineStarts, spot.offset);
    const column = spot.offset - (this.#lineStarts[line] as number) + 1;
    this.#problems.push({
      severity,
      path: spot.path,
      line: line + 1,
      column,
      length: spot.length,
      message,
      expected,
      hint,
    });
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last line that starts at or before an offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
