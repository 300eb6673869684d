import type { ElementBatch } from '../../../src/segment/writer/elementBatch.ts';

/** Texts, given in UTF-8 or as strings, as a merge hands them on. */
export function textElements(texts: readonly (string | Uint8Array)[]): ElementBatch {
  const elements = texts.map((text) => Buffer.concat([Buffer.alloc(4), Buffer.from(text as string)]));
  let end = 0;
  const ends = Int32Array.from(elements, ({ length }) => {
    end += length;
    return end;
  });
  return { bytes: Buffer.concat(elements), ends };
}
