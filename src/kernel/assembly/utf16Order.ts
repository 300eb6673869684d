/** A byte's place in UTF-16 order: EE and EF go behind F4. */
// @ts-ignore: decorator
@inline
export function orderOf(byte: u32): u32 {
  return byte == 0xee || byte == 0xef ? byte + 7 : byte;
}

/** Bytes that two texts have in common from the first ones on, of which the first `from` are known to be; `most` at most. */
// @ts-ignore: decorator
@inline
export function sharedBytes(left: usize, right: usize, from: u32, most: u32): u32 {
  for (let at = from; at < most; at += 8) {
    const difference = load<u64>(left + at) ^ load<u64>(right + at);
    if (difference != 0) return min<u32>(most, at + <u32>(ctz<u64>(difference) >>> 3));
  }
  return most;
}
