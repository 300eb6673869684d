/** A string, or a number outside strings. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
/** Marks a bigint between the two passes of {@link parseJson}; no text of the goldens begins like this. */
const MARK = '\u0000bigint:';

/**
 * Parses JSON without losing digits: an integer beyond 2^53, as a Druid long may be, becomes a bigint. Everything else
 * is as `JSON.parse` has it.
 */
export function parseJson(text: string): unknown {
  let marked = false;
  const safe = text.replace(STRING_OR_NUMBER, (token) => {
    if (token.length < 16 || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) return token;
    marked = true;
    return `"\\u0000bigint:${token}"`;
  });
  if (!marked) return JSON.parse(text);
  return JSON.parse(safe, (_key, value) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}
