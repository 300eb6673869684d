import type { Field, IntegerField, NodeType, Shape, StringField, Union } from './field.ts';
import { legacyBodyShape } from './shapes/legacyBody.ts';
import { ingestionSpecShape, taskShape } from './shapes/task.ts';
import { unsupportedFeature } from './unsupported.ts';

type Json = Record<string, unknown>;

/**
 * The JSON Schema (draft 2020-12) of every form of spec that is read here, made from the tables in `shapes/`. It is as loose
 * as the reader: numbers and booleans may be texts, everything optional may be null, old names are known, and unknown
 * fields are no error. Only types that Druid silently replaces by another one are refused, so that an editor shows them.
 */
export function specJsonSchema(): Json {
  const definitions = new Definitions();
  const task = definitions.shape(taskShape);
  const body = definitions.shape(ingestionSpecShape);
  const legacy = definitions.shape(legacyBodyShape);
  const specNames = ['spec', ...taskShape.fields.spec.oldNames];
  // The body of a task may be of either form, as the reader tells them: by its fields.
  const eitherBody = choose({ anyOf: requiredAny(['dataSchema', 'ioConfig', 'tuningConfig']) }, body, legacy);
  for (const name of specNames) definitions.replaceProperty(taskShape.name, name, eitherBody);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Ingestion spec of type index_hadoop',
    type: 'object',
    ...choose({ anyOf: requiredAny(specNames) }, task, eitherBody),
    $defs: definitions.all,
  };
}

function requiredAny(names: readonly string[]): Json[] {
  return names.map((name) => ({ required: [name] }));
}

function choose(test: Json, yes: Json, no: Json | null = null): Json {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: test, then: yes, ...(no === null ? {} : { else: no }) };
}

/** Collects shapes and unions under `$defs`; recursion ends at a name that is there already. */
class Definitions {
  readonly all: Record<string, Json> = {};

  shape(shape: Shape): Json {
    const reference = { $ref: `#/$defs/${shape.name}` };
    if (Object.hasOwn(this.all, shape.name)) return reference;
    const properties: Record<string, Json> = {};
    const definition: Json = { type: 'object', description: shape.about, properties };
    this.all[shape.name] = definition;
    const required: Json[] = [];
    for (const [name, field] of Object.entries(shape.fields)) {
      properties[name] = this.#field(field);
      for (const oldName of field.oldNames ?? []) {
        properties[oldName] = { ...this.#field(field), deprecated: true, description: `older name of ${name}` };
      }
      if (field.required) {
        const names = [name, ...(field.oldNames ?? [])];
        required.push(names.length === 1 ? { required: names } : { anyOf: requiredAny(names) });
      }
    }
    if (required.length > 0) definition.allOf = required;
    return reference;
  }

  replaceProperty(shapeName: string, property: string, schema: Json): void {
    const properties = this.all[shapeName]?.properties as Record<string, Json>;
    properties[property] = { ...schema, description: properties[property]?.description };
  }

  #field(field: Field): Json {
    const description = field.ignored === undefined ? field.why : `${field.why}. Ignored: ${field.ignored}`;
    // What is ignored is not looked at either.
    if (field.ignored !== undefined) return { description };
    switch (field.kind) {
      case 'string':
        return { description, ...textSchema(field), ...defaultOf(field.default) };
      case 'boolean':
        return { description, ...BOOLEAN, ...defaultOf(field.default) };
      case 'integer':
        return { description, ...integerSchema(field), ...defaultOf(field.default) };
      case 'strings':
        return { description, ...STRINGS, ...defaultOf(field.default) };
      case 'node':
        return { description, anyOf: [...(field.required ? [] : [{ type: 'null' }]), this.#node(field.type)] };
    }
  }

  #node(type: NodeType): Json {
    if ('shape' in type) return this.shape(type.shape());
    if ('union' in type) return this.#union(type.union());
    if ('list' in type) return { type: 'array', items: this.#node(type.list) };
    if ('anyOf' in type) return { anyOf: type.anyOf.map((one) => this.#node(one)) };
    return type.json;
  }

  #union(union: Union): Json {
    const name = `${union.name}Union`;
    const reference = { $ref: `#/$defs/${name}` };
    if (Object.hasOwn(this.all, name)) return reference;
    const definition: Json = { type: 'object', description: union.about };
    this.all[name] = definition;
    const tag = union.discriminator;
    const built = Object.keys(union.shapes).filter((type) => unsupportedFeature(`${union.feature}:${type}`) === null);
    const oldNames = Object.entries(union.oldNames).filter(([, type]) => built.includes(type));
    const choices = [...built.map((type) => [type, type] as const), ...oldNames];
    if (union.anyCase) choices.push(...built.map((type) => [type.toUpperCase(), type] as const));
    const missing = { anyOf: [{ not: { required: [tag] } }, { properties: { [tag]: { type: 'null' } } }] };
    definition.properties = { [tag]: { enum: [...choices.map(([given]) => given), null] } };
    if (union.defaultType === null) definition.required = [tag];
    const shapeOf = (type: string): Json => this.shape(union.shapes[type] as Shape);
    const cases = choices.map(([given, type]) =>
      choose({ properties: { [tag]: { const: given } }, required: [tag] }, shapeOf(type)),
    );
    if (union.defaultType !== null) cases.push(choose(missing, shapeOf(union.defaultType)));
    if (cases.length > 0) definition.allOf = cases;
    return reference;
  }
}

const BOOLEAN = {
  anyOf: [
    { type: ['boolean', 'integer', 'null'] },
    { type: 'string', pattern: '^\\s*([tT][rR][uU][eE]|[fF][aA][lL][sS][eE])?\\s*$' },
  ],
};
const SCALAR = ['string', 'number', 'boolean'];
const STRINGS = { type: ['array', ...SCALAR, 'null'], items: { type: SCALAR } };

function defaultOf(value: unknown): Json {
  return value === undefined ? {} : { default: value };
}

function textSchema(field: StringField): Json {
  const types = field.required ? SCALAR : [...SCALAR, 'null'];
  if (field.oneOf === undefined) return { type: types };
  // Case does not count: these are the two that are written in practice.
  const spellings = new Set(field.oneOf.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]));
  return { enum: [...spellings, ...(field.required ? [] : [null])] };
}

function integerSchema(field: IntegerField): Json {
  const number: Json = { type: 'number', maximum: field.maximum ?? 2 ** 31 - 1 };
  if (field.minimum !== undefined) number.minimum = field.minimum;
  const others: Json[] = [{ type: 'string', pattern: '^\\s*([+-]?[0-9]+)?\\s*$' }];
  if (field.minusOneUnset) others.push({ const: -1 });
  if (!field.required) others.push({ type: 'null' });
  return { anyOf: [number, ...others] };
}
