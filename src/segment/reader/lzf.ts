/**
 * Decodes a sequence of LZF chunks as the compress-lzf library writes them: `ZV`, type 1, compressed and plain length (u16 each), data;
 * or `ZV`, type 0, length, plain data.
 *
 * @returns number of bytes written to `target` from its start
 * @throws RangeError when the data is malformed or longer than the target
 * @see the LZF format of liblzf and com.ning.compress.lzf.LZFChunk
 */
export function lzfDecode(source: Uint8Array, sourceStart: number, sourceEnd: number, target: Uint8Array): number {
  let input = sourceStart;
  let output = 0;
  while (input < sourceEnd) {
    if (input + 5 > sourceEnd || source[input] !== 0x5a || source[input + 1] !== 0x56) throw malformed(input);
    const type = source[input + 2];
    const length = (source[input + 3] << 8) | source[input + 4];
    if (type === 0) {
      const data = input + 5;
      if (data + length > sourceEnd || output + length > target.length) throw malformed(input);
      target.set(source.subarray(data, data + length), output);
      input = data + length;
      output += length;
    } else if (type === 1) {
      if (input + 7 > sourceEnd) throw malformed(input);
      const plain = (source[input + 5] << 8) | source[input + 6];
      const data = input + 7;
      if (data + length > sourceEnd || output + plain > target.length) throw malformed(input);
      decodeChunk(source, data, data + length, target, output, output + plain);
      input = data + length;
      output += plain;
    } else {
      throw malformed(input + 2);
    }
  }
  return output;
}

function decodeChunk(
  source: Uint8Array,
  sourceStart: number,
  sourceEnd: number,
  target: Uint8Array,
  targetStart: number,
  targetEnd: number,
): void {
  let input = sourceStart;
  let output = targetStart;
  while (input < sourceEnd) {
    const control = source[input++];
    if (control < 32) {
      const literals = control + 1;
      if (input + literals > sourceEnd || output + literals > targetEnd) throw malformed(input);
      for (const end = input + literals; input < end; ) target[output++] = source[input++];
      continue;
    }
    let length = (control >>> 5) + 2;
    if (length === 9) length += source[input++];
    const from = output - (((control & 31) << 8) | source[input++]) - 1;
    if (input > sourceEnd || from < targetStart || output + length > targetEnd) throw malformed(input);
    // Byte by byte: a match may overlap what it writes.
    for (let i = 0; i < length; i++) target[output + i] = target[from + i];
    output += length;
  }
  if (output !== targetEnd) throw malformed(input);
}

function malformed(at: number): RangeError {
  return new RangeError(`malformed lzf data near byte ${at}`);
}
