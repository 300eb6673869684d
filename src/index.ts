/** The library behind the command line: read a spec, run it, open what it made. */

export { type HadoopConf, readHadoopConf } from './hadoop/conf/readHadoopConf.ts';
export { type HadoopClient, hadoopClient } from './hadoop/hadoopClient.ts';
export { type IndexOptions, runIndexJob } from './mapreduce/index/indexJob.ts';
export type { IndexProgress, IndexReport, SegmentReport } from './mapreduce/index/indexReport.ts';
export type { JobPlan } from './mapreduce/index/plan/jobPlan.ts';
export { type PlanOptions, planIndexJob } from './mapreduce/index/plan/planIndexJob.ts';
export { openSegment } from './segment/reader/openSegment.ts';
export type { JobSpec } from './spec/jobSpec.ts';
export { readSpec, type SpecResult } from './spec/readSpec.ts';
