import { FieldKind } from '../input/record.ts';
import type { RecordBatch } from '../input/recordBatch.ts';
import { javaTextOfJson } from './numbers/javaText.ts';

const encoder = new TextEncoder();
/** U+FEFF at the start of a value is part of it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The UTF-8 text of one field or list element as Java's `String.valueOf` has it. After `read`: `bytes[start..end)`. */
export class FieldText {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly #doubleText: (value: number) => string;

  /** @param doubleText Druid's text of a double: Java 17's or the shortest one */
  constructor(doubleText: (value: number) => string) {
    this.#doubleText = doubleText;
  }

  /** @param at place of a field that is neither absent nor null */
  read(batch: RecordBatch, at: number): void {
    const kind = batch.kinds[at] as FieldKind;
    const start = batch.starts[at];
    if (kind === FieldKind.list) this.#encode(`[${this.#elementTexts(batch, start, batch.ends[at]).join(', ')}]`);
    else if (kind === FieldKind.nested) this.#encode(javaTextOfJson(batch.values[start], this.#doubleText));
    else this.#scalar(batch, kind, start, batch.ends[at]);
  }

  /** @param element place of a list's element that is not null */
  readElement(batch: RecordBatch, element: number): void {
    const { kinds, starts, ends } = batch.elements;
    this.#scalar(batch, kinds[element] as FieldKind, starts[element], ends[element]);
  }

  /** Takes a value of a nested field. */
  readValue(value: unknown): void {
    this.#encode(javaTextOfJson(value, this.#doubleText));
  }

  #scalar(batch: RecordBatch, kind: FieldKind, start: number, end: number): void {
    switch (kind) {
      case FieldKind.text:
        this.#encode(batch.texts[start]);
        return;
      case FieldKind.decimal:
        this.#encode(this.#doubleText(Number(latin1(batch.bytes, start, end))));
        return;
      case FieldKind.true:
        this.#take(TRUE, 0, TRUE.length);
        return;
      case FieldKind.false:
        this.#take(FALSE, 0, FALSE.length);
        return;
      default: {
        // The literal of an integer is Java's text of it, but for "-0".
        const minusZero =
          kind === FieldKind.integer &&
          end - start === 2 &&
          batch.bytes[start] === MINUS &&
          batch.bytes[start + 1] === ZERO;
        this.#take(batch.bytes, minusZero ? start + 1 : start, end);
      }
    }
  }

  #elementTexts(batch: RecordBatch, from: number, to: number): string[] {
    const texts: string[] = [];
    for (let element = from; element < to; element++) {
      if (batch.elements.kinds[element] === FieldKind.null) texts.push('null');
      else {
        this.readElement(batch, element);
        texts.push(decoder.decode(this.bytes.subarray(this.start, this.end)));
      }
    }
    return texts;
  }

  /** Lone surrogates become `?`, as Java's encoder has it. */
  #encode(text: string): void {
    const bytes = encoder.encode(text.isWellFormed() ? text : replaceLoneSurrogates(text));
    this.#take(bytes, 0, bytes.length);
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}

const TRUE = encoder.encode('true');
const FALSE = encoder.encode('false');
const MINUS = 0x2d;
const ZERO = 0x30;

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

function replaceLoneSurrogates(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?');
}
