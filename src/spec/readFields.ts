import type { Field, FieldTable, Shape, Union, ValuesOf } from './field.ts';
import { fieldElsewhere } from './fieldElsewhere.ts';
import type { SpecLog } from './problem.ts';
import { isPlaceholder, PLACEHOLDER_HINT, readBoolean, readInteger, readString, readStrings } from './scalar.ts';
import { withoutSecrets } from './secrets.ts';
import {
  describeNode,
  joinPath,
  pathOf,
  plainValue,
  quote,
  type SpecMember,
  type SpecNode,
  type SpecObject,
  type Spot,
  spotOf,
  spotOfMissing,
  spotOfName,
} from './specTree.ts';
import { closestName, didYouMean } from './suggest.ts';
import { unsupportedFeature } from './unsupported.ts';

/** The fields of one object, read by its table. */
export interface Fields<T extends FieldTable> {
  readonly value: ValuesOf<T>;
  readonly object: SpecObject;
  /** The value's place, or where it would stand. */
  at(name: keyof T & string): Spot;
  /** True when the spec gives the field, be it null. */
  given(name: keyof T & string): boolean;
}

/**
 * Reads an object by its table: values with their defaults; unknown, repeated and doubly named fields are warned of, since
 * Druid ignores what it does not know.
 * @param discriminator the field that told the shape, already read
 */
export function readFields<T extends FieldTable>(
  log: SpecLog,
  object: SpecObject,
  shape: Shape<T>,
  discriminator: string | null = null,
): Fields<T> {
  const found = new Map<string, SpecMember>();
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<Field>(shape.fields)) {
    const member = findMember(log, object, name, field);
    if (member !== null) found.set(name, member);
    values[name] = readField(log, object, name, field, member);
  }
  reportUnknown(log, object, shape, discriminator, found);
  return {
    value: values as ValuesOf<T>,
    object,
    at: (name) => {
      const member = found.get(name);
      return member === undefined ? spotOfMissing(object, name) : spotOf(member.value);
    },
    given: (name) => found.has(name),
  };
}

function findMember(log: SpecLog, object: SpecObject, name: string, field: Field): SpecMember | null {
  let member = object.members.get(name) ?? null;
  for (const oldName of field.oldNames ?? []) {
    const old = object.members.get(oldName);
    if (old === undefined) continue;
    // The newer name wins in Druid too (`rowFlushBoundary` next to `maxRowsInMemory`); a null is no value.
    if (member !== null && member.value.kind !== 'null') {
      log.warn(
        spotOfName(object, old),
        `"${oldName}" is an older name of "${member.name}", which is given too and counts`,
      );
    } else {
      member = old;
    }
  }
  return member;
}

function readField(log: SpecLog, object: SpecObject, name: string, field: Field, member: SpecMember | null): unknown {
  const path = member === null ? joinPath(pathOf(object), name) : pathOf(member.value);
  const fallback = field.kind === 'node' ? null : (field.default ?? null);
  if (member !== null && field.ignored !== undefined) {
    log.use(path, 'ignored', shownValue(field, plainValue(member.value)), field.ignored);
    if (member.value.kind !== 'null') log.note(spotOf(member.value), `has no effect: ${field.ignored}`);
    return field.kind === 'node' ? member.value : fallback;
  }
  if (member === null || (member.value.kind === 'null' && field.kind !== 'node')) {
    if (field.required) {
      if (member === null) log.error(spotOfMissing(object, name), `is missing (${field.why})`);
      else log.error(spotOf(member.value), `is null (${field.why})`);
    } else if (field.ignored === undefined && field.kind !== 'node') {
      log.use(path, 'defaulted', fallback, field.why);
    }
    return fallback;
  }
  if (field.kind === 'node') {
    if (member.value.kind === 'null' && field.required) log.error(spotOf(member.value), `is null (${field.why})`);
    return member.value.kind === 'null' ? null : member.value;
  }
  const value = readValue(log, field, member.value) ?? fallback;
  const why = member.name === name ? field.why : `${field.why} (older name of ${name})`;
  log.use(path, 'used', shownValue(field, value), why);
  return value;
}

function readValue(log: SpecLog, field: Exclude<Field, { kind: 'node' }>, node: SpecNode): unknown {
  switch (field.kind) {
    case 'boolean':
      return readBoolean(log, node);
    case 'integer':
      return readInteger(log, node, field);
    case 'strings':
      return readStrings(log, node);
    case 'string': {
      const text = readString(log, node);
      return text === null || field.oneOf === undefined ? text : oneOf(log, node, text, field.oneOf);
    }
  }
}

function oneOf(log: SpecLog, node: SpecNode, text: string, allowed: readonly string[]): string | null {
  const wanted = text.toLowerCase();
  const match = allowed.find((candidate) => candidate.toLowerCase() === wanted);
  if (match !== undefined) return match;
  const hint = isPlaceholder(text) ? PLACEHOLDER_HINT : didYouMean(text, allowed);
  log.error(spotOf(node), `${quote(text)} is not known here`, allowed.join(', '), hint);
  return null;
}

/** What may be shown of a value: no secrets, also none inside an address. */
function shownValue(field: Field, value: unknown): unknown {
  if (field.kind === 'string' && typeof value === 'string') return withoutSecrets(value);
  return value;
}

function reportUnknown(
  log: SpecLog,
  object: SpecObject,
  shape: Shape,
  discriminator: string | null,
  found: ReadonlyMap<string, SpecMember>,
): void {
  for (const member of object.repeated) {
    log.warn(spotOfName(object, member), `the field ${quote(member.name)} comes again below; only the last one counts`);
  }
  if (object.members.size === found.size && discriminator === null) return;
  const known = new Set(discriminator === null ? [] : [discriminator]);
  for (const [name, field] of Object.entries(shape.fields)) {
    known.add(name);
    for (const oldName of field.oldNames ?? []) known.add(oldName);
  }
  for (const member of object.members.values()) {
    if (known.has(member.name)) continue;
    reportUnknownField(log, object, member, known, found);
  }
}

function reportUnknownField(
  log: SpecLog,
  object: SpecObject,
  member: SpecMember,
  known: ReadonlySet<string>,
  found: ReadonlyMap<string, SpecMember>,
): void {
  const path = pathOf(member.value);
  if (log.full) {
    log.use(path, 'ignored', null, 'unknown field');
    return;
  }
  const elsewhere = fieldElsewhere(member.name, object.key);
  const near = elsewhere === null ? closestName(member.name, known) : null;
  const meant = near !== null && !found.has(near) ? near : null;
  const hint = elsewhere?.hint ?? (meant === null ? 'it has no effect, in Druid neither' : `did you mean "${meant}"?`);
  log.warn(spotOfName(object, member), `unknown field ${quote(member.name)}`, null, hint);
  const dangerous = meant !== null || elsewhere?.dangerous === true;
  log.use(path, dangerous ? 'dangerous' : 'ignored', null, `unknown field: ${hint}`);
}

/** A node that has to be an object; anything else is an error and gives null. */
export function asObject(log: SpecLog, node: SpecNode, what: string): SpecObject | null {
  if (node.kind === 'object') return node;
  const hint = node.kind === 'string' && isPlaceholder(node.text) ? PLACEHOLDER_HINT : null;
  log.error(spotOf(node), `${describeNode(node)} stands where ${what} belongs`, 'an object in { and }', hint);
  return null;
}

/** A node that has to be a list of objects or other values; null and absence are an empty list. */
export function asList(log: SpecLog, node: SpecNode | null, what: string): readonly SpecNode[] {
  if (node === null || node.kind === 'null') return [];
  if (node.kind === 'array') return node.items;
  const hint = node.kind === 'string' && isPlaceholder(node.text) ? PLACEHOLDER_HINT : null;
  log.error(spotOf(node), `${describeNode(node)} stands where ${what} belongs`, 'a list in [ and ]', hint);
  return [];
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function typeHint(given: string, union: Union): string | null {
  const meant = union.foreignNames;
  if (meant !== undefined && Object.hasOwn(meant, given.toLowerCase()))
    return `did you mean "${meant[given.toLowerCase()]}"?`;
  return didYouMean(given, Object.keys(union.shapes));
}

/** Types that may be given; null where that would be no help. */
function listed(names: readonly string[]): string | null {
  return names.length === 0 || names.length > 12 ? null : names.join(', ');
}

/** An object of a union: which of its types it is. */
export interface Typed {
  readonly type: string;
  readonly object: SpecObject;
}

/**
 * Tells which type of a union an object is, in its current name. Null after an error: no object, no type, a type that is
 * not known, or one that is not built yet.
 */
export function readType(log: SpecLog, node: SpecNode, union: Union): Typed | null {
  const object = asObject(log, node, withArticle(union.noun.replace(/ (type|format)$/, '')));
  if (object === null) return null;
  const member = object.members.get(union.discriminator);
  const names = Object.keys(union.shapes).filter((name) => unsupportedFeature(`${union.feature}:${name}`) === null);
  if (member === undefined || member.value.kind === 'null') {
    if (union.defaultType !== null) return { type: union.defaultType, object };
    const spot = spotOfMissing(object, union.discriminator);
    log.error(spot, `the ${union.noun} is missing`, listed(names));
    return null;
  }
  const given = readString(log, member.value);
  if (given === null) return null;
  const wanted = union.anyCase ? given.toLowerCase() : given;
  const type = Object.hasOwn(union.oldNames, wanted) ? (union.oldNames[wanted] as string) : wanted;
  const refusal = unsupportedFeature(`${union.feature}:${type}`);
  if (refusal !== null) {
    log.error(spotOf(member.value), refusal);
    return null;
  }
  if (!Object.hasOwn(union.shapes, type)) {
    const hint = isPlaceholder(given) ? PLACEHOLDER_HINT : typeHint(given, union);
    if (union.unknownIs !== undefined && !isPlaceholder(given)) {
      const message = `${quote(given)} is not ${withArticle(union.noun)}, and Druid takes it as "${union.unknownIs}"`;
      log.danger(spotOf(member.value), message, hint ?? `the types are ${names.join(', ')}`);
      return { type: union.unknownIs, object };
    }
    log.error(spotOf(member.value), `${quote(given)} is not ${withArticle(union.noun)}`, listed(names), hint);
    return null;
  }
  if (type !== given) log.use(pathOf(member.value), 'used', type, `${given} is an older name of ${type}`);
  else log.use(pathOf(member.value), 'used', type, union.noun);
  return { type, object };
}
