import type { SpecNode } from './specTree.ts';

/**
 * How fields of a spec are described. The tables in `shapes/` are the only list of fields there is: the reader, the list of
 * field uses (`validate --explain`) and the JSON Schema all come from them.
 */

/** An object of the spec: its fields by name. */
export interface Shape<T extends FieldTable = FieldTable> {
  /** Name in the JSON Schema, such as `GranularitySpec`. */
  readonly name: string;
  readonly about: string;
  readonly fields: T;
}

export type FieldTable = Readonly<Record<string, Field>>;

/** Objects told apart by one field, such as `type`. */
export interface Union {
  readonly name: string;
  readonly about: string;
  /** `type`, or `format` for a parseSpec. */
  readonly discriminator: string;
  /** What Druid takes where the discriminator is left out; null: it has to be there. */
  readonly defaultType: string | null;
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Older names of types. */
  readonly oldNames: Readonly<Record<string, string>>;
  /** What other systems call the types, in lower case: told in the error, never taken. */
  readonly foreignNames?: Readonly<Record<string, string>>;
  /** What Druid takes for a type it does not know; left out where that is an error. */
  readonly unknownIs?: string;
  /** True where case does not count in the type. */
  readonly anyCase?: true;
  /** Prefix of the union's keys in `unsupported.ts`: `metric` for `metric:thetaSketch`. */
  readonly feature: string;
  /** What one of them is called in a message: `metric type`. */
  readonly noun: string;
}

/** What a field holds where it is more than a scalar; for the JSON Schema only. */
export type NodeType =
  | { readonly shape: () => Shape }
  | { readonly union: () => Union }
  | { readonly list: NodeType }
  | { readonly anyOf: readonly NodeType[] }
  | { readonly json: Readonly<Record<string, unknown>> };

interface FieldBase {
  /** One line: what the field is for. */
  readonly why: string;
  /** Names the field had in older Druid versions; still taken. */
  readonly oldNames?: readonly string[];
  /** Set where a given value has no effect here: one line that says why. */
  readonly ignored?: string;
  /** Has to be given. Such a field has no default. */
  readonly required?: true;
}

/** Text; Druid also takes a number or boolean there and uses its text. */
export interface StringField extends FieldBase {
  readonly kind: 'string';
  readonly default?: string;
  /** The only texts allowed; case does not count. */
  readonly oneOf?: readonly string[];
}

/** `true`, `"true"`, 0 and 1 are all taken. */
export interface BooleanField extends FieldBase {
  readonly kind: 'boolean';
  readonly default?: boolean;
}

/** A whole number, also as text. */
export interface IntegerField extends FieldBase {
  readonly kind: 'integer';
  readonly default?: number;
  readonly minimum?: number;
  /** Inclusive; 2^31 - 1 where left out. */
  readonly maximum?: number;
  /** True where -1 means "not set", as older Druid versions wrote null. */
  readonly minusOneUnset?: true;
}

/** A list of texts; a bare text is a list of one. */
export interface StringsField extends FieldBase {
  readonly kind: 'strings';
  readonly default?: readonly string[];
}

/** Anything else: objects, lists of objects, values of several types. Read by its own reader. */
export interface NodeField extends FieldBase {
  readonly kind: 'node';
  readonly type: NodeType;
}

export type Field = StringField | BooleanField | IntegerField | StringsField | NodeField;

interface ValueOfKind {
  readonly string: string;
  readonly boolean: boolean;
  readonly integer: number;
  readonly strings: readonly string[];
  readonly node: SpecNode;
}

/** The type a field is read as: without a default it may be null. */
export type ValueOf<F extends Field> = F extends { readonly default: unknown }
  ? ValueOfKind[F['kind']]
  : ValueOfKind[F['kind']] | null;

export type ValuesOf<T extends FieldTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** Keeps the literal types of a table while checking it. */
export function shape<const T extends FieldTable>(name: string, about: string, fields: T): Shape<T> {
  return { name, about, fields };
}
