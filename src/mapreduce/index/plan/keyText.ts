import type { HotKey } from './hotKeys.ts';

const SHOWN_MAX = 60;

/** A key as one line: `page = "x", user = null`. */
export function keyText({ time, dimensions, values }: HotKey): string {
  const parts = dimensions.map((name, i) => {
    const text = JSON.stringify(values[i]);
    return `${name} = ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text}`;
  });
  return (time === null ? parts : [`time = ${time}`, ...parts]).join(', ');
}
