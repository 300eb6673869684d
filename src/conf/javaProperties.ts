/** Java's format of properties (java.util.Properties.load): what Druid's configuration is written in. */

/**
 * Reads a file of properties. A key that stands there twice has its last value.
 *
 * @throws Error in words for a broken `\uXXXX`, as Java does
 */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const keyEnd = endOfKey(line);
    const rest = line.slice(keyEnd).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
    properties.set(unescaped(line.slice(0, keyEnd)), unescaped(rest));
  }
  return properties;
}

/** Lines without comments and blank ones; one that ends in an odd number of backslashes goes on in the next, without its leading blanks. */
function* logicalLines(text: string): Generator<string> {
  let open: string | null = null;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line: string = natural.replace(/^[ \t\f]+/, '');
    if (open === null && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const whole: string = (open ?? '') + line;
    const backslashes = (/\\*$/.exec(line) as RegExpExecArray)[0].length;
    if (backslashes % 2 === 1) {
      open = whole.slice(0, -1);
      continue;
    }
    open = null;
    yield whole;
  }
  if (open !== null && open !== '') yield open;
}

/** A key ends at the first `=`, `:` or blank without a backslash before it. */
function endOfKey(line: string): number {
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if ('=: \t\f'.includes(line[at])) return at;
  }
  return line.length;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.)|$)/gs, (all, hex?: string, char?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (char === 'u') throw new Error(`${JSON.stringify(all)} is not followed by four hexadecimal digits`);
    return char === undefined ? '' : (ESCAPES[char] ?? char);
  });
}
