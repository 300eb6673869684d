import { interpolate } from './interpolate.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Properties by Druid's names, from one file. Variables are replaced when a value is asked for: what nobody needs may lack its own. */
export class Properties {
  /** For messages. */
  readonly file: string;
  readonly #values: ReadonlyMap<string, string>;
  readonly #env: Environment;

  constructor(file: string, values: ReadonlyMap<string, string>, env: Environment) {
    this.file = file;
    this.#values = values;
    this.#env = env;
  }

  /** @returns null where it is missing or empty @throws Error in words when a variable in it has no value */
  get(name: string): string | null {
    const value = this.#values.get(name);
    if (value === undefined) return null;
    try {
      return interpolate(value, this.#env).trim() || null;
    } catch (error) {
      throw new Error(`${name} in ${this.file}: ${(error as Error).message}.`);
    }
  }
}
