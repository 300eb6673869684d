import { compileTimestampParser } from '../time/timestampParser.ts';
import type { TimestampSpec } from './jobSpec.ts';
import type { SpecLog } from './problem.ts';
import { readFields } from './readFields.ts';
import { isPlaceholder, PLACEHOLDER_HINT } from './scalar.ts';
import { timestampSpecShape } from './shapes/dataSchema.ts';
import {
  absentObject,
  joinPath,
  pathOf,
  quote,
  type SpecNode,
  type SpecObject,
  type Spot,
  spotOf,
} from './specTree.ts';
import { didYouMean } from './suggest.ts';
import { clauseOf, readInstant } from './times.ts';

const NAMED_FORMATS = ['auto', 'iso', 'millis', 'posix', 'micro', 'nano', 'ruby'];

/** `timestampSpec`; absent: column `timestamp`, format `auto`. */
export function readTimestampSpec(log: SpecLog, node: SpecNode | null, holder: SpecObject): TimestampSpec {
  if (node !== null && node.kind !== 'object') {
    log.error(spotOf(node), 'timestampSpec is no object', '{"column": "timestamp", "format": "auto"}');
  }
  const object = node !== null && node.kind === 'object' ? node : absentObject(holder, 'timestampSpec');
  const fields = readFields(log, object, timestampSpecShape);
  const { column, missingValue } = fields.value;
  if (column === '') log.error(fields.at('column'), 'the column of the time is empty', 'a field name');
  if (!NAMED_FORMATS.includes(fields.value.format.toLowerCase()))
    checkPattern(log, fields.at('format'), fields.value.format);
  const missing = missingValue === null ? null : readInstant(log, missingValue);
  const path = joinPath(pathOf(object), 'missingValue');
  log.use(path, missing === null ? 'defaulted' : 'used', missing, 'time of rows without one, in epoch milliseconds');
  return {
    column,
    format: fields.value.format,
    missingValue: missing,
    missingValueText: missing === null || missingValue === null ? null : textOf(missingValue),
  };
}

function textOf(node: SpecNode): string | null {
  return node.kind === 'object' || node.kind === 'array' ? null : node.text;
}

/** Joda patterns: letters that are none, and the mix-ups that read every row wrong without an error. */
function checkPattern(log: SpecLog, spot: Spot, format: string): void {
  if (isPlaceholder(format)) {
    log.error(spot, `${quote(format)} is not a timestamp format`, null, PLACEHOLDER_HINT);
    return;
  }
  try {
    compileTimestampParser(format);
  } catch (error) {
    log.error(spot, clauseOf(error), null, didYouMean(format, NAMED_FORMATS));
    return;
  }
  const bare = format.replace(/'[^']*'?/g, ' ');
  if (/DD/.test(bare) && /[YyM]/.test(bare)) {
    log.danger(spot, '"DD" is the day of the year in Joda\'s patterns', 'the day of the month is "dd"');
  } else if (/mm/.test(bare) && !/M/.test(bare) && /[yY]/.test(bare)) {
    log.danger(spot, '"mm" is the minute in Joda\'s patterns', 'the month is "MM"');
  } else if (/hh/.test(bare) && !/a/.test(bare)) {
    log.danger(spot, '"hh" is the hour from 1 to 12 in Joda\'s patterns', 'the hour of the day is "HH"');
  }
}
