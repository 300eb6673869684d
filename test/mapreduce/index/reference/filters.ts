import type { FilterSpec } from '../../../../src/spec/jobSpec.ts';
import { compareTexts, type SourceRecord, textOf, type Value } from './values.ts';

/** True, false or, where something is compared with null, unknown (null). */
type Truth = boolean | null;

/** Whether a record passes one of the filters that random jobs have. */
export function passes(filter: FilterSpec, record: SourceRecord): boolean {
  return truthOf(filter, record) === true;
}

function truthOf(filter: FilterSpec, record: SourceRecord): Truth {
  switch (filter.type) {
    case 'and': {
      const truths = filter.fields.map((field) => truthOf(field, record));
      return truths.includes(false) ? false : truths.includes(null) ? null : true;
    }
    case 'or': {
      const truths = filter.fields.map((field) => truthOf(field, record));
      return truths.includes(true) ? true : truths.includes(null) ? null : false;
    }
    case 'not': {
      const truth = truthOf(filter.field, record);
      return truth === null ? null : !truth;
    }
    case 'null':
      return isNull(fieldOf(record, filter.column));
    case 'selector': {
      const value = fieldOf(record, filter.dimension);
      if (filter.value === null) return isNull(value);
      return isNull(value) ? null : textOf(value) === filter.value;
    }
    case 'in': {
      const value = fieldOf(record, filter.dimension);
      if (isNull(value)) return filter.values.includes(null) ? true : null;
      return filter.values.includes(textOf(value));
    }
    case 'bound': {
      const value = fieldOf(record, filter.dimension);
      const numeric = filter.ordering === 'numeric';
      // Null is below every bound, and known to be.
      if (isNull(value)) return filter.lower === null;
      const compare = (bound: string) => (numeric ? Number(value) - Number(bound) : compareTexts(textOf(value), bound));
      const { lower, upper, lowerStrict, upperStrict } = filter;
      if (lower !== null && (lowerStrict ? compare(lower) <= 0 : compare(lower) < 0)) return false;
      return upper === null || (upperStrict ? compare(upper) < 0 : compare(upper) <= 0);
    }
    case 'range': {
      const value = fieldOf(record, filter.column);
      if (isNull(value)) return null;
      const { lower, upper, lowerOpen, upperOpen } = filter;
      const number = Number(value);
      if (lower !== null && (lowerOpen ? number <= Number(lower) : number < Number(lower))) return false;
      return upper === null || (upperOpen ? number < Number(upper) : number <= Number(upper));
    }
    default:
      throw new Error(`The reference knows no filter of type ${filter.type}.`);
  }
}

function fieldOf(record: SourceRecord, column: string): Value {
  return record.get(column) ?? null;
}

function isNull(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}
