/** Where lines end: LF, CRLF or a lone CR, as Hadoop's org.apache.hadoop.util.LineReader has it. */

/** `\n` */
export const LF = 0x0a;
/** `\r` */
export const CR = 0x0d;

/**
 * Index of the LF or CR that ends the line beginning at `from` (of its CR, for CRLF), or `end` when none does.
 *
 * @param hasLoneCarriageReturns of the block: when false, only LF is looked for, with one native search
 */
export function nextLineEnd(bytes: Buffer, from: number, end: number, hasLoneCarriageReturns: boolean): number {
  if (!hasLoneCarriageReturns) {
    const lf = bytes.indexOf(LF, from);
    if (lf < 0 || lf >= end) return end;
    return lf > from && bytes[lf - 1] === CR ? lf - 1 : lf;
  }
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === LF || byte === CR) return at;
  }
  return end;
}

/** Whether a CR without LF behind it stands in the bytes, which ends a line too. */
export function hasLoneCarriageReturn(bytes: Buffer, from: number, end: number): boolean {
  // Bounded, so that a search does not run on through the rest of the buffer.
  const view = bytes.subarray(from, end);
  for (let at = view.indexOf(CR); at >= 0; at = view.indexOf(CR, at + 2)) {
    if (view[at + 1] !== LF) return true;
  }
  return false;
}

/** Where the next line begins, `lineEnd` being what `nextLineEnd` gave: CRLF counts as one. */
export function nextLineStart(bytes: Buffer, lineEnd: number, end: number): number {
  if (lineEnd >= end) return end;
  return bytes[lineEnd] === CR && lineEnd + 1 < end && bytes[lineEnd + 1] === LF ? lineEnd + 2 : lineEnd + 1;
}

/** Lines that begin in the bytes, `from` being the start of one. */
export function countLines(bytes: Buffer, from: number, end: number): number {
  let lines = 0;
  for (let at = from; at < end; lines++) at = nextLineStart(bytes, nextLineEnd(bytes, at, end, true), end);
  return lines;
}

/**
 * Like `nextLineStart(nextLineEnd)`, for bytes that may go on beyond `end`: -1 when no line end stands in the bytes, or only a last CR
 * whose LF may still come.
 */
export function startAfterFirstLineEnd(bytes: Buffer, from: number, end: number): number {
  const lineEnd = nextLineEnd(bytes, from, end, true);
  if (lineEnd === end || (bytes[lineEnd] === CR && lineEnd + 1 === end)) return -1;
  return nextLineStart(bytes, lineEnd, end);
}

/** Where the last, unfinished line begins in bytes that may go on beyond `end`: -1 when no line is finished for sure. */
export function startAfterLastLineEnd(bytes: Buffer, from: number, end: number): number {
  const lf = lastIndexOf(bytes, LF, from, end);
  // A CR in last place may be the first half of CRLF, so it ends nothing yet.
  const cr = lastIndexOf(bytes, CR, lf < 0 ? from : lf + 1, end - 1);
  const last = Math.max(lf, cr);
  return last < 0 ? -1 : last + 1;
}

function lastIndexOf(bytes: Buffer, byte: number, from: number, end: number): number {
  if (end <= from) return -1;
  const found = bytes.subarray(from, end).lastIndexOf(byte);
  return found < 0 ? -1 : from + found;
}
