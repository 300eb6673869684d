import { join } from 'node:path';
import { outputPath } from '../mapreduce/index/indexPublication.ts';
import { OWN_FOLDER } from '../publish/aloneIn.ts';
import { type MetadataStore, MetadataStoreError } from '../publish/metadata/MetadataStore.ts';
import { openStore } from '../publish/metadata/openStore.ts';
import { sqliteStore } from '../publish/metadata/sqlite/sqliteStore.ts';
import type { JobSpec, MetadataUpdateSpec } from '../spec/jobSpec.ts';
import { isHdfsPath } from '../storage/storage.ts';
import type { Io } from './io.ts';
import { UsageError } from './usageError.ts';

/** Options of every command that speaks to a metadata store. */
export const METADATA_OPTIONS = {
  metadata: {
    type: 'string',
    requiresArg: true,
    describe:
      'Metadata store that learns of the segments: jdbc:postgresql://host/db, jdbc:mysql://host/db, jdbc:sqlite:FILE',
  },
  'create-tables': { type: 'boolean', describe: 'Make the table of segments where there is none' },
} as const;

export interface MetadataArguments {
  /** A JDBC address, or null. */
  readonly metadata: string | null;
  readonly createTables: boolean;
}

/** @param args as yargs read them */
export function readMetadataArguments(args: { readonly [name: string]: unknown }): MetadataArguments {
  return {
    metadata: args.metadata === undefined ? null : String(args.metadata),
    createTables: args['create-tables'] === true,
  };
}

/**
 * The store of a job: that of `--metadata`, else that of the spec, else the embedded one in deep storage; null where the spec has no deep
 * storage either, which the job itself complains of, or has it in HDFS, where no embedded store can be. Nothing is connected yet.
 *
 * @throws UsageError
 */
export function storeOfJob(job: JobSpec, args: MetadataArguments, { env }: Io): MetadataStore | null {
  const spec = args.metadata === null ? job.metadataUpdate : addressOnly(args.metadata);
  if (spec !== null) return open(spec, args.createTables, env);
  return job.segmentOutputPath === null || isHdfsPath(job.segmentOutputPath) ? null : embeddedStore(outputPath(job));
}

/** The store that `--metadata` names, or the embedded one of a base of deep storage. @throws UsageError */
export function storeOf(base: string, args: MetadataArguments, { env }: Io): MetadataStore {
  if (args.metadata !== null) return open(addressOnly(args.metadata), args.createTables, env);
  if (!isHdfsPath(base)) return embeddedStore(base);
  throw new UsageError(
    `the segments lie in HDFS (${base}), where no embedded store can be: name the metadata store by --metadata`,
  );
}

/** The file with what is known of a deep storage where no Druid knows it, and with the history of jobs. */
export function embeddedStorePath(base: string): string {
  return join(base, OWN_FOLDER, 'store.sqlite');
}

function embeddedStore(base: string): MetadataStore {
  return sqliteStore(embeddedStorePath(base));
}

function addressOnly(connectURI: string): MetadataUpdateSpec {
  return { type: 'metadata', connectURI, user: null, password: null, segmentTable: 'druid_segments' };
}

function open(spec: MetadataUpdateSpec, createTables: boolean, env: Io['env']): MetadataStore {
  try {
    return openStore(spec, createTables, env);
  } catch (error) {
    if (error instanceof MetadataStoreError) throw new UsageError(error.message);
    throw error;
  }
}
