import { readFileSync } from 'node:fs';
import type { Row } from './compare.ts';

/** What of an ingestion spec the ties depend on. Inputs have to be JSON lines with ISO times. */
interface TieSpec {
  readonly spec: {
    readonly dataSchema: {
      readonly parser: {
        readonly parseSpec: {
          readonly timestampSpec: { readonly column: string };
          readonly dimensionsSpec: { readonly dimensions: readonly (string | { readonly name: string })[] };
        };
      };
      readonly metricsSpec: readonly {
        readonly type: string;
        readonly name: string;
        readonly fieldName?: string;
        readonly maxStringBytes?: number;
      }[];
      readonly granularitySpec: { readonly queryGranularity: string };
    };
    readonly ioConfig: { readonly inputSpec: { readonly paths: string } };
  };
}

const GRANULE_MS: Readonly<Record<string, number>> = {
  NONE: 1,
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
};

/**
 * Finds out which values the First, Last and Any metrics of a rolled-up row may have, given that the order in which its
 * rows arrived is open: of the rows at the earliest (latest) time any one, of all rows any one. A null that arrives first
 * makes Druid's numeric Any null or, by a defect of the Hadoop indexer, 0; string First and Last pass nulls over.
 * @param specText with paths that can be opened
 * @returns for `CompareOptions.isCandidate`
 */
export function tieCandidates(specText: string): (column: string, row: Row, value: unknown) => boolean {
  const { dataSchema, ioConfig } = (JSON.parse(specText) as TieSpec).spec;
  const { timestampSpec, dimensionsSpec } = dataSchema.parser.parseSpec;
  const dimensions = dimensionsSpec.dimensions.map((it) => (typeof it === 'string' ? it : it.name));
  const granule = GRANULE_MS[dataSchema.granularitySpec.queryGranularity];
  if (granule === undefined) {
    throw new Error(`ties are not known for queryGranularity ${dataSchema.granularitySpec.queryGranularity}`);
  }

  const groups = new Map<string, { time: number; row: Row }[]>();
  for (const path of ioConfig.inputSpec.paths.split(',')) {
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
      const row = JSON.parse(line) as Row;
      const time = Date.parse(row[timestampSpec.column] as string);
      const key = groupKey(Math.floor(time / granule) * granule, dimensions, row);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ time, row }]);
      else group.push({ time, row });
    }
  }

  return (column, row, value) => {
    const metric = dataSchema.metricsSpec.find(({ name }) => name === column);
    const group = groups.get(groupKey(Number(row.__time), dimensions, row));
    if (metric?.fieldName === undefined || group === undefined) return false;
    const field = metric.fieldName;
    const isString = metric.type.startsWith('string');
    const isFloat = metric.type.startsWith('float');
    const number = (it: unknown) => (isFloat && typeof it === 'number' ? Math.fround(it) : it);
    if (metric.type.endsWith('Any')) {
      const values = group.map((it) => number(it.row[field] ?? null));
      return values.includes(number(value)) || (values.includes(null) && value === 0);
    }
    const counted = isString ? group.filter((it) => (it.row[field] ?? null) !== null) : group;
    const times = counted.map((it) => it.time);
    const time = metric.type.endsWith('First') ? Math.min(...times) : Math.max(...times);
    const pair = value as { time: number; value: unknown };
    return counted
      .filter((it) => it.time === time)
      .map((it) =>
        isString ? cut(it.row[field] as string, metric.maxStringBytes ?? 1024) : number(it.row[field] ?? null),
      )
      .some((candidate) => pair.time === time && candidate === number(pair.value));
  };
}

/** Dimension values as text, multi-values sorted; a null among them is the text "null" in Druid's Hadoop indexer. */
function groupKey(time: number, dimensions: readonly string[], row: Row): string {
  const values = dimensions.map((name) => {
    const value = row[name] ?? null;
    if (!Array.isArray(value)) return value === null ? null : String(value);
    const sorted = value.map(String).sort();
    return sorted.length > 1 ? sorted : (sorted[0] ?? null);
  });
  return JSON.stringify([time, values]);
}

/** At most so many bytes of UTF-8, no broken character at the end. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}
