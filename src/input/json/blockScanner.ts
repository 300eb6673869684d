import type { LineBlock } from '../lines/lineBlocks.ts';
import { nextLineEnd, nextLineStart } from '../lines/lineEnds.ts';
import { FieldKind } from '../record.ts';
import { BATCH_ROWS, type RecordBatch } from '../recordBatch.ts';
import type { RecordScanner, ScannerOptions } from '../recordScanner.ts';
import { KernelKeys } from './kernelKeys.ts';
import { parseJsonValue } from './parseValue.ts';
import { JsonScanner } from './scanner.ts';
import { decodeJsonString } from './text.ts';

/** Words of the state of src/kernel/assembly/jsonScan.ts. */
const State = {
  bytes: 0,
  kinds: 1,
  starts: 2,
  ends: 3,
  recordStarts: 4,
  recordEnds: 5,
  rows: 6,
  rowsMax: 7,
  elementKinds: 8,
  elementStarts: 9,
  elementEnds: 10,
  elements: 11,
  elementsMax: 12,
  deferred: 13,
  deferredCount: 14,
  deferredMax: 15,
  keyTable: 16,
  keyMask: 17,
  firstKey: 18,
  stoppedAt: 19,
  order: 20,
  orderEnds: 21,
  orderCount: 22,
  orderMax: 23,
  words: 24,
} as const;

/** Fields per call of the kernel that it leaves to this side. */
const DEFERRED_MAX = 4096;

/**
 * Scans blocks of lines, a JSON object in each, into a RecordBatch: many lines per call of the batch's kernel. Lines that
 * the kernel gives back - malformed ones, new field names, rare forms - are scanned by a JsonScanner, one at a time; so
 * the results are those of a JsonScanner for every line.
 */
export class JsonBlockScanner implements RecordScanner {
  readonly #batch: RecordBatch;
  readonly #scanner: JsonScanner;
  readonly #keys: KernelKeys;
  readonly #onMalformed: ScannerOptions['onMalformed'];
  readonly #state: number;
  readonly #deferred: number;
  /** The lines of the block where they came from: they stay in place when the kernel's memory grows. */
  #bytes: Buffer = Buffer.alloc(0);
  #hasLoneCarriageReturns = false;
  #at = 0;

  /** @param batch filled by this scanner only; what is scanned lies in its kernel */
  constructor(batch: RecordBatch, options: ScannerOptions) {
    const { kernel } = batch;
    this.#batch = batch;
    this.#scanner = new JsonScanner(batch, options);
    this.#keys = new KernelKeys(kernel, this.#scanner.keys);
    this.#onMalformed = options.onMalformed;
    this.#state = kernel.allocate(State.words * 4);
    this.#deferred = kernel.allocate(DEFERRED_MAX * 4);
  }

  begin(block: LineBlock): void {
    this.#bytes = block.bytes.subarray(block.start, block.end);
    this.#hasLoneCarriageReturns = block.hasLoneCarriageReturns;
    this.#at = 0;
    this.#batch.begin(this.#bytes);
  }

  next(limit: number): number {
    const batch = this.#batch;
    batch.clear();
    let lines = 0;
    while (lines < limit && batch.rows < BATCH_ROWS && this.#at < this.#bytes.length) {
      const wanted = Math.min(limit - lines, BATCH_ROWS - batch.rows);
      const scanned = this.#scanInKernel(wanted);
      lines += scanned;
      if (scanned === wanted || this.#at === this.#bytes.length) break;
      this.#scanLine();
      lines++;
    }
    return lines;
  }

  /** Scans lines up to one that the kernel gives back. */
  #scanInKernel(limit: number): number {
    const batch = this.#batch;
    const { kernel, elements, order } = batch;
    const { ints } = kernel;
    const state = this.#state >>> 2;
    ints[state + State.bytes] = batch.bytesAddress;
    ints[state + State.kinds] = batch.kindsAddress;
    ints[state + State.starts] = batch.startsAddress;
    ints[state + State.ends] = batch.endsAddress;
    ints[state + State.recordStarts] = batch.recordStartsAddress;
    ints[state + State.recordEnds] = batch.recordEndsAddress;
    ints[state + State.rows] = batch.rows;
    ints[state + State.rowsMax] = BATCH_ROWS;
    ints[state + State.elementKinds] = elements.kindsAddress;
    ints[state + State.elementStarts] = elements.startsAddress;
    ints[state + State.elementEnds] = elements.endsAddress;
    ints[state + State.elements] = batch.elementCount;
    ints[state + State.elementsMax] = elements.capacity;
    ints[state + State.deferred] = this.#deferred;
    ints[state + State.deferredCount] = 0;
    ints[state + State.deferredMax] = DEFERRED_MAX;
    ints[state + State.keyTable] = this.#keys.table;
    ints[state + State.keyMask] = this.#keys.mask;
    ints[state + State.firstKey] = this.#keys.first;
    ints[state + State.order] = order?.address ?? 0;
    ints[state + State.orderEnds] = order?.endsAddress ?? 0;
    ints[state + State.orderCount] = order?.count ?? 0;
    ints[state + State.orderMax] = order?.capacity ?? 0;
    const from = batch.bytesAddress + this.#at;
    const end = batch.bytesAddress + this.#bytes.length;
    const lines = kernel.exports.scanJsonLines(this.#state, from, end, limit);
    batch.rows = ints[state + State.rows];
    batch.elementCount = ints[state + State.elements];
    if (order !== null) order.count = ints[state + State.orderCount];
    this.#at = (ints[state + State.stoppedAt] >>> 0) - batch.bytesAddress;
    if (ints[state + State.deferredCount] > 0) this.#decode(ints[state + State.deferredCount]);
    return lines;
  }

  /** Decodes what the kernel has only found: strings with escapes or invalid UTF-8, nested values. */
  #decode(count: number): void {
    const { kernel, elements, kinds, starts, ends, texts, values } = this.#batch;
    const { starts: elementStarts, ends: elementEnds } = elements;
    const list = this.#deferred >>> 2;
    for (let i = list; i < list + count; i++) {
      const field = kernel.ints[i];
      if (field < 0) {
        const element = ~field;
        elementStarts[element] = texts.push(this.#text(elementStarts[element], elementEnds[element])) - 1;
      } else if (kinds[field] === FieldKind.text) {
        starts[field] = texts.push(this.#text(starts[field], ends[field])) - 1;
      } else if (kinds[field] === FieldKind.nested) {
        const isWanted = field < this.#batch.firstFound;
        starts[field] = isWanted ? values.push(parseJsonValue(this.#bytes, starts[field], ends[field])) - 1 : -1;
      }
      // Else a later duplicate of the key has taken its place.
    }
  }

  #text(start: number, end: number): string {
    return decodeJsonString(this.#bytes, start, end, this.#bytes.subarray(start, end).includes(0x5c));
  }

  /** Scans one line without the kernel. */
  #scanLine(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = nextLineEnd(bytes, start, bytes.length, this.#hasLoneCarriageReturns);
    this.#at = nextLineStart(bytes, end, bytes.length);
    const isRecord = this.#scanner.scan(bytes, start, end);
    this.#keys.update();
    if (!isRecord) this.#onMalformed(start, end, this.#scanner.problem);
  }
}
