/** A byte's place in UTF-16 order: EE and EF go behind F4. */
// @ts-ignore: decorator
@inline
export function orderOf(byte: u32): u32 {
  return byte == 0xee || byte == 0xef ? byte + 7 : byte;
}
