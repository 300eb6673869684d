/**
 * Decodes one raw LZ4 block (no frame, no length prefix), as every block of a V9 segment is stored.
 *
 * @param source bytes holding the block, from `sourceStart` up to `sourceEnd`
 * @param target receives the output from `targetStart` on; at most `target.length - targetStart` bytes
 * @returns number of bytes written
 * @throws RangeError when the block is malformed or longer than the target
 * @see the LZ4 block format description of the lz4 project
 */
export function lz4Decode(
  source: Uint8Array,
  sourceStart: number,
  sourceEnd: number,
  target: Uint8Array,
  targetStart: number,
): number {
  let input = sourceStart;
  let output = targetStart;
  while (input < sourceEnd) {
    const token = source[input++];
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (input >= sourceEnd) throw malformed(input);
        more = source[input++];
        literals += more;
      }
    }
    if (input + literals > sourceEnd || output + literals > target.length) throw malformed(input);
    if (literals > 32) {
      target.set(source.subarray(input, input + literals), output);
      input += literals;
      output += literals;
    } else {
      for (const end = input + literals; input < end; ) target[output++] = source[input++];
    }
    if (input === sourceEnd) return output - targetStart;
    if (input + 2 > sourceEnd) throw malformed(input);
    const distance = source[input] | (source[input + 1] << 8);
    input += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more = 255;
      while (more === 255) {
        if (input >= sourceEnd) throw malformed(input);
        more = source[input++];
        length += more;
      }
    }
    let from = output - distance;
    if (distance === 0 || from < targetStart || output + length > target.length) throw malformed(input);
    if (distance >= length && length > 32) {
      target.copyWithin(output, from, from + length);
      output += length;
    } else {
      for (const end = output + length; output < end; ) target[output++] = target[from++];
    }
  }
  throw malformed(input);
}

function malformed(at: number): RangeError {
  return new RangeError(`malformed lz4 block near byte ${at}`);
}
