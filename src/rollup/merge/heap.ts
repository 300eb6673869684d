/**
 * A binary heap of small numbers (cursors), ordered by a comparison given from outside. Equal ones leave in ascending order of
 * number, so a merge takes equal keys in position order.
 */
export class CursorHeap {
  size = 0;
  readonly #items: Int32Array;
  readonly #compare: (left: number, right: number) => number;

  constructor(capacity: number, compare: (left: number, right: number) => number) {
    this.#items = new Int32Array(capacity);
    this.#compare = compare;
  }

  get top(): number {
    return this.#items[0];
  }

  push(item: number): void {
    let at = this.size++;
    this.#items[at] = item;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(item, this.#items[parent])) break;
      this.#items[at] = this.#items[parent];
      at = parent;
    }
    this.#items[at] = item;
  }

  /** Puts the top in its place again after its key grew. */
  sink(): void {
    const items = this.#items;
    const item = items[0];
    const { size } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(items[child + 1], items[child])) child++;
      if (!this.#before(items[child], item)) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = item;
  }

  /** Takes the top out. */
  pop(): void {
    this.#items[0] = this.#items[--this.size];
    if (this.size > 1) this.sink();
  }

  #before(left: number, right: number): boolean {
    const order = this.#compare(left, right);
    return order !== 0 ? order < 0 : left < right;
  }
}
