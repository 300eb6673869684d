import type { SpecLog } from './problem.ts';
import { asObject } from './readFields.ts';
import { readString } from './scalar.ts';
import { isSecretName, withoutSecrets } from './secrets.ts';
import { pathOf, quote, type SpecNode, spotOf } from './specTree.ts';

const NO_JAVA = 'no Java code of ours runs on the cluster';

/** Properties that are about Java code and JVMs, of which a job here has none. */
const JAVA_ONLY =
  /^(mapreduce\.job\.(classloader(\..*)?|user\.classpath\.first)|mapreduce\.user\.classpath\.first|tmpjars|mapred\.child\.java\.opts|(mapreduce\.(map|reduce)|yarn\.app\.mapreduce\.am)\.(java\.opts|command-opts)|mapred\.(map|reduce)\.child\.java\.opts)$/;

/** `jobProperties`: texts by name; numbers and booleans as they are written, nulls left out. */
export function readJobProperties(log: SpecLog, node: SpecNode | null): Readonly<Record<string, string>> {
  const object = node === null ? null : asObject(log, node, 'the Hadoop configuration');
  if (object === null) return {};
  const properties = new Map<string, string>();
  const javaOnly: string[] = [];
  for (const member of object.members.values()) {
    const text = readString(log, member.value);
    if (text === null) {
      if (member.value.kind === 'null') {
        log.warn(spotOf(member.value), `the property ${quote(member.name)} is null and left out`);
      }
      continue;
    }
    properties.set(member.name, text);
    const shown = isSecretName(member.name) ? '***' : withoutSecrets(text);
    if (JAVA_ONLY.test(member.name)) {
      log.use(pathOf(member.value), 'ignored', shown, NO_JAVA);
      javaOnly.push(member.name);
    } else log.use(pathOf(member.value), 'used', shown, 'Hadoop configuration');
  }
  if (javaOnly.length > 0) {
    log.note(spotOf(object), `some have no effect, since ${NO_JAVA}: ${javaOnly.join(', ')}`);
  }
  // Own properties whatever their names: `__proto__` is a name like any other.
  return Object.fromEntries(properties);
}
