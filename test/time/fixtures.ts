import { readFileSync } from 'node:fs';

const folder = new URL('../fixtures/time/', import.meta.url);

/** Lines of a tab-separated fixture without its heading. */
export function readRows(name: string): string[][] {
  return readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
}

/** What real Druid 33 classes returned. */
export interface DruidVectors {
  /** By format, then by value (`'text'`, `Long:5`, `Double:1.5`): epoch milliseconds or `ERR Exception`. */
  readonly timestamps: Record<string, Readonly<Record<string, string>>>;
  readonly instants: readonly number[];
  /** By granularity, as a name or as JSON: the bucket start of each instant. */
  readonly bucketStarts: Record<string, readonly number[]>;
}

export function readVectors(): DruidVectors {
  return JSON.parse(readFileSync(new URL('druidVectors.json', folder), 'utf8')) as DruidVectors;
}
