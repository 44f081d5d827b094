import { expect, it } from 'vitest';
import { alarmNames } from '../../src/domain/alarms.js';
import { checkoutAnswers, createMetrics, ipnOutcomes } from '../../src/metrics.js';

it('what is counted by a known name is a series before its first count, so that its growth is seen', async () => {
  const text = await createMetrics().registry.metrics();
  const series = [
    ...ipnOutcomes.map((outcome) => `driftstack_nowpayments_webhook_total{outcome="${outcome}"} 0`),
    ...checkoutAnswers.map((answer) => `driftstack_crypto_checkouts_total{answer="${answer}"} 0`),
    ...alarmNames.map((alarm) => `driftstack_alarms_total{alarm="${alarm}"} 0`),
  ];
  expect(series.filter((line) => !text.includes(`${line}\n`))).toEqual([]);
});

it('a pool that is wired anew takes the place of the one of its name', async () => {
  const metrics = createMetrics();
  metrics.watchPool('api', { totalCount: 9, idleCount: 0, waitingCount: 4 });
  metrics.watchPool('api', { totalCount: 5, idleCount: 2, waitingCount: 0 });
  const text = await metrics.registry.metrics();
  expect(text).toContain('driftstack_database_connections{pool="api",state="busy"} 3\n');
  expect(text).toContain('driftstack_database_connections{pool="api",state="waiting"} 0\n');
});
