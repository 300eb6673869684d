import type { InputSpec, MetadataUpdateSpec, PasswordSpec } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { asObject, readFields, readType } from './readFields.ts';
import { isPlaceholder, PLACEHOLDER_HINT, readString, readStrings } from './scalar.ts';
import { inputSpecUnion, ioConfigShape, metadataUpdateShape } from './shapes/ioConfig.ts';
import { joinPath, pathOf, quote, type SpecNode, type SpecObject, type Spot, spotOf } from './specTree.ts';
import { splitPaths } from './splitPaths.ts';
import { unsupportedFeature } from './unsupported.ts';

/** `ioConfig`, read. */
export interface IoConfig {
  readonly input: InputSpec | null;
  readonly segmentOutputPath: string | null;
  readonly metadataUpdate: MetadataUpdateSpec | null;
  readonly dropExisting: boolean;
  /** Places of the fields that Druid knows in the command-line form only. */
  readonly commandLineOnly: readonly Spot[];
}

/** `ioConfig` of type `hadoop`; null after an error. */
export function readIoConfig(log: SpecLog, node: SpecNode): IoConfig | null {
  const object = asObject(log, node, 'an ioConfig');
  if (object === null) return null;
  const fields = readFields(log, object, ioConfigShape);
  const { inputSpec, metadataUpdateSpec, segmentOutputPath, dropExisting } = fields.value;
  const commandLineOnly: Spot[] = [];
  if (segmentOutputPath !== null) commandLineOnly.push(fields.at('segmentOutputPath'));
  if (metadataUpdateSpec !== null) commandLineOnly.push(fields.at('metadataUpdateSpec'));
  return {
    input: inputSpec === null ? null : readInputSpec(log, inputSpec),
    segmentOutputPath,
    metadataUpdate: metadataUpdateSpec === null ? null : readMetadataUpdate(log, metadataUpdateSpec),
    dropExisting,
    commandLineOnly,
  };
}

/** Hadoop's own line formats, of the old API and the new one: what is read where no class is named. */
const TEXT_FORMATS = /^org\.apache\.hadoop\.mapred(uce\.lib\.input)?\.(lib\.)?(Combine)?TextInputFormat$/;

function readInputSpec(log: SpecLog, node: SpecNode): InputSpec | null {
  const typed = readType(log, node, inputSpecUnion);
  if (typed === null) return null;
  const fields = readFields(log, typed.object, inputSpecUnion.shapes.static, 'type');
  const { paths: pathsNode, inputFormat } = fields.value;
  if (inputFormat !== null && !TEXT_FORMATS.test(inputFormat))
    refuseInputFormat(log, fields.at('inputFormat'), inputFormat);
  return pathsNode === null ? null : { type: 'static', paths: readPaths(log, pathsNode) };
}

function refuseInputFormat(log: SpecLog, spot: Spot, inputFormat: string): void {
  const className = inputFormat.slice(inputFormat.lastIndexOf('.') + 1);
  const known = unsupportedFeature(`inputFormat:${className}`);
  if (known !== null) {
    log.error(spot, known);
    return;
  }
  const hint = isPlaceholder(inputFormat) ? PLACEHOLDER_HINT : 'leave it out for lines of text';
  log.error(spot, `the InputFormat ${quote(className)} is not known here, and Java classes are not run`, null, hint);
}

function readPaths(log: SpecLog, node: SpecNode): readonly string[] {
  const texts = readStrings(log, node);
  if (texts === null) return [];
  const paths: string[] = [];
  for (const text of texts) {
    const parts = splitPaths(text);
    const good = parts.filter((part) => part.trim() !== '');
    if (good.length < parts.length)
      log.error(spotOf(node), `there is an empty path in ${quote(text)}`, 'paths divided by one comma');
    const spaced = good.find((part) => part !== part.trim());
    if (spaced !== undefined) {
      log.danger(
        spotOf(node),
        `the path ${quote(spaced)} begins or ends with a space`,
        'the space is part of the path, in Hadoop as here',
      );
    }
    for (const part of good) paths.push(part);
  }
  if (texts.length === 0) log.error(spotOf(node), 'there are no paths', 'at least one path');
  log.use(pathOf(node), 'used', paths, 'the input files, after division at commas');
  return paths;
}

function readMetadataUpdate(log: SpecLog, node: SpecNode): MetadataUpdateSpec | null {
  const object = asObject(log, node, 'a metadataUpdateSpec');
  if (object === null) return null;
  const fields = readFields(log, object, metadataUpdateShape);
  const { type, connectURI, user, password, segmentTable } = fields.value;
  const secret = password === null ? null : readPassword(log, password);
  log.use(
    joinPath(pathOf(object), 'password'),
    secret === null ? 'defaulted' : 'used',
    secret === null ? null : '***',
    'database password',
  );
  if (connectURI === null) return null;
  return { type, connectURI, user, password: secret, segmentTable };
}

/** A password, or one of Druid's password providers. */
function readPassword(log: SpecLog, node: SpecNode): PasswordSpec | null {
  if (node.kind !== 'object') return readString(log, node);
  const type = providerType(node);
  const password = node.members.get('password')?.value;
  const variable = node.members.get('variable')?.value;
  if (type === 'environment') {
    const name = variable === undefined ? null : readString(log, variable);
    if (name !== null) return { environment: name };
    log.error(spotOf(node), 'the password provider names no variable', '{"type": "environment", "variable": "NAME"}');
  } else if (type !== 'default') {
    log.error(spotOf(node), `${quote(type)} is not a password provider`, 'default, environment');
  } else if (password !== undefined) {
    return readString(log, password);
  }
  return null;
}

function providerType(node: SpecObject): string {
  const type = node.members.get('type')?.value;
  return type !== undefined && type.kind === 'string' ? type.text : 'default';
}
