// LZ4 block decoder. Accepts and refuses the same blocks as src/kernel/lz4Decode.ts.

/**
 * Decodes the block [from, end) to `target`. Up to 16 bytes behind both regions are touched.
 *
 * @returns number of bytes written, or -1 when the block is malformed or longer than `capacity`
 */
export function lz4Decode(from: usize, end: usize, target: usize, capacity: usize): i32 {
  const targetEnd = target + capacity;
  let input = from;
  let output = target;
  while (input < end) {
    const token = <usize>load<u8>(input++);
    let literals = token >>> 4;
    if (literals == 15) {
      let more: usize = 255;
      while (more == 255) {
        if (input >= end) return -1;
        more = load<u8>(input++);
        literals += more;
      }
    }
    if (literals > end - input || literals > targetEnd - output) return -1;
    copyVectors(output, input, literals);
    input += literals;
    output += literals;
    if (input == end) return <i32>(output - target);
    if (end - input < 2) return -1;
    const distance = <usize>load<u16>(input);
    input += 2;
    let length = (token & 15) + 4;
    if (length == 19) {
      let more: usize = 255;
      while (more == 255) {
        if (input >= end) return -1;
        more = load<u8>(input++);
        length += more;
      }
    }
    if (distance == 0 || distance > output - target || length > targetEnd - output) return -1;
    copyMatch(output, distance, length);
    output += length;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function copyVectors(to: usize, from: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}

function copyMatch(output: usize, distance: usize, length: usize): void {
  const from = output - distance;
  if (distance >= 16) {
    copyVectors(output, from, length);
    return;
  }
  if (distance == 1) {
    memory.fill(output, load<u8>(from), length);
    return;
  }
  // A short distance repeats a pattern: each round doubles what has been written of it and copies that at once.
  let step = distance;
  const end = output + length;
  let to = output;
  while (step < 16 && to < end) {
    v128.store(to, v128.load(from));
    to += step;
    step <<= 1;
  }
  for (; to < end; to += 16) v128.store(to, v128.load(to - step));
}
