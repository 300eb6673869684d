import { type ByteSource, bytesSource } from './byteSource.ts';
import { concatBytes, int32Bytes, utf8 } from './bytes.ts';

/** JSON of the bitmap type, in descriptors and in index.drd. */
export const ROARING_JSON = '{"type":"roaring"}';

const BYTE_ORDER = '"byteOrder":"LITTLE_ENDIAN"';
const BITMAPS = `"bitmapSerdeFactory":${ROARING_JSON}`;

const NUMERIC = { long: numeric('long'), float: numeric('float'), double: numeric('double') };
const SINGLE_STRING = string(false);
const MULTI_STRING = string(true);

/** Descriptor of a numeric column; `__time` is a long. */
export function numericDescriptor(type: 'long' | 'float' | 'double'): ByteSource {
  return NUMERIC[type];
}

/** Descriptor of a string column with a dictionary. */
export function stringDescriptor(hasMultipleValues: boolean): ByteSource {
  return hasMultipleValues ? MULTI_STRING : SINGLE_STRING;
}

/** By the name of their serialiser. There are few, and small segments have thousands of columns. */
const COMPLEX = new Map<string, ByteSource>();

/** Descriptor of a complex column; `typeName` names its serialiser in Druid. */
export function complexDescriptor(typeName: string): ByteSource {
  let found = COMPLEX.get(typeName);
  if (found === undefined) {
    found = descriptor('COMPLEX', false, `{"type":"complex","typeName":${JSON.stringify(typeName)}}`);
    COMPLEX.set(typeName, found);
  }
  return found;
}

function numeric(type: 'long' | 'float' | 'double'): ByteSource {
  return descriptor(type.toUpperCase(), false, `{"type":"${type}V2",${BYTE_ORDER},${BITMAPS}}`);
}

function string(hasMultipleValues: boolean): ByteSource {
  return descriptor('STRING', hasMultipleValues, `{"type":"stringDictionary",${BITMAPS},${BYTE_ORDER}}`);
}

/** i32 length and JSON; key order is Druid's. */
function descriptor(valueType: string, hasMultipleValues: boolean, part: string): ByteSource {
  const json = utf8(`{"valueType":"${valueType}","hasMultipleValues":${hasMultipleValues},"parts":[${part}]}`);
  return bytesSource(concatBytes([int32Bytes(json.length), json]));
}
