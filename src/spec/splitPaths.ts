/**
 * Divides a Hadoop path list at its commas, leaving those inside `{a,b}` alternatives alone, as `FileInputFormat` does. A
 * backslash takes its meaning from the character after it; it stays in the path, where the glob reads it.
 */
export function splitPaths(text: string): string[] {
  const paths: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '{') depth++;
    else if (char === '}' && depth > 0) depth--;
    else if (char === ',' && depth === 0) {
      paths.push(text.slice(start, at));
      start = at + 1;
    }
  }
  paths.push(text.slice(start));
  return paths;
}
