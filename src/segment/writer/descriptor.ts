import { type ByteSource, bytesSource } from './byteSource.ts';
import { concatBytes, int32Bytes, utf8 } from './bytes.ts';

/** JSON of the bitmap type, in descriptors and in index.drd. */
export const ROARING_JSON = '{"type":"roaring"}';

const BYTE_ORDER = '"byteOrder":"LITTLE_ENDIAN"';
const BITMAPS = `"bitmapSerdeFactory":${ROARING_JSON}`;

/** Descriptor of a numeric column; `__time` is a long. */
export function numericDescriptor(type: 'long' | 'float' | 'double'): ByteSource {
  return descriptor(type.toUpperCase(), false, `{"type":"${type}V2",${BYTE_ORDER},${BITMAPS}}`);
}

/** Descriptor of a string column with a dictionary. */
export function stringDescriptor(hasMultipleValues: boolean): ByteSource {
  return descriptor('STRING', hasMultipleValues, `{"type":"stringDictionary",${BITMAPS},${BYTE_ORDER}}`);
}

/** Descriptor of a complex column; `typeName` names its serialiser in Druid. */
export function complexDescriptor(typeName: string): ByteSource {
  return descriptor('COMPLEX', false, `{"type":"complex","typeName":${JSON.stringify(typeName)}}`);
}

/** By their JSON. There are few, and small segments have thousands of columns. */
const known = new Map<string, ByteSource>();

/** i32 length and JSON; key order is Druid's. */
function descriptor(valueType: string, hasMultipleValues: boolean, part: string): ByteSource {
  const text = `{"valueType":"${valueType}","hasMultipleValues":${hasMultipleValues},"parts":[${part}]}`;
  let found = known.get(text);
  if (found === undefined) {
    const json = utf8(text);
    found = bytesSource(concatBytes([int32Bytes(json.length), json]));
    known.set(text, found);
  }
  return found;
}
