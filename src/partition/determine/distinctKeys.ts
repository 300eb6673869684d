import { CursorHeap } from '../../rollup/merge/heap.ts';
import { compareKeys, type KeyCursor } from './keyRun.ts';

/**
 * Walks over sections of one part and time chunk and visits every distinct key once. Equal hashes of 128 bits are equal keys.
 *
 * @param visit gets a cursor at the key, valid during the call
 * @returns number of distinct keys
 */
export function forEachDistinctKey(cursors: readonly KeyCursor[], visit: (cursor: KeyCursor) => void): number {
  const heap = new CursorHeap(cursors.length, (left, right) => compareKeys(cursors[left], cursors[right]));
  for (let i = 0; i < cursors.length; i++) if (cursors[i].next()) heap.push(i);
  const last = new Uint8Array(16);
  let count = 0;
  while (heap.size > 0) {
    const cursor = cursors[heap.top];
    if (count === 0 || !isHash(last, cursor)) {
      for (let i = 0; i < 16; i++) last[i] = cursor.hashes[cursor.hashAt + i];
      count++;
      visit(cursor);
    }
    if (cursor.next()) heap.sink();
    else heap.pop();
  }
  return count;
}

/**
 * Visits every key as often as it stands in the sections, in their order: what `assumeGrouped` counts.
 *
 * @returns number of keys
 */
export function forEachKey(cursors: readonly KeyCursor[], visit: (cursor: KeyCursor) => void): number {
  let count = 0;
  for (const cursor of cursors) {
    for (; cursor.next(); count++) visit(cursor);
  }
  return count;
}

function isHash(hash: Uint8Array, cursor: KeyCursor): boolean {
  for (let i = 0; i < 16; i++) if (hash[i] !== cursor.hashes[cursor.hashAt + i]) return false;
  return true;
}
