import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RecordReader } from '../../input/createScanner.ts';
import type { LineBlock } from '../../input/lines/lineBlocks.ts';
import { countLines } from '../../input/lines/lineEnds.ts';
import type { RecordBatch } from '../../input/recordBatch.ts';
import { TooManyFieldsError } from '../../input/TooManyFieldsError.ts';
import { badRows, type RowReason } from '../../row/rowCounts.ts';
import { storageFor } from '../../storage/storage.ts';
import type { TaskContext } from '../job.ts';
import { InputHasher } from '../units/inputHash.ts';
import { samplesOfLetters } from './deadLetterFile.ts';
import { LetterBox, letterText } from './deadLetters.ts';
import { BadRowsError } from './errors.ts';
import type { MapLetters, MapManifest, MapPayload } from './indexPayload.ts';
import { MapOutput } from './mapOutput.ts';
import { leaveWorkspace, MapWorkspace, takeWorkspace } from './mapWorkspace.ts';
import type { RowAssembler } from './rowAssembler.ts';

/** Records between two looks at the memory in use: a fixed number, so that runs are cut at the same records everywhere. */
const CHECK_RECORDS = 4096;

/** Parses one split, rolls its rows up and leaves them as sorted runs. */
export async function mapIndex(payload: MapPayload, context: TaskContext): Promise<MapManifest> {
  const workspace = takeWorkspace(payload.config);
  const isUsed = workspace.batch.foundFields > 0;
  try {
    return await mapIn(workspace, payload, context);
  } catch (error) {
    // Some of the fields may be those of splits before, and whether a split has too many must not depend on these.
    if (!isUsed || !(error instanceof TooManyFieldsError)) throw error;
  }
  return mapIn(new MapWorkspace(payload.config), payload, context);
}

async function mapIn(workspace: MapWorkspace, payload: MapPayload, context: TaskContext): Promise<MapManifest> {
  const manifest = await new MapTask(payload, context, workspace).run();
  leaveWorkspace(workspace);
  return manifest;
}

class MapTask {
  readonly #payload: MapPayload;
  readonly #context: TaskContext;
  readonly #batch: RecordBatch;
  readonly #reader: RecordReader;
  readonly #assembler: RowAssembler;
  readonly #output: MapOutput;
  readonly #letters = new LetterBox();
  readonly #hasher: InputHasher;
  /** Lines read of each input. */
  readonly #lines: number[];
  /** Which input of the split is being read. */
  #input = 0;
  /** The input whose packed bytes were counted last. */
  #entered = -1;
  /** A place in the block that a line begins at, and the lines of the block before it. */
  #place = 0;
  #placeLines = 0;
  /** Bytes of the blocks so far, unpacked. */
  #readBytes = 0;
  /** Records of the current stretch between two looks at the memory. */
  #stretch = 0;
  readonly #stretchMax: number;
  #block: LineBlock | null = null;

  constructor(payload: MapPayload, context: TaskContext, workspace: MapWorkspace) {
    const { job } = payload.config;
    this.#payload = payload;
    this.#context = context;
    this.#lines = payload.split.inputs.map(() => 0);
    this.#hasher = new InputHasher(payload.split);
    this.#output = new MapOutput(payload, context.attemptDirectory);
    this.#batch = workspace.batch;
    this.#reader = workspace.reader;
    this.#assembler = workspace.assembler;
    workspace.onMalformed = (start, end, problem) => this.#malformed(start, end, problem);
    this.#stretchMax = Math.max(1, Math.min(CHECK_RECORDS, job.tuning.maxRowsInMemory));
  }

  async run(): Promise<MapManifest> {
    const { split, config } = this.#payload;
    const storageOf = (path: string) => storageFor(path, config.hadoop);
    const watch = this.#hasher.watch.bind(this.#hasher);
    for await (const block of this.#reader.blocks(split, { storageOf, watch })) {
      this.#enter(block);
      const lines = block.overlongBytes === undefined ? this.#scanBlock(block) : this.#passOver(block.overlongBytes);
      this.#lines[this.#input] += lines;
      this.#context.progress.addBytes(this.#storedBytes(block));
    }
    if (this.#assembler.index.rows > 0) this.#flush();
    const { counts, chunkRecords } = this.#assembler;
    const { letters, lines } = { ...this.#mapLetters(), letters: this.#writeLetters() };
    return {
      split,
      inputHash: this.#hasher.digest(),
      lines,
      letters,
      counts,
      chunkRecords: [...chunkRecords],
      ...this.#output.finish(),
    };
  }

  /** Bytes of a block as stored; for gzip all of the file, or of the part of it, at its first block. */
  #storedBytes({ start, end }: LineBlock): number {
    const { codec, length, unpacked } = this.#payload.split.inputs[this.#input];
    if (codec === 'none') return end - start;
    if (this.#entered === this.#input) return 0;
    this.#entered = this.#input;
    return unpacked?.packedBytes ?? length;
  }

  #enter(block: LineBlock): void {
    this.#block = block;
    this.#readBytes += block.end - block.start;
    const { inputs } = this.#payload.split;
    while (inputs[this.#input].index !== block.inputIndex) this.#input++;
    this.#lines[this.#input] += block.skippedLines ?? 0;
    this.#place = 0;
    this.#placeLines = 0;
  }

  /** @returns lines of the block */
  #scanBlock(block: LineBlock): number {
    this.#reader.scanner.begin(block);
    let lines = 0;
    for (;;) {
      const scanned = this.#reader.scanner.next(this.#stretchMax - this.#stretch);
      if (scanned === 0) return lines;
      lines += scanned;
      this.#stretch += scanned;
      this.#assemble();
    }
  }

  /** Counts a line of which the block holds the beginning only. @returns 1 */
  #passOver(bytes: number): number {
    const { bytes: shown } = this.#block as LineBlock;
    this.#assembler.counts.unparseable.malformed++;
    this.#keep('malformed', 0, shown, bytes, `the line has ${bytes} bytes, more than a record may have`);
    this.#checkBadRows();
    return 1;
  }

  #malformed(start: number, end: number, problem: string): void {
    this.#assembler.counts.unparseable.malformed++;
    this.#letter('malformed', start, end, problem);
    this.#checkBadRows();
  }

  #assemble(): void {
    const { rows } = this.#batch;
    if (rows > 0) {
      this.#assembler.add(this.#batch, (reason, record) => this.#report(reason, record));
      this.#checkBadRows();
      this.#context.progress.addRows(rows);
    }
    if (this.#stretch < this.#stretchMax) return;
    this.#stretch = 0;
    const { maxRowsInMemory, maxBytesInMemory } = this.#payload.config.job.tuning;
    if (
      this.#assembler.index.rows >= maxRowsInMemory ||
      (maxBytesInMemory !== null && this.#assembler.memoryUsage() >= maxBytesInMemory)
    ) {
      this.#flush();
    }
  }

  #flush(): void {
    this.#output.flush(this.#assembler, this.#readBytes);
    this.#assembler.clear();
  }

  #report(reason: RowReason, record: number): void {
    const batch = this.#batch;
    this.#letter(reason, batch.recordStarts[record], batch.recordEnds[record], MESSAGES[reason]);
  }

  /** Keeps a record that stands at a place of the block. */
  #letter(reason: RowReason, start: number, end: number, message: string): void {
    if (this.#letters.wants(reason))
      this.#keep(reason, start, this.#batch.bytes.subarray(start, end), end - start, message);
  }

  /** @param shown the record's bytes, or the first of them */
  #keep(reason: RowReason, start: number, shown: Buffer, bytes: number, message: string): void {
    const { path, inputIndex, firstOffset } = this.#block as LineBlock;
    const line = this.#lines[this.#input] + this.#linesUpTo(start) + 1;
    this.#letters.add({
      reason,
      input: inputIndex,
      path,
      line,
      offset: firstOffset + start,
      message,
      bytes,
      ...letterText(shown),
    });
  }

  /** Lines of the block before the one that begins at a place: counted on from the place of the last letter, where it lies before. */
  #linesUpTo(start: number): number {
    const { bytes, start: first } = this.#block as LineBlock;
    const isBehind = start >= this.#place;
    const from = isBehind ? this.#place : 0;
    this.#placeLines = (isBehind ? this.#placeLines : 0) + countLines(bytes, first + from, first + start);
    this.#place = start;
    return this.#placeLines;
  }

  #mapLetters(): Pick<MapLetters, 'split' | 'lines'> {
    return { split: this.#payload.split, lines: this.#lines };
  }

  #writeLetters(): MapLetters['letters'] {
    const letters = this.#letters.sorted();
    if (letters.length === 0) return null;
    const path = join(this.#context.attemptDirectory, 'dead-letters.json');
    const bytes = Buffer.from(JSON.stringify(letters));
    writeFileSync(path, bytes, { mode: 0o600 });
    return {
      path,
      bytes: bytes.length,
      crc32: crc32(bytes),
      reasons: [...new Set(letters.map(({ reason }) => reason))],
    };
  }

  #checkBadRows(): void {
    const { badRowsMax } = this.#payload;
    if (badRowsMax === null) return;
    const { counts } = this.#assembler;
    const bad = badRows(counts);
    if (bad <= badRowsMax) return;
    const letters = this.#letters.sorted();
    throw new BadRowsError(bad, badRowsMax, samplesOfLetters(letters), { ...this.#mapLetters(), letters, counts });
  }
}

const MESSAGES: Record<RowReason, string> = {
  malformed: 'not a record',
  timestamp: 'no readable timestamp',
  outsideIntervals: 'outside the intervals of the granularitySpec',
  filtered: 'dropped by the filter of the transformSpec',
  badValue: 'a dimension or metric value is not of its type; it is stored as null',
};
