/** Where a segment lies in deep storage, and what it is called (org.apache.druid.segment.loading.DataSegmentPusher, SegmentId). */

import type { Interval } from '../../spec/jobSpec.ts';
import { basicTextInZone, isoText, isoTextInZone } from '../../time/isoText.ts';

/** File that holds a segment, in its own directory. */
export const INDEX_ZIP = 'index.zip';

/** What identifies a segment. */
export interface SegmentKey {
  readonly dataSource: string;
  readonly interval: Interval;
  readonly version: string;
  readonly partitionNum: number;
}

/** `<dataSource>_<start>_<end>_<version>`, and `_<partitionNum>` unless that is 0. Always in UTC; colons are kept. */
export function segmentId(key: SegmentKey): string {
  const { dataSource, interval, version, partitionNum } = key;
  const id = `${dataSource}_${isoText(interval.start)}_${isoText(interval.end)}_${version}`;
  return partitionNum === 0 ? id : `${id}_${partitionNum}`;
}

/**
 * The directory of a segment below the base of deep storage, as every pusher but HDFS's and Azure's has it:
 * `<dataSource>/<start>_<end>/<version>/<partitionNum>`. The interval stands in the time zone of the segment granularity
 * (`2024-03-01T00:00:00.000-08:00`), unlike in ids and descriptors.
 *
 * @param timeZone of the segment granularity; UTC where it has none
 * @throws for names that Druid refuses or that would lead out of the base
 */
export function defaultStorageDir(key: SegmentKey, timeZone: string): string {
  const { dataSource, interval, version, partitionNum } = key;
  checkDataSourceName(dataSource);
  checkVersion(version);
  const start = isoTextInZone(interval.start, timeZone);
  const end = isoTextInZone(interval.end, timeZone);
  return `${dataSource}/${start}_${end}/${version}/${partitionNum}`;
}

/**
 * The directory of a segment in HDFS, whose names hold no colons (HdfsDataSegmentPusher): `<dataSource>/<start>_<end>/<version>` with basic
 * ISO 8601 times. Files of all partitions lie in it, so their names begin with the partition number: `0_index.zip`.
 *
 * @param timeZone of the segment granularity; UTC where it has none
 * @throws for names that Druid refuses or that would lead out of the base
 */
export function hdfsStorageDir(key: Omit<SegmentKey, 'partitionNum'>, timeZone: string): string {
  const { dataSource, interval, version } = key;
  checkDataSourceName(dataSource);
  checkVersion(version);
  const start = basicTextInZone(interval.start, timeZone);
  const end = basicTextInZone(interval.end, timeZone);
  return `${dataSource}/${start}_${end}/${version.replaceAll(':', '_')}`;
}

/** Name of the file while attempt `attempt` writes it; the driver renames it to `index.zip` once the job has succeeded. */
export function temporaryIndexZip(attempt: number): string {
  return `${INDEX_ZIP}.${attempt}`;
}

/**
 * Druid's rules for names that become paths (IdUtils.validateId): not empty, no leading dot, no slash, no white space but the blank, no
 * control or special characters. So no name leads out of the base directory.
 */
export function checkDataSourceName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== null)
    throw new Error(`dataSource '${name}' ${problem}. Choose another name in dataSchema.dataSource.`);
}

/** A version becomes one directory name: the rules of dataSource names. */
export function checkVersion(version: string): void {
  const problem = nameProblem(version);
  if (problem !== null) {
    throw new Error(
      `version '${version}' ${problem}. Leave tuningConfig.version out, or write a time such as 2024-05-05T00:00:00.000Z.`,
    );
  }
}

function nameProblem(name: string): string | null {
  if (name === '') return 'cannot be empty';
  if (name.startsWith('.')) return "cannot start with the '.' character";
  if (name.includes('/')) return "cannot contain the '/' character";
  if (/[\t\n\v\f\r]/.test(name)) return 'cannot contain whitespace character except space';
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (isRefusedCode(code)) return `cannot contain character #${code} (at position ${at})`;
  }
  return null;
}

/** ZooKeeper's list, which Druid shares: control characters, surrogates (so emoji too) and private use, specials; and NUL. */
function isRefusedCode(code: number): boolean {
  return (
    code < 0x1f || (code > 0x7f && code < 0x9f) || (code > 0xd800 && code < 0xf8ff) || (code > 0xfff0 && code < 0xffff)
  );
}
