import type { Tuple } from './tuple.ts';

const SHOWN_MAX = 60;

/** A value, or several, as messages name them: `the value "x"`, `the values "x", null`. */
export function valueText(tuple: Tuple): string {
  const texts = tuple.map((value) => {
    if (value === null) return 'null';
    return JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}...` : value);
  });
  return texts.length === 1 ? `the value ${texts[0]}` : `the values ${texts.join(', ')}`;
}
