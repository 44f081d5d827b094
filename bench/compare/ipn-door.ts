import { Pool } from 'undici';
import { signBody } from '../../simulator/ipn/ipn-signature.js';
import { closedLoop, openLoop } from '../load.js';
import type { Contender } from './contender.js';
import { tailOf, type Tail } from './latency.js';
import { measureCpu, type CpuMs } from './usage.js';

export interface DoorFigures {
  readonly acksPerSecond: number;
  readonly atHalfMs: Tail; // at half of that rate
  readonly forgedPerSecond: number;
  readonly amongForgeriesMs: Tail; // true ones at half, while forgeries come as fast
  readonly cpuMs: CpuMs; // of one that is acknowledged
}

interface Given {
  readonly ours: Contender;
  readonly apiUrl: string;
  readonly secret: string;
  readonly orders: readonly { readonly orderId: string; readonly paymentId: string }[]; // open ones
  readonly count: number;
}

const connections = 32;

/** Distinct signed notices that change nothing: what the door costs, and nothing behind it. */
export async function measureDoor({ ours, apiUrl, secret, orders, count }: Given): Promise<DoorFigures> {
  const door = new Pool(apiUrl, { connections: connections * 2 });
  let serial = 0;
  async function post(isTrue: boolean): Promise<void> {
    serial += 1;
    const body = noticeOf(orders[serial % orders.length]!, serial);
    const signature = isTrue ? signBody(body, secret, 'A')! : 'ab'.repeat(64);
    const headers = { 'content-type': 'application/json', 'x-nowpayments-sig': signature };
    const answer = await door.request({ method: 'POST', path: '/v1/webhooks/nowpayments', headers, body });
    await answer.body.dump();
    if (isTrue !== (answer.statusCode === 200)) throw new Error(`the door answered ${answer.statusCode}`);
  }
  try {
    await closedLoop({ count: Math.ceil(count / 4), clients: connections }, () => post(true));
    const spent = measureCpu(ours);
    const fast = await closedLoop({ count, clients: connections }, () => post(true));
    const cpuMs = Object.fromEntries(Object.entries(spent()).map(([part, ms]) => [part, ms / count]));
    const half = count / fast.seconds / 2;
    const calm = await openLoop({ count: Math.ceil(half * 3), perSecond: half }, () => post(true));
    const forged = await closedLoop({ count, clients: connections }, () => post(false));
    const among = await Promise.all([
      openLoop({ count: Math.ceil(half * 3), perSecond: half }, () => post(true)),
      openLoop({ count: Math.ceil(half * 3), perSecond: half }, () => post(false)),
    ]);
    return {
      acksPerSecond: count / fast.seconds,
      atHalfMs: tailOf(calm.latenciesMs),
      forgedPerSecond: count / forged.seconds,
      amongForgeriesMs: tailOf(among[0].latenciesMs),
      cpuMs,
    };
  } finally {
    await door.close();
  }
}

function noticeOf({ orderId, paymentId }: { orderId: string; paymentId: string }, serial: number): string {
  return JSON.stringify({
    payment_id: Number(paymentId),
    payment_status: 'waiting',
    pay_address: `bench-${serial}`, // makes it another notice
    price_amount: 49,
    price_currency: 'usd',
    pay_amount: 49,
    actually_paid: 0,
    pay_currency: 'usdttrc20',
    order_id: orderId,
    updated_at: serial,
  });
}
