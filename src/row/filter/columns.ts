import type { FilterSpec } from '../../spec/jobSpec.ts';

/** The columns that a filter reads, `__time` among them if it does, each once in order of first use. */
export function filterColumns(spec: FilterSpec): string[] {
  const columns = new Set<string>();
  collect(spec, columns);
  return [...columns];
}

function collect(spec: FilterSpec, columns: Set<string>): void {
  if ('fields' in spec) for (const field of spec.fields) collect(field, columns);
  else if ('field' in spec) collect(spec.field, columns);
  else if ('dimension' in spec) columns.add(spec.dimension);
  else if ('column' in spec) columns.add(spec.column);
  else if ('dimensions' in spec) for (const dimension of spec.dimensions) columns.add(dimension);
}
