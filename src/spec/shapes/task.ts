import { shape } from '../field.ts';
import { dataSchemaShape } from './dataSchema.ts';
import { ioConfigShape } from './ioConfig.ts';
import { tuningConfigShape } from './tuningConfig.ts';

/** Of fields about jars. */
export const NO_JAVA = 'no Java code is loaded here, so there are no jars to find';
const ANY = { json: {} } as const;

/** `HadoopIngestionSpec`: the body of the task, and the whole file of the command-line form. */
export const ingestionSpecShape = shape('IngestionSpec', 'What to index: schema, input and output, tuning.', {
  type: {
    kind: 'string',
    why: 'some documents write "hadoop" here',
    ignored: 'the body of a spec has no type in Druid',
  },
  dataSchema: {
    kind: 'node',
    why: 'the schema: datasource, dimensions, metrics, granularities',
    required: true,
    type: { shape: () => dataSchemaShape },
  },
  ioConfig: {
    kind: 'node',
    why: 'where data comes from and where segments go',
    required: true,
    type: { shape: () => ioConfigShape },
  },
  tuningConfig: {
    kind: 'node',
    why: 'partitioning, memory, error limits; every field has a default',
    type: { shape: () => tuningConfigShape },
  },
  uniqueId: { kind: 'string', why: 'name of intermediate folders', ignored: 'segmill names its own folders' },
  context: { kind: 'node', why: 'task context, kept as given', type: { json: { type: 'object' } } },
  hadoopDependencyCoordinates: {
    kind: 'node',
    why: 'jars for Hadoop',
    ignored: `it belongs next to "type", and ${NO_JAVA}`,
    type: ANY,
  },
});

/** `HadoopIndexTask`: what is sent to an Overlord. */
export const taskShape = shape('HadoopIndexTask', 'A task of type index_hadoop.', {
  $schema: { kind: 'string', why: 'where the JSON Schema is, for editors' },
  type: { kind: 'string', why: 'the task type', oneOf: ['index_hadoop'], default: 'index_hadoop' },
  id: { kind: 'string', why: 'name of this run; made up where left out' },
  spec: {
    kind: 'node',
    why: 'the ingestion spec: dataSchema, ioConfig, tuningConfig',
    required: true,
    oldNames: ['config', 'schema'],
    type: { shape: () => ingestionSpecShape },
  },
  context: { kind: 'node', why: 'task context, kept as given', type: { json: { type: 'object' } } },
  hadoopDependencyCoordinates: { kind: 'node', why: 'jars for Hadoop', ignored: NO_JAVA, type: ANY },
  hadoopCoordinates: { kind: 'node', why: 'jar of Hadoop, before Druid 0.7', ignored: NO_JAVA, type: ANY },
  classpathPrefix: { kind: 'string', why: 'class path for Hadoop', ignored: NO_JAVA },
  groupId: { kind: 'string', why: 'task group', ignored: 'an Overlord sets it for tasks that belong together' },
  resource: { kind: 'node', why: 'task resource', ignored: 'an Overlord sets it', type: ANY },
  dataSource: {
    kind: 'string',
    why: 'the datasource',
    oldNames: ['datasource'],
    ignored: 'the one in dataSchema counts',
  },
});
