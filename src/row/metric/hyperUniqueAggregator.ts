import { FieldKind } from '../../input/record.ts';
import { BATCH_ROWS } from '../../input/recordBatch.ts';
import { murmur3x64_128 } from '../../kernel/murmur3.ts';
import type { HyperUniqueState } from '../../rollup/metrics/hyperUniqueState.ts';
import type { FieldText } from '../fieldText.ts';
import type { Aggregator, GroupedRecords } from './aggregator.ts';

/** hyperUnique over the texts of a field, each element of a list for itself (HyperUniquesSerde's extractor). */
export class HyperUniqueAggregator implements Aggregator {
  readonly #state: HyperUniqueState;
  readonly #slot: number;
  readonly #text: FieldText;
  readonly #nullElementsAsText: boolean;
  readonly #hash = new Uint8Array(16);

  /** @param nullElementsAsText whether null elements of lists count, as the text "null" (docs/quirks.md, row 3); else they do not */
  constructor(state: HyperUniqueState, slot: number, text: FieldText, nullElementsAsText: boolean) {
    this.#state = state;
    this.#slot = slot;
    this.#text = text;
    this.#nullElementsAsText = nullElementsAsText;
  }

  aggregate({ batch, records, rows, count }: GroupedRecords): void {
    const base = this.#slot * BATCH_ROWS;
    for (let i = 0; i < count; i++) {
      const at = base + records[i];
      const kind = batch.kinds[at];
      if (kind <= FieldKind.null) continue;
      if (kind === FieldKind.list) {
        for (let element = batch.starts[at]; element < batch.ends[at]; element++) {
          if (batch.elements.kinds[element] !== FieldKind.null) this.#text.readElement(batch, element);
          else if (this.#nullElementsAsText) this.#text.readValue(null);
          else continue;
          this.#add(rows[i]);
        }
      } else if (kind === FieldKind.nested && Array.isArray(batch.values[batch.starts[at]])) {
        for (const value of batch.values[batch.starts[at]] as unknown[]) {
          if (value === null && !this.#nullElementsAsText) continue;
          this.#text.readValue(value);
          this.#add(rows[i]);
        }
      } else {
        this.#text.read(batch, at);
        this.#add(rows[i]);
      }
    }
  }

  #add(row: number): void {
    const { bytes, start, end } = this.#text;
    murmur3x64_128(bytes, start, end, 0, this.#hash, 0);
    this.#state.addHash(row, this.#hash, 0);
  }
}
