import { estimateHyperUnique } from './hyperUnique.ts';
import { JsonDouble, jsonText } from './jsonText.ts';
import { sketchFacts } from './sketchFacts.ts';

/**
 * The JSON text of a complex value: what can be told of a known type from its bytes, as Druid's dump does; else the bytes in base64.
 *
 * @param raw whether the bytes stand beside what was decoded
 */
export function complexText(typeName: string, bytes: Uint8Array | null, raw: boolean): string {
  // An empty HLL sketch is stored as no bytes and read back as null.
  if (bytes === null || (typeName === 'HLLSketch' && bytes.length === 0)) return 'null';
  const facts = typeName === 'hyperUnique' ? hyperUniqueFacts(bytes) : sketchFacts(typeName, bytes);
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  if (facts === null) return jsonText({ bytes: base64 });
  return jsonText(raw ? { ...facts, bytes: base64 } : facts);
}

function hyperUniqueFacts(bytes: Uint8Array): Record<string, unknown> | null {
  const estimate = estimateHyperUnique(bytes);
  return estimate === null ? null : { estimate: new JsonDouble(estimate) };
}
