import { setTimeout as pause } from 'node:timers/promises';
import type { Placed, Shop } from './shop.js';
import type { World } from './world.js';

/** How a payer behaves, and how the provider tells of it. */
export type Manner = keyof typeof manners;

interface Payment {
  readonly payment_id: string;
}

type Act = (world: World, payment: Payment, order: Paying) => Promise<void>;

interface Paying {
  readonly shop: Shop;
  readonly orderId: string;
}

const manners = {
  one_ipn: (world, payment) => world.sim.pay({ ...payment, then: ['finished'] }),
  four_ipns: (world, payment) => world.sim.pay(payment),
  twice: (world, payment) => world.sim.pay({ ...payment, ipn: { duplicate: 2 } }),
  storm: (world, payment) => world.sim.pay({ ...payment, ipn: { duplicate: 8 } }),
  reordered: (world, payment) => world.sim.pay({ ...payment, ipn: 'reorder' }),
  silent: (world, payment) => world.sim.pay({ ...payment, ipn: 'drop' }),
  delayed: (world, payment) => world.sim.pay({ ...payment, ipn: { delay: '15 seconds' } }),
  unsigned: (world, payment) => world.sim.pay({ ...payment, ipn: { forge: 'no_signature' } }),
  forged: (world, payment) => world.sim.pay({ ...payment, ipn: { forge: 'wrong_secret' } }),
  in_two: (world, payment) => world.sim.scenario('partial_then_topup', payment),
  too_little: (world, payment) => world.sim.pay({ ...payment, fraction: '0.6' }),
  too_much: (world, payment) => world.sim.pay({ ...payment, fraction: '1.5' }),
  other_coin: (world, payment) => world.sim.scenario('wrong_asset', payment),
  bounced: (world, payment) => world.sim.pay({ ...payment, then: ['confirming', 'failed'] }),
  again: (world, payment) => world.sim.scenario('redeposit', payment),
  never: async () => {},
  late: async (world, payment, order) => {
    while ((await order.shop.statusOf(order.orderId)) !== 'failed') await pause(2_000);
    await world.sim.pay(payment);
  },
} satisfies Record<string, Act>;

export type Mixture = Readonly<Partial<Record<Manner, number>>>;

/** The everyday: most pay as they should, some in every other way. */
export const everyday: Mixture = {
  one_ipn: 22,
  four_ipns: 24,
  twice: 8,
  storm: 4,
  reordered: 6,
  silent: 5,
  delayed: 3,
  unsigned: 2,
  forged: 2,
  in_two: 5,
  too_little: 3,
  too_much: 4,
  other_coin: 3,
  bounced: 2,
  again: 2,
  never: 3,
  late: 2,
};

/** After these an order waits for its window to end. */
const waiting: readonly Manner[] = ['never', 'late', 'too_little', 'other_coin'];

export interface Payers {
  /** Has somebody pay at the address that was shown; resolves when the coins have moved. `isLast`: by one who lets nobody wait. */
  pay(order: Placed, isLast: boolean): Promise<void>;
  readonly manners: ReadonlyMap<string, Manner>; // by order
}

export function createPayers(world: World, shop: Shop, mixture: Mixture): Payers {
  const chosen = new Map<string, Manner>();
  const prompt = Object.fromEntries(Object.entries(mixture).filter(([name]) => !waiting.includes(name as Manner)));
  return {
    manners: chosen,
    async pay({ orderId, address }, isLast) {
      if (orderId === null || address === null) return;
      const manner = world.chance.weighted('manner', (isLast ? prompt : mixture) as Record<Manner, number>);
      chosen.set(orderId, manner);
      const payment = await world.sim.paymentAt(orderId, address);
      const act: Act = manners[manner];
      await act(world, { payment_id: payment }, { shop, orderId });
    },
  };
}
