const SURROGATE_LEAD = 0xed;
/** Begins nothing and belongs to nothing in UTF-8: one U+FFFD, whatever stands beside it. */
const NO_BYTE = 0xff;

/**
 * Decodes UTF-8 as Java's `CharsetDecoder` does, which reads Druid's lines: U+FFFD stands for what is invalid. Java and the WHATWG
 * agree on how many of them, but for surrogates written as three bytes (as CESU-8 has them), whole or without their last byte: one in
 * Java, one for each byte in Node.
 */
export function decodeJavaUtf8(bytes: Buffer): string {
  const surrogate = surrogateFrom(bytes, 0);
  return surrogate < 0 ? bytes.toString('utf8') : withoutSurrogates(bytes, surrogate).toString('utf8');
}

/** The place of the first surrogate from a place on, or -1. */
function surrogateFrom(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(SURROGATE_LEAD, from);
  // With fewer bits in its second byte it is a character of Hangul.
  while (at >= 0 && (bytes[at + 1] & 0xe0) !== 0xa0) at = bytes.indexOf(SURROGATE_LEAD, at + 1);
  return at;
}

/** A copy with one invalid byte in place of each surrogate. */
function withoutSurrogates(bytes: Buffer, first: number): Buffer {
  const copy = Buffer.from(bytes);
  let length = first;
  for (let at = first, next = 0; at >= 0; at = next) {
    copy[length++] = NO_BYTE;
    const after = at + ((bytes[at + 2] & 0xc0) === 0x80 ? 3 : 2);
    next = surrogateFrom(bytes, after);
    const end = next < 0 ? bytes.length : next;
    length += bytes.copy(copy, length, after, end);
  }
  return copy.subarray(0, length);
}
