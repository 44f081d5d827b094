import { eventually } from '../support/eventually.js';
import { makePeace } from './nemesis.js';
import type { World } from './world.js';

// What is still under way. It ends by itself: by an IPN, a read, a deadline, a retry, a sweep, a reconcile.
const underWay = {
  'orders open': `select count(*) as count from orders where status not in ('paid', 'failed', 'cancelled')`,
  'IPNs not dealt with': 'select count(*) as count from provider_events where handled_at is null',
  'events not published': 'select count(*) as count from outgoing_events where published_at is null',
  'deliveries under way': `select count(*) as count from deliveries where status in ('pending', 'in_flight')`,
} as const;

const calmMs = 16_000; // longer than the provider ever holds an IPN back

/** Nobody is hurt any more; resolves with what was left when all had ended, or when the time was up. */
export async function quietPeriod(
  world: World,
  { payments, limitMs, say }: { payments: readonly Promise<void>[]; limitMs: number; say: (line: string) => void },
): Promise<readonly string[]> {
  await makePeace(world);
  say('the quiet period begins');
  let left: string[] = [];
  let saidAt = Date.now();
  const giveUpAt = Date.now() + limitMs;
  await Promise.race([Promise.all(payments), new Promise((timeUp) => setTimeout(timeUp, limitMs).unref())]);
  let newest = '';
  let calmSince = Date.now();
  const look = async () => {
    left = await stillUnderWay(world);
    const seen = await world.sim.newest();
    if (seen !== newest || left.length > 0) calmSince = Date.now();
    newest = seen;
    if (left.length === 0 && Date.now() - calmSince < calmMs) throw new Error('the provider spoke a moment ago');
    if (Date.now() - saidAt > 15_000 && left.length > 0) {
      saidAt = Date.now();
      say(`under way: ${left.join(', ')}`);
    }
    if (left.length > 0) throw new Error(left.join(', '));
  };
  await eventually(look, { timeoutMs: Math.max(20_000, giveUpAt - Date.now()), intervalMs: 500 }).catch(() => {});
  say(left.length === 0 ? 'everything has ended' : `the time is up, and under way is: ${left.join(', ')}`);
  return left;
}

async function stillUnderWay({ pool, temporal }: World): Promise<string[]> {
  const found: string[] = [];
  for (const [what, sql] of Object.entries(underWay)) {
    const { rows } = await pool.query<{ count: number }>(sql);
    if (rows[0]?.count) found.push(`${what}: ${rows[0].count}`);
  }
  if (found.length > 0) return found;
  const { count } = await temporal.workflow.count(
    `WorkflowType = 'cryptoOrderWorkflow' and ExecutionStatus = 'Running'`,
  );
  return count > 0 ? [`runs of orders: ${count}`] : [];
}
