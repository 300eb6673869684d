/**
 * Text rules of Hadoop paths: schemes, comma lists, `{a,b}` alternatives and the escapes in them
 * (org.apache.hadoop.fs.Path, org.apache.druid.indexer.path.HadoopGlobPathSplitter).
 */

/** Two letters at least, so that a Windows drive is no scheme; a scheme never comes after a slash. */
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]+):/;

/** The scheme of a path in lower case, or null. */
export function schemeOf(path: string): string | null {
  return SCHEME.exec(path)?.[1]?.toLowerCase() ?? null;
}

/** A path below another one, which may have a scheme and a host. */
export function joinPaths(base: string, ...names: readonly string[]): string {
  return [base.replace(/\/$/, ''), ...names].join('/');
}

/** The directory that a path lies in. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/**
 * Splits `a,b,c` into paths at commas that stand outside braces and are not escaped. Blanks are part of a path; empty pieces are dropped.
 */
export function splitPaths(text: string): string[] {
  checkBraces(text);
  return splitOutsideBraces(text).filter((piece) => piece !== '');
}

/**
 * Expands `{a,b}` alternatives, nested ones too, into the list of all combinations, leftmost group slowest; `\` takes the meaning
 * from the next character and stays in the result, where the glob needs it. Braces without a partner are an error.
 */
export function expandBraces(pattern: string): string[] {
  checkBraces(pattern);
  return expand(pattern);
}

function expand(pattern: string): string[] {
  const open = findOpenBrace(pattern);
  if (open < 0) return [pattern];
  const close = closingBrace(pattern, open);
  const head = pattern.slice(0, open);
  const tails = expand(pattern.slice(close + 1));
  const expanded: string[] = [];
  for (const alternative of splitOutsideBraces(pattern.slice(open + 1, close))) {
    for (const middle of expand(alternative)) {
      for (const tail of tails) expanded.push(head + middle + tail);
    }
  }
  return expanded;
}

/** Pieces between top-level commas, empty ones included. */
function splitOutsideBraces(text: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (char === ',' && depth === 0) {
      pieces.push(text.slice(from, at));
      from = at + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** Index of the brace that closes the one at `open`; the braces have been checked. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; ; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at;
  }
}

function findOpenBrace(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '{') return at;
  }
  return -1;
}

function checkBraces(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length && depth >= 0; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '{') depth++;
    else if (char === '}') depth--;
  }
  if (depth === 0) return;
  throw new Error(
    `The braces of the path ${text} do not pair up. Close every { with a }, or write \\{ and \\} for braces in a name.`,
  );
}
