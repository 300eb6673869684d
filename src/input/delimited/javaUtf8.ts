const SURROGATE_LEAD = 0xed;

/**
 * Decodes UTF-8 as Java's `CharsetDecoder` does, which reads Druid's lines: U+FFFD stands for what is invalid. Java and the WHATWG
 * agree on how many of them, but for surrogates written in three bytes (as CESU-8 has them): one in Java, three in Node.
 */
export function decodeJavaUtf8(bytes: Buffer): string {
  return hasSurrogate(bytes) ? withoutSurrogates(bytes).toString('utf8') : bytes.toString('utf8');
}

function hasSurrogate(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(SURROGATE_LEAD); at >= 0; at = bytes.indexOf(SURROGATE_LEAD, at + 1)) {
    if (isSurrogate(bytes, at)) return true;
  }
  return false;
}

function isSurrogate(bytes: Buffer, at: number): boolean {
  return bytes[at] === SURROGATE_LEAD && (bytes[at + 1] & 0xe0) === 0xa0 && (bytes[at + 2] & 0xc0) === 0x80;
}

/** A copy with U+FFFD in place of each surrogate: it has three bytes too. */
function withoutSurrogates(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 0; at < copy.length; at++) {
    if (!isSurrogate(copy, at)) continue;
    copy[at] = 0xef;
    copy[at + 1] = 0xbf;
    copy[at + 2] = 0xbd;
  }
  return copy;
}
