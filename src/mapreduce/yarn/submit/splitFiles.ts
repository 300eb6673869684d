import { int32, int64, textString, vlong } from './writable.ts';

/** A map task, as the application master reads it from the staging directory. */
export interface HadoopSplit {
  /** A file that exists, with scheme and authority: the record reader opens it. */
  readonly path: string;
  readonly start: number;
  readonly length: number;
  /** Hosts that hold the input's blocks, best first; the scheduler tries these. */
  readonly hosts: readonly string[];
  /** Bytes of input behind the task, whatever `length` says. */
  readonly inputBytes: number;
}

const SPLIT_CLASS = textString('org.apache.hadoop.mapred.FileSplit');
/** JobSplit.SPLIT_FILE_HEADER, then version 1. */
const SPLIT_HEADER = Buffer.concat([Buffer.from('SPL'), int32(1)]);
/** JobSplit.META_SPLIT_FILE_HEADER, then version 1. */
const META_HEADER = Buffer.concat([Buffer.from('META-SPL'), vlong(1)]);
/** What Hadoop's own client writes at most (mapreduce.job.max.split.locations). */
const HOSTS_MAX = 10;

/** The files `job.split` and `job.splitmetainfo` (org.apache.hadoop.mapreduce.split.JobSplitWriter). Task i is split i. */
export function splitFiles(splits: readonly HadoopSplit[]): { readonly split: Buffer; readonly meta: Buffer } {
  const records: Buffer[] = [SPLIT_HEADER];
  const meta: Buffer[] = [META_HEADER, vlong(splits.length)];
  let offset = SPLIT_HEADER.length;
  for (const { path, start, length, hosts, inputBytes } of splits) {
    const record = Buffer.concat([SPLIT_CLASS, textString(path), int64(start), int64(length)]);
    const named = hosts.slice(0, HOSTS_MAX);
    records.push(record);
    meta.push(vlong(named.length), ...named.map(textString), vlong(offset), vlong(inputBytes));
    offset += record.length;
  }
  return { split: Buffer.concat(records), meta: Buffer.concat(meta) };
}
