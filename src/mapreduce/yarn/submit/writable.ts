/** Hadoop's own encodings of numbers and texts (org.apache.hadoop.io.WritableUtils, Text). */

/** A long in as few bytes as it needs (WritableUtils.writeVLong): itself from -112 to 127, else a length byte and big-endian bytes. */
export function vlong(value: number): Buffer {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number that can be written exactly.`);
  if (value >= -112 && value <= 127) return Buffer.from([value & 0xff]);
  const magnitude = value < 0 ? ~BigInt(value) : BigInt(value);
  const digits: number[] = [];
  for (let rest = magnitude; rest > 0n; rest >>= 8n) digits.unshift(Number(rest & 0xffn));
  const length = (value < 0 ? -120 : -112) - digits.length;
  return Buffer.from([length & 0xff, ...digits]);
}

/** A text behind its length in UTF-8 bytes (Text.writeString). */
export function textString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([vlong(bytes.length), bytes]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
