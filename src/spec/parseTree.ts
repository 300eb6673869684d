import { visit } from 'jsonc-parser';
import type { SpecArray, SpecMember, SpecNode, SpecObject } from './specTree.ts';
import { type SyntaxProblem, syntaxProblem } from './syntaxProblem.ts';

/** Brackets inside brackets. Real specs stay below 20; the reader recurses, so there has to be a bound. */
const DEPTH_MAX = 200;
/** Values in one spec: keeps the tree of a text of 16 MiB below some 150 MiB. */
const VALUES_MAX = 1_000_000;

export interface ParsedTree {
  /** Null where the text is too broken to read on. */
  readonly root: SpecNode | null;
  /** In order of the text; empty for valid JSON. */
  readonly problems: readonly SyntaxProblem[];
}

/** Thrown by the visitor to leave jsonc-parser early; caught below. */
class LimitReached extends Error {
  readonly problem: SyntaxProblem;
  constructor(problem: SyntaxProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/**
 * Reads strict JSON (RFC 8259). Comments and trailing commas are problems but do not stop the reading, since the rest of
 * such a text can be trusted; any other fault does, and only the first one is told: what follows it is mostly noise.
 */
export function parseTree(text: string): ParsedTree {
  const builder = new TreeBuilder(text);
  // The byte order mark is a blank here: Jackson skips it too, and offsets have to stay as they are.
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  try {
    visit(
      source,
      {
        onObjectBegin: (offset) => builder.openObject(offset),
        onObjectEnd: (offset, length) => builder.close(offset + length),
        onArrayBegin: (offset) => builder.openArray(offset),
        onArrayEnd: (offset, length) => builder.close(offset + length),
        onObjectProperty: (name, offset, length) => builder.name(name, offset, length),
        onLiteralValue: (value, offset, length) => builder.scalar(value, offset, length),
        onError: (code, offset, length) => builder.fault(code, offset, length),
      },
      { disallowComments: true, allowTrailingComma: false },
    );
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return { root: null, problems: [error.problem] };
  }
  return builder.result();
}

class TreeBuilder {
  readonly #text: string;
  readonly #open: (SpecObject | SpecArray)[] = [];
  readonly #names: { name: string; offset: number; end: number }[] = [];
  readonly #problems: SyntaxProblem[] = [];
  #root: SpecNode | null = null;
  #closed: SpecObject | SpecArray | null = null;
  #values = 0;
  #broken = false;

  constructor(text: string) {
    this.#text = text;
  }

  openObject(offset: number): void {
    const node: SpecObject = {
      kind: 'object',
      ...this.#place(offset),
      members: new Map(),
      repeated: [],
    };
    this.#add(node);
    this.#push(node);
  }

  openArray(offset: number): void {
    const node: SpecArray = { kind: 'array', ...this.#place(offset), items: [] };
    this.#add(node);
    this.#push(node);
  }

  close(end: number): void {
    const node = this.#open.pop();
    if (node === undefined) return;
    node.end = end;
    this.#closed = node;
    if (node.kind === 'object') this.#names.pop();
  }

  name(name: string, offset: number, length: number): void {
    this.#names[this.#names.length - 1] = { name, offset, end: offset + length };
  }

  scalar(value: string | number | boolean | null, offset: number, length: number): void {
    const kind = value === null ? 'null' : (typeof value as 'string' | 'number' | 'boolean');
    const text = kind === 'number' ? this.#text.slice(offset, offset + length) : String(value);
    const place = this.#place(offset);
    place.end = offset + length;
    this.#add({ kind, ...place, value, text });
  }

  fault(code: number, offset: number, length: number): void {
    if (this.#broken) return;
    const problem = syntaxProblem(this.#text, code, offset, length, this.#closed);
    if (problem === null) return;
    if (this.#problems.length < 20) this.#problems.push(problem);
    if (!problem.harmless) this.#broken = true;
  }

  result(): ParsedTree {
    return { root: this.#broken ? null : this.#root, problems: this.#problems };
  }

  #place(offset: number): { offset: number; end: number; parent: SpecObject | SpecArray | null; key: string | number } {
    const parent = this.#open.at(-1) ?? null;
    let key: string | number = '';
    if (parent !== null) key = parent.kind === 'array' ? parent.items.length : (this.#names.at(-1)?.name ?? '');
    return { offset, end: offset, parent, key };
  }

  #push(node: SpecObject | SpecArray): void {
    if (this.#open.length >= DEPTH_MAX) {
      throw new LimitReached({
        offset: node.offset,
        length: 1,
        message: `brackets are nested more than ${DEPTH_MAX} deep`,
        hint: 'no ingestion spec needs that; is this the right file?',
        harmless: false,
      });
    }
    this.#open.push(node);
    if (node.kind === 'object') this.#names.push({ name: '', offset: node.offset, end: node.offset });
  }

  #add(node: SpecNode): void {
    this.#values++;
    if (this.#values > VALUES_MAX) {
      throw new LimitReached({
        offset: node.offset,
        length: 1,
        message: `the text holds more than ${VALUES_MAX} values`,
        hint: 'no ingestion spec needs that; is this a data file?',
        harmless: false,
      });
    }
    const parent = node.parent;
    if (parent === null) {
      this.#root ??= node;
    } else if (parent.kind === 'array') {
      parent.items.push(node);
    } else {
      const at = this.#names[this.#names.length - 1];
      if (at === undefined) return;
      const member: SpecMember = { name: at.name, nameOffset: at.offset, nameEnd: at.end, value: node };
      const earlier = parent.members.get(at.name);
      if (earlier !== undefined) parent.repeated.push(earlier);
      parent.members.set(at.name, member);
    }
  }
}
