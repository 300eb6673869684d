import { type RawArguments, UsageError, wholeNumber } from './usageError.ts';

/** What the command line says of how a job is submitted to a Hadoop cluster. */
export interface ClusterArguments {
  readonly nodeRuntime: string | null;
  readonly streamingJar: string | null;
  readonly queue: string | null;
  readonly priority: number | null;
  readonly tags: readonly string[];
  readonly nodeLabel: string | null;
}

/** Options that only `--engine yarn` has. */
export const CLUSTER_OPTIONS = {
  'node-runtime': {
    type: 'string',
    requiresArg: true,
    describe: "A Node binary that runs on the cluster's nodes [default: the one that runs this]",
  },
  'streaming-jar': {
    type: 'string',
    requiresArg: true,
    describe: "Hadoop Streaming's jar, where the nodes do not have it at its usual place",
  },
  queue: { type: 'string', requiresArg: true, describe: 'Queue of the cluster [default: default]' },
  priority: { requiresArg: true, describe: 'Priority of the application within its queue' },
  tags: { type: 'string', requiresArg: true, describe: 'Tags of the application, with commas between' },
  'node-label': { type: 'string', requiresArg: true, describe: 'Label of the nodes to run on' },
} as const;

const PRIORITY_MAX = 1_000_000;

export function readClusterArguments(args: RawArguments): ClusterArguments {
  const text = (name: string) => (args[name] === undefined ? null : (args[name] as string));
  const tags = (text('tags') ?? '').split(',').map((tag) => tag.trim());
  return {
    nodeRuntime: text('node-runtime'),
    streamingJar: text('streaming-jar'),
    queue: text('queue'),
    priority: args.priority === undefined ? null : wholeNumber('priority', args.priority, 0, PRIORITY_MAX),
    tags: tags.filter((tag) => tag !== ''),
    nodeLabel: text('node-label'),
  };
}

/** @throws UsageError for options that have no meaning on one machine */
export function refuseClusterArguments(args: RawArguments): void {
  refuse(args, Object.keys(CLUSTER_OPTIONS), 'it needs --engine yarn');
}

/** @throws UsageError for options that have no meaning on a cluster */
export function refuseLocalArguments(args: RawArguments): void {
  refuse(args, ['workers'], 'with --engine yarn the cluster decides how many tasks run at once');
  refuse(args, ['keep-runs'], 'with --engine yarn runs go with their container, and the input is read again');
  refuse(
    args,
    ['resume'],
    'with --engine yarn a job is taken over while its applications are there, see segmill attach',
  );
}

function refuse(args: RawArguments, names: readonly string[], why: string): void {
  const given = names.find((name) => args[name] !== undefined);
  if (given !== undefined) throw new UsageError(`option --${given} is out of place: ${why}`);
}
