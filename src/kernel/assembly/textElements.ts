// Makes elements of a GenericIndexed of a block of texts that is in order. Caller: src/rollup/merge/copyTexts.ts. Texts are read and
// written up to 16 bytes past their end.

import { orderOf, sharedBytes } from './utf16Order';

/** What a call returns where a text is not above the one before it. */
const UNORDERED: i32 = -1;

/**
 * @param block a dictionary block of a run (src/rollup/run/run.ts)
 * @param last the text before the first one, of the block before
 * @param lastLength its length, -1 where there is none
 * @param out receives a marker of four zero bytes and the text, for each text
 * @param outEnds receives an int32 per text: where its element ends, counted from the first one
 * @returns the bytes of all elements, or UNORDERED
 */
export function textElements(block: usize, last: usize, lastLength: i32, out: usize, outEnds: usize): i32 {
  const count = load<i32>(block);
  const ends = block + 8;
  const texts = ends + ((<usize>count * 4 + 7) & ~7);
  let before = last;
  let lengthBefore = lastLength;
  let start: u32 = 0;
  let to = out;
  for (let i = 0; i < count; i++) {
    const end = load<u32>(ends + (<usize>i << 2));
    const text = texts + start;
    const length = <i32>(end - start);
    if (lengthBefore >= 0 && !isAbove(text, length, before, lengthBefore)) return UNORDERED;
    store<u32>(to, 0);
    to += 4;
    if (length > 256) memory.copy(to, text, length);
    else for (let at: usize = 0; at < <usize>length; at += 16) v128.store(to + at, v128.load(text + at));
    to += length;
    store<u32>(outEnds + (<usize>i << 2), <u32>(to - out));
    before = text;
    lengthBefore = length;
    start = end;
  }
  return <i32>(to - out);
}

// @ts-ignore: decorator
@inline
function isAbove(text: usize, length: i32, before: usize, lengthBefore: i32): bool {
  const most = <u32>min<i32>(length, lengthBefore);
  const at = sharedBytes(text, before, 0, most);
  if (at == most) return length > lengthBefore;
  return orderOf(load<u8>(text + at)) > orderOf(load<u8>(before + at));
}
