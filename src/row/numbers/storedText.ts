import type { NumericType } from '../../spec/jobSpec.ts';
import type { NumberCell } from '../coerce.ts';
import { javaDoubleText, javaFloatText } from './javaText.ts';

/**
 * The canonical text of a number that a dimension stores, as Java writes it: what rows are hashed and cut into ranges by.
 *
 * @param low of a long, or of the bits of a double; floats are kept as the doubles they equal
 * @param number overwritten
 */
export function storedText(type: NumericType, low: number, high: number, number: NumberCell): string {
  number.pair[0] = low;
  number.pair[1] = high;
  if (type === 'long') return number.long[0].toString();
  return type === 'double' ? javaDoubleText(number.double[0]) : javaFloatText(number.double[0]);
}
