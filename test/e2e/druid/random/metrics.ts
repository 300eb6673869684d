import type { Randomness } from './randomness.ts';

type Metric = Readonly<Record<string, unknown>>;

const metric = (type: string, fieldName: string): Metric => ({ type, name: `${type}_${fieldName}`, fieldName });

const ORDER_FREE: readonly Metric[] = [
  ...['longSum', 'longMin', 'longMax', 'doubleSum'].map((type) => metric(type, 'amount')),
  ...['doubleSum', 'doubleMin', 'doubleMax', 'floatMin', 'floatMax', 'longSum'].map((type) => metric(type, 'ratio')),
  ...['floatSum', 'floatMin'].map((type) => metric(type, 'small')),
  ...['longMax', 'doubleMin', 'floatMax'].map((type) => metric(type, 'float')),
  ...['key', 'word', 'list', 'mixed', 'double'].map((field) => metric('hyperUnique', field)),
];
/** Of a field that is the same for all records of a group. */
const ANY = ['longAny', 'doubleAny', 'floatAny'].map((type) => metric(type, 'keyed'));
const BY_TIME: readonly Metric[] = [
  ...['longFirst', 'longLast', 'doubleFirst', 'doubleLast', 'floatFirst', 'floatLast'].map((type) =>
    metric(type, 'amount'),
  ),
  ...['stringFirst', 'stringLast'].flatMap((type) => [
    metric(type, 'word'),
    metric(type, 'list'),
    { ...metric(type, 'mixed'), maxStringBytes: 3 },
  ]),
];
/** What filters are put around; the first one is a number. */
const INNER: readonly Metric[] = [
  metric('longSum', 'amount'),
  { type: 'count', name: 'count' },
  metric('hyperUnique', 'key'),
  { ...metric('longLast', 'amount'), timeColumn: 'seq' },
  { ...metric('stringFirst', 'word'), timeColumn: 'seq' },
];
const FILTERS: readonly object[] = [
  { type: 'selector', dimension: 'word', value: 'a' },
  { type: 'selector', dimension: 'list', value: 'b' },
  { type: 'selector', dimension: 'list', value: null },
  { type: 'selector', dimension: 'list', value: 'null' },
  { type: 'selector', dimension: 'mixed', value: '7.0' },
  { type: 'not', field: { type: 'selector', dimension: 'word', value: 'a' } },
  { type: 'not', field: { type: 'in', dimension: 'list', values: ['a', 'é', null] } },
  { type: 'in', dimension: 'long', values: ['7', '1', '-3'] },
  { type: 'bound', dimension: 'long', lower: '-2', upper: '7', ordering: 'numeric' },
  { type: 'not', field: { type: 'bound', dimension: 'double', lower: '0', ordering: 'numeric' } },
  { type: 'bound', dimension: 'word', lower: 'B', upperStrict: true, upper: '日本語', ordering: 'lexicographic' },
  { type: 'range', column: 'double', matchValueType: 'DOUBLE', lower: -3.5, upper: 5, lowerOpen: true },
  { type: 'range', column: 'long', matchValueType: 'LONG', lower: 0 },
  { type: 'equals', column: 'long', matchValueType: 'LONG', matchValue: 7 },
  { type: 'equals', column: 'flag', matchValueType: 'STRING', matchValue: 'true' },
  { type: 'null', column: 'double' },
  { type: 'like', dimension: 'word', pattern: '%a%' },
  { type: 'regex', dimension: 'mixed', pattern: '^[0-9.]+$' },
  {
    type: 'or',
    fields: [
      { type: 'null', column: 'word' },
      { type: 'selector', dimension: 'flag', value: 'false' },
    ],
  },
];

/**
 * Metrics that come out the same whatever the order of the records: those that go by time meet no two records of one time but
 * equal ones.
 * @param distinctTimes false: times are taken from the field `seq`
 * @param persists whether Druid's reducers write several pieces and merge them: it cannot do that with Any metrics, and nulls of
 *   filtered numbers become 0 in rows that stand in several pieces
 */
export function randomMetrics(random: Randomness, distinctTimes: boolean, persists: boolean): Metric[] {
  const byTime = random
    .some(BY_TIME, 0.25)
    .map((one) => (distinctTimes && random.chance(0.7) ? one : { ...one, timeColumn: 'seq' }));
  const plain = [...random.some(ORDER_FREE, 0.3), ...(persists ? [] : random.some(ANY, 0.3)), ...byTime];
  const filtered = random.some(FILTERS, 0.2).map((filter, i) => {
    const wanted = random.pick(INNER.slice(persists ? 1 : 0));
    // Around first and last, Druid's filters "equals" and "null" look at the value as the input has it, which no other does.
    const inner = 'timeColumn' in wanted && /"type":"(?:equals|null)"/.test(JSON.stringify(filter)) ? INNER[1] : wanted;
    return { type: 'filtered', name: `filtered_${i}`, filter, aggregator: { ...inner, name: `filtered_${i}` } };
  });
  return [{ type: 'count', name: 'count' }, ...plain, ...filtered];
}
