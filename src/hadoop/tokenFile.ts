/** Files of delegation tokens, as `hdfs fetchdt` and YARN write them (org.apache.hadoop.security.Credentials). */

import { readFile } from 'node:fs/promises';

export interface DelegationToken {
  /** What it is good for, such as `WEBHDFS delegation` or `HDFS_DELEGATION_TOKEN`. */
  readonly kind: string;
  /** Of whom: `10.0.0.1:8020`, `ha-hdfs:nameservice`. */
  readonly service: string;
  /** As the `delegation=` parameter takes it. A secret. */
  readonly text: string;
}

const MAGIC = 'HDTS';
/** The form that Hadoop's clients write since ever; 1 is protobuf, which only `dtutil` writes, when asked to. */
const WRITABLE = 0;

/** @throws Error for a file that is missing or of another form */
export async function readTokenFile(path: string): Promise<DelegationToken[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new Error(
      `The token file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}). ` +
        'Set HADOOP_TOKEN_FILE_LOCATION to a file made by "hdfs fetchdt", or unset it.',
    );
  }
  const tokens = parseTokens(bytes);
  if (tokens !== null) return tokens;
  throw new Error(
    `${path}, which HADOOP_TOKEN_FILE_LOCATION names, is no file of Hadoop delegation tokens. Make one with ` +
      '"hdfs fetchdt" (without --print; dtutil with -format java).',
  );
}

/** A token as servers give it. @throws RangeError for something else */
export function parseToken(text: string): DelegationToken {
  return readToken(new WritableReader(Buffer.from(text, 'base64url'), 0));
}

/** The tokens, or null where the bytes are something else. */
function parseTokens(bytes: Buffer): DelegationToken[] | null {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC || bytes[MAGIC.length] !== WRITABLE) return null;
  try {
    const reader = new WritableReader(bytes, MAGIC.length + 1);
    return Array.from({ length: reader.vint() }, () => {
      // The name under which it was put there.
      reader.block();
      return readToken(reader);
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Identifier, password, kind and service. */
function readToken(reader: WritableReader): DelegationToken {
  const from = reader.at;
  reader.block();
  reader.block();
  const kind = reader.block().toString('utf8');
  const service = reader.block().toString('utf8');
  return { kind, service, text: reader.bytes.subarray(from, reader.at).toString('base64url') };
}

/** Numbers and byte strings as org.apache.hadoop.io.WritableUtils writes them. @throws RangeError beyond the end */
class WritableReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Lengths only: no negative numbers. */
  vint(): number {
    const first = this.bytes.readInt8(this.at++);
    if (first >= 0) return first;
    const length = -112 - first;
    if (length < 1 || length > 4) throw new RangeError('no length');
    const value = this.bytes.readUIntBE(this.at, length);
    this.at += length;
    return value;
  }

  /** A length and as many bytes. */
  block(): Buffer {
    const length = this.vint();
    const from = this.at;
    if (from + length > this.bytes.length) throw new RangeError('beyond the end');
    this.at += length;
    return this.bytes.subarray(from, this.at);
  }
}
