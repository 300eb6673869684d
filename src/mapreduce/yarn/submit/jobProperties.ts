import type { TaskMemory } from './taskMemory.ts';

/** Properties that a job gets from its spec, and what became of the others. */
export interface SpecProperties {
  readonly properties: Readonly<Record<string, string>>;
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/** What the engine sets itself: another value would make another job of it. */
const OWN_PATTERNS: readonly RegExp[] = [
  /^stream\./,
  /^mapred\.(mapper|reducer|map\.runner|combiner|partitioner|input\.format|output\.format)\./,
  /^mapreduce\.job\.(maps|reduces|dir|jar|user\.name|cache\..*|split\..*|partitioner\.class|map\.class|reduce\.class|combine\.class|inputformat\.class|outputformat\.class|output\.(key|value)\..*)$/,
  /^mapreduce\.map\.output\.(key|value)\.class$/,
  /^mapred\.(reduce|map)\.tasks$/,
  /^mapreduce\.(map|reduce)\.env$/,
  /^mapreduce\.partition\.binarypartitioner\./,
  /^mapreduce\.jobhistory\./,
  /^yarn\.app\.mapreduce\.am\.(staging-dir|env)$/,
];

/** Options of the Java processes: old specs have them as large as the container, which belongs to Node now. */
const JAVA_OPTIONS =
  /^(mapreduce\.(map|reduce)\.java\.opts|mapred\.child\.java\.opts|mapred\.(map|reduce)\.child\.java\.opts)$/;
/** Cures for clashes of Java classes, which cannot happen to Node. */
const CLASS_PATHS = /^mapreduce\.job\.(user\.classpath\.first|classloader(\.system\.classes)?)$/;

/**
 * Sorts out a spec's jobProperties.
 * @throws Error that names every property that the engine sets itself
 */
export function specProperties(
  jobProperties: Readonly<Record<string, string>>,
  memory: { readonly map: TaskMemory; readonly reduce: TaskMemory },
): SpecProperties {
  const refused = Object.keys(jobProperties).filter((name) => OWN_PATTERNS.some((own) => own.test(name)));
  if (refused.length > 0) {
    throw new Error(
      `The engine sets ${refused.join(', ')} itself: ${refused.length === 1 ? 'it decides' : 'they decide'} what the job is. ` +
        `Take ${refused.length === 1 ? 'it' : 'them'} out of tuningConfig.jobProperties.`,
    );
  }
  const properties: Record<string, string> = {};
  const notes: string[] = [];
  for (const [name, value] of Object.entries(jobProperties)) {
    if (JAVA_OPTIONS.test(name)) {
      const kinds = (['map', 'reduce'] as const).filter(
        (kind) => name.includes(`.${kind}.`) || name === 'mapred.child.java.opts',
      );
      const shares = kinds.map((kind) => shareText(kind, memory));
      notes.push(`${name} "${value}" is replaced: ${shares.join('; ')}.`);
    } else if (CLASS_PATHS.test(name))
      notes.push(`${name} is passed over: tasks are Node's, and no Java classes clash.`);
    else properties[name] = value;
  }
  return { properties, notes };
}

function shareText(kind: 'map' | 'reduce', memory: { readonly map: TaskMemory; readonly reduce: TaskMemory }): string {
  const { container, java, node } = memory[kind];
  return `of a ${kind} container of ${container} MB Java gets -Xmx${java}m and Node ${node} MB`;
}
