import { onTestFinished } from 'vitest';
import type { Cluster } from '../../../scripts/druid/cluster.mjs';

/** The figures of Druid's tutorial. */
export const TUTORIAL = { n: 39_244, added: 9_385_573, deleted: 394_298, delta: 8_991_275 };

/** The pages with most edits, as printed in Druid's tutorial. */
export const TOP_PAGES = [
  { page: 'Wikipedia:Vandalismusmeldung', edits: 33 },
  { page: 'User:Cyde/List of candidates for speedy deletion/Subpage', edits: 28 },
  { page: 'Jeremy Corbyn', edits: 27 },
];

/** Rows and sums of a data source by SQL through the Broker; null as long as the Broker does not know it. */
export async function totals(cluster: Cluster, dataSource: string): Promise<typeof TUTORIAL | null> {
  const columns = 'COUNT(*) AS n, SUM(added) AS added, SUM(deleted) AS deleted, SUM(delta) AS delta';
  try {
    return (await cluster.sql(`SELECT ${columns} FROM ${dataSource}`))[0];
  } catch (error) {
    // The Broker knows a new data source, and its columns, a little later than the Coordinator.
    if (/not found/.test((error as Error).message)) return null;
    throw error;
  }
}

export function topPages(cluster: Cluster, dataSource: string): Promise<object[]> {
  return cluster.sql(`SELECT page, COUNT(*) AS edits FROM ${dataSource} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3`);
}

/** Asks for the totals of a data source over and over, one question after the other. */
export class Watch {
  #isOver = false;
  #asked = 0;
  readonly #changes: string[] = [];
  readonly #asking: Promise<void>;

  constructor(cluster: Cluster, dataSource: string) {
    this.#asking = (async () => {
      while (!this.#isOver) {
        const answer = JSON.stringify(await totals(cluster, dataSource));
        this.#asked++;
        if (answer !== this.#changes.at(-1)) this.#changes.push(answer);
      }
    })();
    // A test that fails before it stops this: nobody waits for the answer then.
    this.#asking.catch(() => {});
    onTestFinished(() => {
      this.#isOver = true;
    });
  }

  /** @returns the answers that were not the same as those before, in their order, and how many there were in all */
  async stop(): Promise<{ changes: unknown[]; asked: number }> {
    this.#isOver = true;
    await this.#asking;
    return { changes: this.#changes.map((answer) => JSON.parse(answer)), asked: this.#asked };
  }
}
