import type { FilterSpec } from './jobSpec.ts';

/** The row fields a filter looks at (Druid: `DimFilter.getRequiredColumns`), with repeats. */
export function filterColumns(filter: FilterSpec): readonly string[] {
  switch (filter.type) {
    case 'true':
    case 'false':
      return [];
    case 'and':
    case 'or':
      return filter.fields.flatMap(filterColumns);
    case 'not':
      return filterColumns(filter.field);
    case 'null':
    case 'equals':
    case 'range':
      return [filter.column];
    case 'columnComparison':
      return filter.dimensions;
    default:
      return [filter.dimension];
  }
}
