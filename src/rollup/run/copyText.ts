/** Up to this length a loop is faster than a view and its `set`. */
const LOOP_BYTES_MAX = 48;

/** Copies `source[start, end)`, which is mostly short, to `target` from `at` on. */
export function copyText(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  if (end - start > LOOP_BYTES_MAX) {
    target.set(source.subarray(start, end), at);
    return;
  }
  for (let from = start, to = at; from < end; ) target[to++] = source[from++];
}
