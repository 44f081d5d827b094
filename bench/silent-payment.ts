import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createPool, type Pool } from '../src/db/pool.js';
import { oneWord } from './compare/contender.js';
import { startFullStack, type FullStack } from './full-stack.js';
import { runOn } from './stack.js';
import { openRows } from './open-rows.js';
import { createOrders, raiseLimits } from './orders.js';
import { countProviderCalls } from './provider-calls.js';

// How long a payment that no IPN tells of stays unseen beside many open orders, and what asking costs, at the provider's usual
// quota. The many are rows with payments at the simulator and no runs; the silent ones are real. Judges nothing.
const { values: options } = parseArgs({
  options: { open: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '5' } },
});
const open = Number(options.open);
const rounds = Number(options.rounds);

async function main(stack: FullStack, pool: Pool): Promise<void> {
  const ours = createOrders(stack.devFile, pool);
  try {
    await raiseLimits(pool);
    const first = await ours.checkout();
    await openRows(stack, pool, { like: first, count: open });
    await sweptTwice(pool); // the first list is longer than the one before
    const calls = await countProviderCalls(stack.devFile.simulator_url!);
    const startedAt = performance.now();
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await pause(Math.random() * 30_000); // at any moment between two sweeps
      const orderId = await ours.checkout();
      const paidAt = performance.now();
      await ours.pay(orderId, { ...oneWord, ipn: 'drop' });
      seconds.push((performance.now() - paidAt) / 1000);
    }
    const minutes = (performance.now() - startedAt) / 60_000;
    console.log(`\n${open} open orders, ${rounds} silent payments: seconds from the coins to paid`);
    console.log(`  ${seconds.map((took) => took.toFixed(0)).join(' / ')}`);
    console.log(`provider calls a minute, in ${minutes.toFixed(1)} minutes`);
    for (const [endpoint, count] of Object.entries(await calls()))
      console.log(`  ${endpoint.padEnd(20)}${(count / minutes).toFixed(1).padStart(8)}`);
  } finally {
    await ours.close();
  }
}

async function sweptTwice(pool: Pool): Promise<void> {
  const last = async () => {
    const { rows } = await pool.query<{ listed: number; at: string }>(
      `select listed, swept_at as at from provider_sweeps where mode = 'live' and listed >= $1`,
      [open],
    );
    return rows[0]?.at;
  };
  const first = await until(last);
  await until(async () => ((await last()) === first ? undefined : 'again'));
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(500);
  }
}

const stack = await startFullStack({ NOWPAYMENTS_MAX_RPS: '5' });
const pool = createPool({
  url: stack.devFile.database_url,
  max: 4,
  applicationName: 'bench',
  onError: () => undefined,
});
await runOn(stack, () => main(stack, pool).finally(() => pool.end()));
