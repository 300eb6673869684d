/**
 * The JSON tree of a spec with the place of every value, so that a problem can name its line, its column and its path.
 * Member names, values and offsets are those of the text; nothing is interpreted here.
 */

export type SpecNode = SpecObject | SpecArray | SpecScalar;

interface Placed {
  /** First UTF-16 unit of the value in the text. */
  readonly offset: number;
  /** One past the last UTF-16 unit. */
  end: number;
  /** The object or array that holds this value; null for the whole document. */
  readonly parent: SpecObject | SpecArray | null;
  /** Member name or array index inside {@link parent}; '' for the whole document. */
  readonly key: string | number;
}

export interface SpecObject extends Placed {
  readonly kind: 'object';
  /** By name. Of repeated names the last one counts, as in Druid's Jackson. */
  readonly members: Map<string, SpecMember>;
  /** Earlier members whose name comes again later. */
  readonly repeated: SpecMember[];
}

export interface SpecMember {
  readonly name: string;
  readonly nameOffset: number;
  readonly nameEnd: number;
  readonly value: SpecNode;
}

export interface SpecArray extends Placed {
  readonly kind: 'array';
  readonly items: SpecNode[];
}

export interface SpecScalar extends Placed {
  readonly kind: 'string' | 'number' | 'boolean' | 'null';
  readonly value: string | number | boolean | null;
  /** A number as written (`1e3`, `007` never gets here); a string's or keyword's plain value. */
  readonly text: string;
}

/** Where a problem points: a path as users write it, and a stretch of the text. */
export interface Spot {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Path of `parent` continued by a member name or an index: `spec.dataSchema.metricsSpec[2].name`. */
export function joinPath(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The path of a node as users write it; '' for the whole document. */
export function pathOf(node: SpecNode): string {
  const keys: (string | number)[] = [];
  for (let n: SpecNode = node; n.parent !== null; n = n.parent) keys.push(n.key);
  let path = '';
  for (let i = keys.length - 1; i >= 0; i--) path = joinPath(path, keys[i] as string | number);
  return path;
}

/** The value itself. Objects and arrays are pointed at by their opening bracket only. */
export function spotOf(node: SpecNode): Spot {
  const length = node.kind === 'object' || node.kind === 'array' ? 1 : node.end - node.offset;
  return { path: pathOf(node), offset: node.offset, length };
}

/** The name of a member; the path is the object's, as the name itself is what is wrong. */
export function spotOfName(object: SpecObject, member: SpecMember): Spot {
  return { path: pathOf(object), offset: member.nameOffset, length: member.nameEnd - member.nameOffset };
}

/** A member that is not there: the path it would have, at the object's own name or bracket. */
export function spotOfMissing(object: SpecObject, name: string): Spot {
  const holder = object.parent;
  const path = joinPath(pathOf(object), name);
  if (holder !== null && holder.kind === 'object') {
    const self = holder.members.get(object.key as string);
    if (self !== undefined) return { path, offset: self.nameOffset, length: self.nameEnd - self.nameOffset };
  }
  return { path, offset: object.offset, length: 1 };
}

/** An object the spec leaves out, so that its fields' defaults can be read and reported all the same. */
export function absentObject(holder: SpecObject, name: string): SpecObject {
  return {
    kind: 'object',
    offset: holder.offset,
    end: holder.offset,
    parent: holder,
    key: name,
    members: new Map(),
    repeated: [],
  };
}

/** The value as plain JSON, as `JSON.parse` would give it. */
export function plainValue(node: SpecNode): unknown {
  if (node.kind === 'array') return node.items.map(plainValue);
  if (node.kind !== 'object') return node.value;
  const plain: Record<string, unknown> = {};
  for (const member of node.members.values()) {
    Object.defineProperty(plain, member.name, {
      value: plainValue(member.value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return plain;
}

const QUOTED_MAX = 60;

/** The value as an error quotes it: short, and naming what kind of thing it is. */
export function describeNode(node: SpecNode): string {
  switch (node.kind) {
    case 'object':
      return 'an object';
    case 'array':
      return 'a list';
    case 'string':
      return quote(node.text);
    default:
      return node.text;
  }
}

/** Text in JSON quotes, cut where it is too long to be read in a message. */
export function quote(text: string): string {
  return text.length <= QUOTED_MAX ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, QUOTED_MAX))}...`;
}
