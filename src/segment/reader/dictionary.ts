import type { ByteOrder } from './byteOrder.ts';
import type { ByteReader } from './byteReader.ts';
import { readFrontCoded } from './frontCoded.ts';
import { GenericIndexed } from './genericIndexed.ts';
import type { Smoosh } from './smoosh.ts';

/** The distinct values of a string column in the order of their ids: null first if there, then by UTF-16 code units. */
export interface StringDictionary {
  readonly size: number;
  /** Value of an id from 0 up to `size` (exclusive). Decoded anew at each call. */
  get(id: number): string | null;
  /** All values by id, in a new array. */
  toArray(): (string | null)[];
}

/** A dictionary and what its head says, in the words of Druid's dump. */
export interface DictionaryPart {
  readonly dictionary: StringDictionary;
  readonly facts: Readonly<Record<string, unknown>>;
}

const encodedMarker = 0x7f;

/** Reads a dictionary's head and moves the reader behind it. @see org.apache.druid.segment.column.StringEncodingStrategies */
export function readDictionary(reader: ByteReader, smoosh: Smoosh, order: ByteOrder): DictionaryPart {
  const at = reader.position;
  if (reader.u8('the dictionary') !== encodedMarker) {
    reader.position = at;
    return readPlain(reader, smoosh);
  }
  const id = reader.u8('the dictionary encoding');
  if (id === 0) return readPlain(reader, smoosh);
  if (id !== 1) throw reader.error(`the dictionary encoding is ${id}, expected 0 (utf8) or 1 (front-coded)`, at + 1);
  const dictionary = readFrontCoded(reader, order);
  return {
    dictionary,
    facts: {
      dictionary: 'frontCoded',
      frontCodedVersion: dictionary.version,
      frontCodedBucketSize: dictionary.bucketSize,
      frontCodedHasNull: dictionary.hasNull,
    },
  };
}

function readPlain(reader: ByteReader, smoosh: Smoosh): DictionaryPart {
  const values = GenericIndexed.read(reader, smoosh, 'the dictionary');
  const facts = { dictionary: 'utf8', dictionaryIndexed: indexedFacts(values) };
  return { dictionary: new PlainDictionary(values), facts };
}

/** The head of a GenericIndexed list in the words of Druid's dump. */
export function indexedFacts(list: GenericIndexed): Record<string, unknown> {
  const { version, sorted, bytesSaid, count } = list;
  return version === 1
    ? { version, reverseLookup: sorted, bytes: bytesSaid, count }
    : { version, reverseLookup: sorted };
}

class PlainDictionary implements StringDictionary {
  readonly size: number;
  readonly #values: GenericIndexed;

  constructor(values: GenericIndexed) {
    this.size = values.count;
    this.#values = values;
  }

  get(id: number): string | null {
    return this.#values.text(id);
  }

  toArray(): (string | null)[] {
    return Array.from({ length: this.size }, (_, id) => this.#values.text(id));
  }
}
