/** Single values, as Druid's own parsers and coercions take them, against ours: ten thousand of each kind. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../../../src/input/json/scanner.ts';
import { FieldKind } from '../../../src/input/record.ts';
import { BATCH_ROWS, RecordBatch } from '../../../src/input/recordBatch.ts';
import { createKernel } from '../../../src/kernel/kernel.ts';
import { coerceDimension, coerceMetric, newNumber } from '../../../src/row/coerce.ts';
import { FieldText } from '../../../src/row/fieldText.ts';
import { javaDoubleTextJdk17 } from '../../../src/row/numbers/javaText.ts';
import { TimeColumn } from '../../../src/row/timeColumn.ts';
import type { Granularity, NumericType } from '../../../src/spec/jobSpec.ts';
import { compileGranularity } from '../../../src/time/granularity.ts';
import { druidValues } from './oracle.ts';
import { Randomness } from './random/randomness.ts';
import { randomNumberJson, randomTimeJson } from './random/values.ts';
import { scratchFolder } from './segmill.ts';

const SEED = Number(process.env.SEGMILL_E2E_SEEDS?.split(',')[0] ?? '1');
const VALUES = 10_000;
/** Differences that a failed test prints. */
const SHOWN = 25;
const FORMATS = [
  ...['auto', 'iso', 'millis', 'posix', 'micro', 'nano', 'ruby'],
  ...['dd/MMM/yyyy:HH:mm:ss Z', 'yyyyMMdd', 'MM/dd/yyyy hh:mm a', "yyyy-MM-dd'T'HH:mm:ss"],
];
const ZONES = [
  'UTC',
  'America/Los_Angeles',
  'Asia/Kolkata',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
];
const PERIODS = 'PT1S PT5M PT15M PT1H PT6H PT8H P1D P1W P1M P3M P1Y P2D P3W P2Y PT0.5S P1DT12H P1M1D PT90M P5M'.split(
  ' ',
);
const NAMES =
  'SECOND MINUTE FIVE_MINUTE TEN_MINUTE FIFTEEN_MINUTE THIRTY_MINUTE HOUR SIX_HOUR EIGHT_HOUR DAY WEEK MONTH QUARTER YEAR'.split(
    ' ',
  );

/** Calls back with batches of records of one field, from their JSON lines. */
function eachBatch(rows: readonly string[], take: (batch: RecordBatch, first: number) => void): void {
  for (let first = 0; first < rows.length; first += BATCH_ROWS) {
    const some = rows.slice(first, first + BATCH_ROWS);
    const batch = new RecordBatch(createKernel(), ['v']);
    const bytes = Buffer.from(some.join(''));
    batch.begin(bytes);
    const scanner = new JsonScanner(batch, { discover: false });
    let start = 0;
    for (const row of some) {
      const end = start + Buffer.byteLength(row);
      if (!scanner.scan(bytes, start, end)) throw new Error(`not JSON to us: ${row}`);
      start = end;
    }
    take(batch, first);
  }
}

function askDruid(questions: readonly object[]): Promise<string[]> {
  const file = join(scratchFolder(), 'questions.jsonl');
  writeFileSync(file, questions.map((question) => JSON.stringify(question)).join('\n'));
  return druidValues(file);
}

/** Fails with the first inputs that are answered differently. */
function expectSame(inputs: readonly unknown[], ours: readonly string[], druids: readonly string[]): void {
  const differences = inputs.flatMap((input, i) =>
    ours[i] === druids[i] ? [] : [{ input, ours: ours[i], druids: druids[i] }],
  );
  expect(druids).toHaveLength(inputs.length);
  expect(differences.slice(0, SHOWN), `${differences.length} differences`).toEqual([]);
}

describe('times', () => {
  it.each(FORMATS)('of the format "%s" are read as Druid reads them', async (format) => {
    const random = new Randomness(SEED + 1000);
    const rows = Array.from({ length: VALUES }, () => `{"v":${randomTimeJson(random)}}`);
    const ours: string[] = [];
    const column = new TimeColumn({ column: 'v', format, missingValue: null, missingValueText: null }, 0);
    const times = new Float64Array(BATCH_ROWS);
    eachBatch(rows, (batch) => {
      column.assemble(batch, times);
      for (let i = 0; i < batch.rows; i++) ours.push(Number.isNaN(times[i]) ? 'error' : String(times[i]));
    });
    const answers = await askDruid(rows.map((row) => ({ ask: 'time', format, row })));
    // Beyond 2^53 ms, where no interval reaches, a time is unreadable to us.
    const druids = answers.map((answer) => (Math.abs(Number(answer)) > Number.MAX_SAFE_INTEGER ? 'error' : answer));
    expect(druids.filter((answer) => answer !== 'error').length).toBeGreaterThan(10);
    expectSame(rows, ours, druids);
  });
});

describe('numbers and texts', () => {
  it('are coerced to dimensions and metrics as Druid does', async () => {
    const random = new Randomness(SEED);
    const rows = Array.from({ length: VALUES }, () => `{"v":${randomNumberJson(random)}}`);
    const ours: string[] = [];
    eachBatch(rows, (batch) => {
      for (let at = 0; at < batch.rows; at++) ours.push(answerOf(batch, at));
    });
    expectSame(rows, ours, await askDruid(rows.map((row) => ({ ask: 'coerce', row }))));
  });
});

describe('granularities', () => {
  it('cut time as Druid does', async () => {
    const random = new Randomness(SEED);
    const all: [Granularity, unknown][] = [
      ...NAMES.map((name): [Granularity, unknown] => [{ type: 'named', name }, name]),
      ...PERIODS.flatMap((period) => ZONES.map((timeZone) => periodOf(random, period, timeZone))),
      ...Array.from({ length: 12 }, () => durationOf(random)),
    ];
    const questions = all.map(([asked, granularity]) => {
      // Before the epoch Druid starts buckets of a fixed length after the times in them.
      const earliest = asked.type === 'duration' || isCompound(asked) ? 0 : -2e12;
      const times = Array.from({ length: Math.ceil(VALUES / all.length) }, () =>
        random.chance(0.2) ? earliest + random.below(2e12 - earliest) : 1.2e12 + random.below(6e11),
      );
      return { ask: 'bucket', granularity, times };
    });
    const druids = (await askDruid(questions)).flatMap((line) => line.split(' '));
    const ours = all.flatMap(([granularity], i) => {
      const compiled = compileGranularity(granularity);
      return questions[i].times.map((time) => `${compiled.bucketStart(time)}`);
    });
    const inputs = questions.flatMap(({ granularity, times }) => times.map((time) => ({ granularity, time })));
    expectSame(inputs, ours, druids);
  });
});

/** Whether a period has several units. */
function isCompound(granularity: Granularity): boolean {
  return granularity.type === 'period' && /\d[A-Z]T?\d/.test(granularity.period);
}

function periodOf(random: Randomness, period: string, timeZone: string): [Granularity, unknown] {
  const origin = random.chance(0.3) ? 1.7e12 + random.below(1e9) : null;
  const text = origin === null ? null : new Date(origin).toISOString();
  return [
    { type: 'period', period, timeZone, origin },
    { type: 'period', period, timeZone, origin: text },
  ];
}

function durationOf(random: Randomness): [Granularity, unknown] {
  const [durationMs, origin] = [1 + random.below(1e8), random.below(2e12)];
  return [
    { type: 'duration', durationMs, origin },
    { type: 'duration', duration: durationMs, origin: new Date(origin).toISOString() },
  ];
}

/** One record's field in the words of the Java side (Values.java). */
function answerOf(batch: RecordBatch, at: number): string {
  const isNull = batch.kinds[at] <= FieldKind.null;
  const number = newNumber();
  const bits = (coerce: typeof coerceDimension, type: NumericType): string => {
    if (isNull) return 'null';
    if (!coerce(batch, at, type, number)) return 'error';
    if (type === 'long') return BigInt.asUintN(64, number.long[0]).toString(16);
    const double = number.double[0];
    return type === 'double' ? hexOfDouble(double) : hexOfFloat(double);
  };
  const types: NumericType[] = ['long', 'double', 'float'];
  const numbers = [coerceDimension, coerceMetric].flatMap((coerce) => types.map((type) => bits(coerce, type)));
  return [...numbers, JSON.stringify(isNull ? [] : textsOf(batch, at))].join(' ');
}

/** Texts of a field as a string dimension gets them, nulls in lists as Druid's indexer has them. */
function textsOf(batch: RecordBatch, at: number): string[] {
  const text = new FieldText(javaDoubleTextJdk17);
  const taken = () => Buffer.from(text.bytes.subarray(text.start, text.end)).toString('utf8');
  const kind = batch.kinds[at];
  if (kind === FieldKind.list) {
    return Array.from({ length: batch.ends[at] - batch.starts[at] }, (_, i) => {
      const element = batch.starts[at] + i;
      if (batch.elements.kinds[element] === FieldKind.null) return 'null';
      text.readElement(batch, element);
      return taken();
    });
  }
  const value = kind === FieldKind.nested ? batch.values[batch.starts[at]] : null;
  if (Array.isArray(value)) {
    return value.map((element) => {
      text.readValue(element);
      return taken();
    });
  }
  text.read(batch, at);
  return [taken()];
}

function hexOfDouble(value: number): string {
  return new BigUint64Array(Float64Array.of(value).buffer)[0].toString(16);
}

function hexOfFloat(value: number): string {
  return new Uint32Array(Float32Array.of(value).buffer)[0].toString(16);
}
