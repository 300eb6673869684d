import { KernelScan, type LineWalk, OWN_STATE, scanLines } from '../kernelScan.ts';
import type { LineBlock } from '../lines/lineBlocks.ts';
import { nextLineEnd, nextLineStart } from '../lines/lineEnds.ts';
import { FieldKind } from '../record.ts';
import type { RecordBatch } from '../recordBatch.ts';
import type { RecordScanner, ScannerOptions } from '../recordScanner.ts';
import { KernelKeys } from './kernelKeys.ts';
import { parseJsonValue } from './parseValue.ts';
import { JsonScanner } from './scanner.ts';
import { decodeJsonString } from './text.ts';

/** Words of the state of src/kernel/assembly/jsonScan.ts behind those of all scanners. */
const State = {
  keyTable: OWN_STATE,
  keyMask: OWN_STATE + 1,
  firstKey: OWN_STATE + 2,
  stoppedAt: OWN_STATE + 3,
  order: OWN_STATE + 4,
  orderEnds: OWN_STATE + 5,
  orderCount: OWN_STATE + 6,
  orderMax: OWN_STATE + 7,
  words: OWN_STATE + 8,
} as const;

/**
 * Scans blocks of lines, a JSON object in each, into a RecordBatch: many lines per call of the batch's kernel. Lines that
 * the kernel gives back - malformed ones, new field names, rare forms - are scanned by a JsonScanner, one at a time; so
 * the results are those of a JsonScanner for every line.
 */
export class JsonBlockScanner implements RecordScanner, LineWalk {
  readonly #batch: RecordBatch;
  readonly #scanner: JsonScanner;
  readonly #keys: KernelKeys;
  readonly #onMalformed: ScannerOptions['onMalformed'];
  readonly #scan: KernelScan;
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
    this.#scan = new KernelScan(batch, State.words);
  }

  begin(block: LineBlock): void {
    this.#bytes = block.bytes.subarray(block.start, block.end);
    this.#hasLoneCarriageReturns = block.hasLoneCarriageReturns;
    this.#at = 0;
    this.#batch.begin(this.#bytes);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(limit: number): number {
    const batch = this.#batch;
    batch.clear();
    return scanLines(batch, limit, this);
  }

  scanInKernel(limit: number): number {
    const batch = this.#batch;
    const { kernel, order } = batch;
    const { ints } = kernel;
    const state = this.#scan.prepare();
    ints[state + State.keyTable] = this.#keys.table;
    ints[state + State.keyMask] = this.#keys.mask;
    ints[state + State.firstKey] = this.#keys.first;
    ints[state + State.order] = order?.address ?? 0;
    ints[state + State.orderEnds] = order?.endsAddress ?? 0;
    ints[state + State.orderCount] = order?.count ?? 0;
    ints[state + State.orderMax] = order?.capacity ?? 0;
    const from = batch.bytesAddress + this.#at;
    const end = batch.bytesAddress + this.#bytes.length;
    const lines = kernel.exports.scanJsonLines(this.#scan.address, from, end, limit);
    const deferred = this.#scan.take();
    if (order !== null) order.count = ints[state + State.orderCount];
    this.#at = (ints[state + State.stoppedAt] >>> 0) - batch.bytesAddress;
    if (deferred > 0) this.#decode(deferred);
    return lines;
  }

  /** Decodes what the kernel has only found: strings with escapes or invalid UTF-8, nested values. */
  #decode(count: number): void {
    const { elements, kinds, starts, ends, texts, values } = this.#batch;
    const { starts: elementStarts, ends: elementEnds } = elements;
    for (let i = 0; i < count; i++) {
      const field = this.#scan.deferred(i);
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

  scanLine(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = nextLineEnd(bytes, start, bytes.length, this.#hasLoneCarriageReturns);
    this.#at = nextLineStart(bytes, end, bytes.length);
    const isRecord = this.#scanner.scan(bytes, start, end);
    this.#keys.update();
    if (!isRecord) this.#onMalformed(start, end, this.#scanner.problem);
  }
}
