/** The keywords of JSON Schema (draft 2020-12) that the spec's schema uses, and nothing else. */

type Schema = Readonly<Record<string, unknown>>;

const IGNORED = new Set(['$schema', '$defs', 'title', 'description', 'default', 'deprecated', 'then', 'else']);

/**
 * True when a value fits a schema.
 * @param root where `$ref` is resolved
 * @throws Error on a keyword that is not known here
 */
export function accepts(root: Schema, schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(
    ([keyword, argument]) => IGNORED.has(keyword) || fits(root, schema, keyword, argument, value),
  );
}

function fits(root: Schema, schema: Schema, keyword: string, argument: unknown, value: unknown): boolean {
  const every = (one: unknown): boolean => accepts(root, one as Schema, value);
  switch (keyword) {
    case '$ref':
      return every((root.$defs as Schema)[(argument as string).replace('#/$defs/', '')]);
    case 'type':
      return [argument].flat().some((type) => isType(type as string, value));
    case 'enum':
      return (argument as unknown[]).includes(value);
    case 'const':
      return argument === value;
    case 'anyOf':
      return (argument as Schema[]).some(every);
    case 'allOf':
      return (argument as Schema[]).every(every);
    case 'not':
      return !every(argument);
    case 'if':
      return every(every(argument) ? (schema.then ?? {}) : (schema.else ?? {}));
    case 'required':
      return !isObject(value) || (argument as string[]).every((name) => Object.hasOwn(value, name));
    case 'properties':
      return (
        !isObject(value) ||
        Object.entries(argument as Schema).every(
          ([name, inner]) => !Object.hasOwn(value, name) || accepts(root, inner as Schema, value[name]),
        )
      );
    case 'additionalProperties':
      return !isObject(value) || Object.values(value).every((inner) => accepts(root, argument as Schema, inner));
    case 'items':
      return !Array.isArray(value) || value.every((inner) => accepts(root, argument as Schema, inner));
    case 'minimum':
      return typeof value !== 'number' || value >= (argument as number);
    case 'maximum':
      return typeof value !== 'number' || value <= (argument as number);
    case 'pattern':
      return typeof value !== 'string' || new RegExp(argument as string, 'u').test(value);
    default:
      throw new Error(`the keyword ${keyword} is not known here`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'null') return value === null;

  return typeof value === type;
}
