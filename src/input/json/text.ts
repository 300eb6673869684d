import { decodeJavaUtf8 } from '../javaUtf8.ts';

/**
 * Decodes the bytes between the quotes of a JSON string; invalid UTF-8 becomes U+FFFD as in Java.
 *
 * @param escaped whether a backslash occurs between `start` and `end`
 */
export function decodeJsonString(bytes: Uint8Array, start: number, end: number, escaped: boolean): string {
  const raw = decodeJavaUtf8(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
  return escaped ? (JSON.parse(`"${raw}"`) as string) : raw;
}

/**
 * Finds the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, surrogates or values beyond
 * U+10FFFF).
 *
 * @returns its place, or -1
 */
export function invalidUtf8At(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    const size = lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) === 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    if (size === 0 || at + size > end) return at;
    const second = bytes[at + 1];
    if ((second & 0xc0) !== 0x80) return at;
    if (lead === 0xe0 && second < 0xa0) return at;
    if (lead === 0xed && second > 0x9f) return at;
    if (lead === 0xf0 && second < 0x90) return at;
    if (lead === 0xf4 && second > 0x8f) return at;
    for (let i = 2; i < size; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return at;
    at += size;
  }
  return -1;
}
