/** How a task's container is shared between Hadoop's JVM, which sorts and moves blocks, and Node. All in MiB. */
export interface TaskMemory {
  readonly container: number;
  /** -Xmx of the JVM. */
  readonly java: number;
  /** What Node gets: its heap, and about as much beside it for typed arrays and the kernel. */
  readonly node: number;
}

/** The part of Node's share that its heap may take: the kernel and typed arrays lie beside it. */
const NODE_HEAP_SHARE = 0.5;
/** What a JVM needs beside its heap: code, stacks, buffers of the network. */
const JAVA_OVERHEAD = 160;
/** Node does not start a job in less. */
const NODE_MIN = 256;

const DEFAULTS = { map: 1536, reduce: 1536 } as const;
/** A reducer's JVM holds 70% of its heap in fetched map output, and merges the rest on disk. */
const REDUCE_JAVA = 384;
/** What a map's JVM needs beside its sort buffer. */
const MAP_JAVA_BASE = 160;
export const SORT_MB_DEFAULT = 128;

/**
 * @param properties the spec's jobProperties: `mapreduce.map.memory.mb`, `mapreduce.reduce.memory.mb` and `mapreduce.task.io.sort.mb`
 * @throws Error when a container is too small
 */
export function taskMemory(kind: 'map' | 'reduce', properties: Readonly<Record<string, string>>): TaskMemory {
  const name = `mapreduce.${kind}.memory.mb`;
  const container = wholeNumber(name, properties[name], DEFAULTS[kind]);
  const sort = wholeNumber('mapreduce.task.io.sort.mb', properties['mapreduce.task.io.sort.mb'], SORT_MB_DEFAULT);
  const java = kind === 'map' ? sort + MAP_JAVA_BASE : REDUCE_JAVA;
  const node = container - java - JAVA_OVERHEAD;
  if (node >= NODE_MIN) return { container, java, node };
  throw new Error(
    `${name} is ${container}, of which Hadoop's own part of a task takes ${java + JAVA_OVERHEAD} MB and leaves Node ${Math.max(0, node)} MB. ` +
      `Set it to ${java + JAVA_OVERHEAD + NODE_MIN} or more in tuningConfig.jobProperties.`,
  );
}

/**
 * @param memoryMax of the largest container that the cluster gives, MB
 * @throws Error when tasks do not fit: Hadoop would kill the job once it is running
 */
export function checkFits(memory: { readonly map: TaskMemory; readonly reduce: TaskMemory }, memoryMax: number): void {
  for (const kind of ['map', 'reduce'] as const) {
    const { container } = memory[kind];
    if (container <= memoryMax) continue;
    throw new Error(
      `mapreduce.${kind}.memory.mb is ${container}, and the cluster gives containers of at most ${memoryMax} MB. Set it to no more than ` +
        'that in tuningConfig.jobProperties.',
    );
  }
}

/** `--max-old-space-size` for Node. */
export function nodeHeap({ node }: TaskMemory): number {
  return Math.floor(node * NODE_HEAP_SHARE);
}

function wholeNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text.trim());
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name} is "${text}" in tuningConfig.jobProperties; it must be a whole number of MB above 0.`);
}
