/** Real Druid as the judge of segments. A segment is given as its index.zip, or as the folder that holds it. */
import { Jvm } from './jvm.ts';

const druid33 = new Jvm('druid33', 'oracle.Druid33', ['druid33', 'hadoop']);
const druid37 = new Jvm('druid37', 'oracle.Druid37', ['druid37']);

/** What Druid's Hadoop indexer reports, as far as tests look at it. */
export interface HadoopReport {
  /** False when one of the jobs failed. */
  readonly ok: boolean;
  readonly segments: readonly {
    readonly id: string;
    readonly descriptor: { readonly segment: unknown; readonly finalIndexZipFilePath: string };
  }[];
  /** The root cause where the indexer threw, else null. */
  readonly exception: string | null;
}

/**
 * Compares rows, dimension and metric names of two segments with Druid 33's own `IndexIO.validateTwoSegments`.
 * @returns null when Druid finds them the same, else what it says
 */
export async function validate(a: string, b: string): Promise<string | null> {
  const { output } = await druid33.ask('validate', a, b);
  const { same, error, exception } = JSON.parse(output);
  return same === true ? null : (error ?? exception);
}

/**
 * @returns lines of JSON: first what Druid 33 finds in the segment (columns, dictionaries with bitmaps, encodings,
 *   metadata), then, when asked for, a line for each row
 * @throws when Druid cannot read the segment
 */
export async function dump(segment: string, options: { rows: boolean }): Promise<string[]> {
  const answer = await druid33.ask('dump', '--bitmaps', ...(options.rows ? ['--rows'] : []), segment);
  if (answer.exit !== 0) throw new Error(`Druid 33 cannot read ${segment}: ${answer.output}`);
  return answer.output.trimEnd().split('\n');
}

/**
 * Runs a native query with Druid 33's engines over all of `segments`, whatever the query's dataSource.
 * @throws when the query fails
 */
export function query(nativeQuery: object, segments: readonly string[]): Promise<unknown[]> {
  return queryIn(druid33, nativeQuery, segments);
}

/** As {@link query}, with the engines of Druid 37. */
export function query37(nativeQuery: object, segments: readonly string[]): Promise<unknown[]> {
  return queryIn(druid37, nativeQuery, segments);
}

/**
 * Which of the shards Druid 33's Broker asks for a query, by its secondary partition pruning.
 * @param shardSpecs as in descriptors
 * @returns places in `shardSpecs`, ascending
 */
export async function prune(nativeQuery: object, shardSpecs: readonly object[]): Promise<number[]> {
  const specs = shardSpecs.map((spec) => JSON.stringify(spec));
  const { exit, output } = await druid33.ask('prune', JSON.stringify(nativeQuery), ...specs);
  if (exit !== 0) throw new Error(`Druid 33 cannot prune shards: ${output}`);
  return JSON.parse(output);
}

/**
 * Which of the used segments of a datasource Druid 33's Broker asks for all of time, by the timeline that it makes of them.
 * @param file DataSegments, one a line
 * @returns ids, in the order of their time
 */
export async function visibleSegments(file: string): Promise<string[]> {
  const { exit, output } = await druid33.ask('timeline', file);
  if (exit !== 0) throw new Error(`Druid 33 makes no timeline of ${file}: ${output}`);
  return JSON.parse(output);
}

/**
 * Runs Druid 33's Hadoop indexer on a spec file, on Hadoop's LocalJobRunner. `${DIR}` in the spec is the spec's folder.
 * The indexer's segments get a descriptor.json beside their index.zip: the DataSegment that Druid would publish.
 */
export async function hadoopIndex(specPath: string): Promise<HadoopReport> {
  const { exit, output } = await druid33.ask('hadoop-index', specPath);
  const report = JSON.parse(output);
  return { ok: exit === 0, segments: report.segments ?? [], exception: report.exception ?? null };
}

/**
 * Asks Druid 33's parsers and coercions about single values: see Values.java for the questions, one JSON object a line of the file.
 * @returns an answer a line
 */
export async function druidValues(file: string): Promise<string[]> {
  const { exit, output } = await druid33.ask('values', file);
  if (exit !== 0) throw new Error(`Druid 33 has no answer to ${file}: ${output}`);
  return output.trimEnd().split('\n');
}

async function queryIn(jvm: Jvm, nativeQuery: object, segments: readonly string[]): Promise<unknown[]> {
  const { exit, output } = await jvm.ask('query', JSON.stringify(nativeQuery), ...segments);
  if (exit !== 0) throw new Error(`the ${(nativeQuery as { queryType: string }).queryType} query failed: ${output}`);
  return JSON.parse(output);
}
