import type { SegmentWriter } from '../../segment/writer/segmentWriter.ts';
import { ByteDictionary } from '../dictionary/byteDictionary.ts';
import type { BlockReader, BlockWriter } from '../run/blockBytes.ts';
import { putTime } from './byTimeState.ts';
import type { MetricState } from './metricState.ts';

/**
 * stringFirst and stringLast: the text with the smallest or largest time, chopped to a number of UTF-8 bytes. Nulls are no
 * candidates; a row with nothing but nulls stores a null with the end of Druid's time range (half of Java's Long range).
 */
export class StringByTimeState implements MetricState {
  readonly bytesPerRow = 48;
  readonly #first: boolean;
  readonly #bytesMax: number;
  readonly #texts = new ByteDictionary();
  #times = new Float64Array(0);
  #ids = new Int32Array(0);

  constructor(operation: 'first' | 'last', maxStringBytes: number) {
    this.#first = operation === 'first';
    this.#bytesMax = maxStringBytes;
  }

  ensure(rows: number): void {
    const held = this.#times.length;
    if (rows <= held) return;
    const size = Math.max(rows, held * 2);
    const times = new Float64Array(size);
    times.set(this.#times);
    times.fill(this.#emptyTime(), held);
    this.#times = times;
    const ids = new Int32Array(size);
    ids.set(this.#ids);
    this.#ids = ids;
  }

  clear(rows: number): void {
    this.#times.fill(this.#emptyTime(), 0, rows);
    this.#ids.fill(0, 0, rows);
    this.#texts.clear();
  }

  add(row: number, time: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#wins(row, time)) return;
    this.#times[row] = time;
    this.#ids[row] = this.#texts.intern(bytes, start, chop(bytes, start, end, this.#bytesMax));
  }

  fold(row: number, source: StringByTimeState, sourceRow: number): void {
    const id = source.#ids[sourceRow];
    if (id === 0 || !this.#wins(row, source.#times[sourceRow])) return;
    this.#times[row] = source.#times[sourceRow];
    this.#ids[row] = this.#texts.intern(source.#texts.bytes, source.#texts.ends[id - 1], source.#texts.ends[id]);
  }

  take(first: number, source: StringByTimeState, rows: number): void {
    for (let row = 0; row < rows; row++) this.fold(first + row, source, row);
  }

  write(block: BlockWriter, order: Int32Array, from: number, to: number): void {
    const count = to - from;
    const times = block.float64(count);
    for (let i = 0; i < count; i++) times[i] = this.#times[order[from + i]];
    // Texts of the block, each row's own: lengths + 1, 0 for null.
    const { bytes, ends } = this.#texts;
    const lengths = block.int32(count);
    let total = 0;
    for (let i = 0; i < count; i++) {
      const id = this.#ids[order[from + i]];
      lengths[i] = id === 0 ? 0 : ends[id] - ends[id - 1] + 1;
      total += Math.max(0, lengths[i] - 1);
    }
    block.int32(1)[0] = total;
    const target = block.uint8(total);
    for (let i = 0, at = 0; i < count; i++) {
      const id = this.#ids[order[from + i]];
      if (id === 0) continue;
      target.set(bytes.subarray(ends[id - 1], ends[id]), at);
      at += ends[id] - ends[id - 1];
    }
  }

  read(block: BlockReader, rows: number): void {
    this.#times = block.float64(rows);
    const lengths = block.int32(rows);
    const bytes = block.uint8(block.int32(1)[0]);
    this.#texts.clear();
    this.#ids = new Int32Array(rows);
    for (let row = 0, at = 0; row < rows; row++) {
      if (lengths[row] === 0) continue;
      const end = at + lengths[row] - 1;
      this.#ids[row] = this.#texts.intern(bytes, at, end);
      at = end;
    }
  }

  append(segment: SegmentWriter, metric: number, rows: number): void {
    const { bytes, ends } = this.#texts;
    const elementEnds = new Int32Array(rows);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const id = this.#ids[row];
      total += PAIR_HEADER + (id === 0 ? 0 : ends[id] - ends[id - 1]);
      elementEnds[row] = total;
    }
    // SerializablePairLongStringSimpleStagedSerde: i64 time, i32 length, UTF-8; both "" and null have length 0.
    const elements = new Uint8Array(total);
    const view = new DataView(elements.buffer);
    const time = new Int32Array(2);
    for (let row = 0, at = 0; row < rows; row++) {
      const id = this.#ids[row];
      const start = id === 0 ? 0 : ends[id - 1];
      const length = id === 0 ? 0 : ends[id] - start;
      putTime(time, 0, this.#times[row], TIME_MAX, TIME_MIN);
      view.setInt32(at, time[1]);
      view.setInt32(at + 4, time[0]);
      view.setInt32(at + 8, length);
      if (length > 0) elements.set(bytes.subarray(start, start + length), at + PAIR_HEADER);
      at += PAIR_HEADER + length;
    }
    segment.appendComplex(metric, elements, elementEnds, null, rows);
  }

  extraMemory(): number {
    return this.#texts.memoryUsage();
  }

  #wins(row: number, time: number): boolean {
    return this.#first ? time < this.#times[row] : time >= this.#times[row];
  }

  #emptyTime(): number {
    return this.#first ? Infinity : -Infinity;
  }
}

const PAIR_HEADER = 12;
/** Druid's DateTimes.MAX and MIN: Long.MAX_VALUE / 2 and Long.MIN_VALUE / 2, as (low, high) pairs. */
const TIME_MAX = [-1, 0x3fffffff] as const;
const TIME_MIN = [0, -0x40000000] as const;

/** Druid's StringUtils.chop: at most so many bytes, and no part of a character. */
function chop(bytes: Uint8Array, start: number, end: number, most: number): number {
  if (end - start <= most) return end;
  let at = start + most;
  while (at > start && (bytes[at] & 0xc0) === 0x80) at--;
  return at;
}
