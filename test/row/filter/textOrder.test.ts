import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alphanumeric, lexicographic, numeric, strlen } from '../../../src/row/filter/textOrder.ts';
import { version } from '../../../src/row/filter/versionOrder.ts';

/** Texts, and for each text how Druid 33's StringComparators see it and every other: `<`, `=` or `>`. */
const DRUID = JSON.parse(
  readFileSync(new URL('../../fixtures/row/textOrders.json', import.meta.url), 'utf8'),
) as Record<string, { texts: string[]; signs: string[] }>;

describe.each([lexicographic, alphanumeric, numeric, strlen, version])('%o', (order) => {
  const { texts, signs } = DRUID[order.name];

  it('orders every pair of texts as Druid does', () => {
    const wrong = texts.flatMap((a, i) =>
      texts.flatMap((b, k) => {
        const sign = '<=>'[Math.sign(order(a, b)) + 1];
        return sign === signs[i][k] ? [] : [`${JSON.stringify(a)} ${sign} ${JSON.stringify(b)}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});
