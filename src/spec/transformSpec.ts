import { readFilter } from './filterSpec.ts';
import type { TransformSpec } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { asList, asObject, readFields, readType } from './readFields.ts';
import { transformSpecShape, transformUnion } from './shapes/dataSchema.ts';
import { quote, type SpecNode, spotOf } from './specTree.ts';

/** `transformSpec`; absent: rows stay as they are. */
export function readTransformSpec(log: SpecLog, node: SpecNode | null): TransformSpec {
  const object = node === null ? null : asObject(log, node, 'a transformSpec');
  if (object === null) return { filter: null, expressions: [] };
  const fields = readFields(log, object, transformSpecShape).value;
  const expressions: { name: string; expression: string }[] = [];
  const names = new Set<string>();
  for (const item of asList(log, fields.transforms, 'the list of transforms')) {
    const typed = readType(log, item, transformUnion);
    if (typed === null) continue;
    const { name, expression } = readFields(log, typed.object, transformUnion.shapes.expression, 'type').value;
    if (name === null || expression === null) continue;
    if (names.has(name))
      log.error(spotOf(item), `a second transform is named ${quote(name)}`, 'one transform per name');
    names.add(name);
    expressions.push({ name, expression });
  }
  return { filter: fields.filter === null ? null : readFilter(log, fields.filter), expressions };
}
