import { shape, type Union } from '../field.ts';

/** `HadoopIOConfig`. */
export const ioConfigShape = shape('HadoopIOConfig', 'Where data comes from and where segments go.', {
  type: { kind: 'string', why: 'kind of ioConfig', oneOf: ['hadoop'], default: 'hadoop' },
  inputSpec: { kind: 'node', why: 'the input files', required: true, type: { union: () => inputSpecUnion } },
  metadataUpdateSpec: {
    kind: 'node',
    why: 'the metadata store that learns of the segments',
    type: { shape: () => metadataUpdateShape },
  },
  segmentOutputPath: { kind: 'string', why: 'the folder of deep storage that segments are written to' },
  dropExisting: {
    kind: 'boolean',
    why: 'time chunks of the intervals that get no rows are emptied by tombstones',
    default: false,
  },
});

/** `PathSpec`. */
export const inputSpecUnion = {
  name: 'InputSpec',
  about: 'The input files.',
  discriminator: 'type',
  defaultType: null,
  shapes: {
    static: shape('StaticInputSpec', 'Files, folders and globs.', {
      paths: {
        kind: 'node',
        why: 'paths divided by commas, or a list of them; globs are expanded',
        required: true,
        type: { json: { type: ['string', 'array'], items: { type: 'string' } } },
      },
      inputFormat: { kind: 'string', why: 'the Hadoop InputFormat; lines of text where left out' },
    }),
  },
  oldNames: {},
  feature: 'inputSpec',
  noun: 'inputSpec type',
} as const satisfies Union;

/** `MetadataStorageUpdaterJobSpec`. */
export const metadataUpdateShape = shape('MetadataUpdateSpec', 'The metadata store that learns of the segments.', {
  type: { kind: 'string', why: 'metadata, db, mysql, postgresql, ...: any text is taken', default: 'metadata' },
  connectURI: { kind: 'string', why: 'JDBC address of the database', required: true },
  user: { kind: 'string', why: 'database user' },
  password: {
    kind: 'node',
    why: 'database password',
    type: { json: { type: ['string', 'object', 'null'] } },
  },
  segmentTable: { kind: 'string', why: 'the table of segments', default: 'druid_segments' },
});
