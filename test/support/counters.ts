import type { Counter } from 'prom-client';

/** The counts of a metric with one label, by that label; zeros are left out. */
export async function countsOf(counter: Pick<Counter, 'get'>): Promise<Record<string, number>> {
  const { values } = await counter.get();
  const counted = values.filter(({ value }) => value > 0);
  return Object.fromEntries(counted.map(({ labels, value }) => [Object.values(labels).join(), value]));
}
