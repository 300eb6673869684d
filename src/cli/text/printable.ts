/** Control characters, lone surrogates, and marks that turn the direction of writing: in data they could forge what a terminal shows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** A text of unknown origin on one line, with what no terminal should get as JSON escapes. */
export function printableLine(text: string): string {
  return text.replace(UNPRINTABLE, escapeOf);
}

/** The same for a text that may have several lines: line ends and tabs stay. */
export function printableText(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === '\n' || character === '\t' ? character : escapeOf(character),
  );
}

function escapeOf(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
}

/** A text cut to a number of characters, the last three then being dots. */
export function cutTo(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = [...text];
  if (characters.length <= length) return text;
  return `${characters.slice(0, Math.max(0, length - 3)).join('')}...`;
}
