/** Variables in values of a Hadoop configuration (org.apache.hadoop.conf.Configuration.substituteVars). */

/** `${name}`; no nesting, no blanks. The innermost one of `${a${b}}` is found first. */
const VARIABLE = /\$\{([^}$ ]+)\}/;
/** Hadoop's limit for one value. */
const SUBSTITUTIONS_MAX = 20;

/** Where the values of variables come from. */
export interface VariableSources {
  readonly properties: ReadonlyMap<string, string>;
  /** Environment, for `${env.NAME}`, `${env.NAME-default}` (where it is not set) and `${env.NAME:-default}` (not set, or empty). */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Java's system properties that site files use, such as `user.name`; they win over properties. */
  readonly system: Readonly<Record<string, string>>;
}

/**
 * A value with its variables replaced; one that nothing defines stays as it is written, as in Hadoop.
 * @param name of the property, for the error
 * @throws Error for a value that refers to itself
 */
export function expandVariables(name: string, value: string, sources: VariableSources): string {
  let expanded = value;
  for (let count = 0; count < SUBSTITUTIONS_MAX; count++) {
    const found = VARIABLE.exec(expanded);
    if (found === null) return expanded;
    const replacement = variableValue(found[1], sources);
    if (replacement === undefined) return expanded;
    expanded = expanded.slice(0, found.index) + replacement + expanded.slice(found.index + found[0].length);
  }
  if (!VARIABLE.test(expanded)) return expanded;
  throw new Error(
    `The property ${name} of the Hadoop configuration needs more than ${SUBSTITUTIONS_MAX} substitutions of variables: ` +
      `its value ${value} seems to refer to itself.`,
  );
}

function variableValue(variable: string, { properties, env, system }: VariableSources): string | undefined {
  const ofEnvironment = /^env\.([^:-]+)(?:(:?-)(.*))?$/.exec(variable);
  if (ofEnvironment !== null) {
    const [, name, operator, fallback] = ofEnvironment;
    const value = env[name];
    return value === undefined || (value === '' && operator === ':-') ? fallback : value;
  }
  return Object.hasOwn(system, variable) ? system[variable] : properties.get(variable);
}
