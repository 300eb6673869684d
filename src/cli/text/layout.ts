/** A cell of a table. */
export interface Cell {
  readonly text: string;
  /** Colors it; called after padding, since color codes have no width. */
  readonly paint?: (text: string) => string;
}

/** A text in no color. */
export function plain(text: string): Cell {
  return { text };
}

/**
 * Rows of cells as lines, columns as wide as their widest cell, with no blanks at line ends.
 *
 * @param align of each column
 * @param gap blanks between columns
 */
export function tableLines(
  rows: readonly (readonly Cell[])[],
  align: readonly ('left' | 'right')[],
  gap = 2,
): string[] {
  const widths = align.map((_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.text.length ?? 0), 0),
  );
  return rows.map((row) => {
    let line = '';
    let pending = '';
    row.forEach(({ text, paint }, column) => {
      if (column > 0) pending += ' '.repeat(gap);
      const blanks = ' '.repeat(widths[column] - text.length);
      if (align[column] === 'right') pending += blanks;
      if (text !== '') {
        line += pending + (paint === undefined ? text : paint(text));
        pending = '';
      }
      if (align[column] === 'left') pending += blanks;
    });
    return line;
  });
}

/** Breaks a text at blanks into lines of at most `width` characters; longer words stand alone, and over. */
export function wrapWords(text: string, width: number): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return wrapItems(words, width);
}

/** The same for a list of texts that stay in one piece each. */
export function wrapItems(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line === '') line = item;
    else if (line.length + 1 + item.length <= width) line += ` ${item}`;
    else {
      lines.push(line);
      line = item;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
