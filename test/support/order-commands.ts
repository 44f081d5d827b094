import fc, { type AsyncCommand } from 'fast-check';
import { expect } from 'vitest';
import type { CaseKind } from '../../src/domain/cases/support-case.js';
import type { OrderStatus } from '../../src/domain/order.js';
import { eventually } from './eventually.js';
import type { Merchant } from './merchant.js';
import type { Stack } from './stack.js';

/** What an order must look like, as a merchant and an operator who know the contract would say it. */
interface Expected {
  readonly id: string;
  readonly key: number;
  readonly cents: number;
  status: OrderStatus;
  open: CaseKind | null; // its one open case
  hasCoins: boolean;
  isRefunded: boolean;
}

export interface Model {
  readonly orders: Expected[];
  readonly done: string[]; // the kinds of steps that were taken
}

export interface Real {
  readonly stack: Stack;
  readonly merchant: Merchant;
}

type Step = AsyncCommand<Model, Real>;

const orders = '/v1/billing/crypto-orders';
const closedUnpaid: readonly OrderStatus[] = ['failed', 'cancelled'];

/** Waits until the order is as the model says, in every way that both may see. */
async function settled({ stack, merchant }: Real, { id, status, open }: Expected): Promise<void> {
  await eventually(
    async () => {
      const { body } = await merchant.call('GET', `${orders}/${id}`);
      const cases = (await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${id}&status=open`)).body.cases;
      const kinds = cases.map((each: { kind: CaseKind }) => each.kind);
      expect({ status: body.status, kinds }).toEqual({ status, kinds: open === null ? [] : [open] });
    },
    { timeoutMs: 30_000 },
  );
}

/** A step about one order that is there; `may` says of which the contract has an answer. */
function about(
  name: string,
  at: number,
  { may, run }: { may: (order: Expected) => boolean; run: (order: Expected, real: Real) => Promise<void> },
): Step {
  const found = ({ orders: all }: Model) => all[at % Math.max(all.length, 1)];
  return {
    check: (model) => {
      const order = found(model);
      return order !== undefined && may(order);
    },
    async run(model, real) {
      const order = found(model)!;
      await run(order, real);
      await settled(real, order);
      model.done.push(name);
    },
    toString: () => `${name}(${at})`,
  };
}

/** A checkout: the first with its key places an order, every other answers that one, whatever its body. */
function checkout(key: number, cents: number): Step {
  return {
    check: () => true,
    async run(model, { merchant }) {
      const known = model.orders.find((each) => each.key === key);
      const { status, headers, body } = await merchant.checkout({ price_cents: cents }, `key-${key}`);
      expect(status).toBe(201);
      expect(headers.get('idempotent-replayed')).toBe(known ? '1' : null);
      model.done.push(known ? 'replay' : 'mint');
      if (!known) {
        expect([body.status, typeof body.payment_address]).toEqual(['pending', 'string']);
        const fresh = { status: 'pending', open: null, hasCoins: false, isRefunded: false } as const;
        model.orders.push({ id: body.order_id, key, cents, ...fresh });
        return;
      }
      expect([body.order_id, body.status]).toEqual([known.id, known.status]);
      expect(headers.get('x-driftstack-idempotency-mismatch')).toBe(cents === known.cents ? null : '1');
    },
    toString: () => `checkout(${key}, ${cents})`,
  };
}

const pay = (at: number, fraction: number) =>
  about(fraction === 1 ? 'pay' : 'pay a part', at, {
    may: ({ status, open, hasCoins }) =>
      open === null && !hasCoins && (status === 'pending' || closedUnpaid.includes(status)),
    async run(order, { stack }) {
      await stack.sim('/pay', { order_id: order.id, fraction });
      order.hasCoins = true;
      if (order.status !== 'pending') order.open = 'late_payment';
      else if (fraction === 1) order.status = 'paid';
      else [order.status, order.open] = ['partial', 'underpaid'];
    },
  });

const topUp = (at: number) =>
  about('top up', at, {
    may: ({ status }) => status === 'partial',
    async run(order, { stack, merchant }) {
      const { body } = await merchant.call('GET', `${orders}/${order.id}`);
      expect(body.next_action).toBe('top_up');
      await stack.sim('/pay', { order_id: order.id, amount: body.amount_due });
      [order.status, order.open] = ['paid', null];
    },
  });

const payAgain = (at: number) =>
  about('pay again', at, {
    may: ({ status, open, hasCoins, isRefunded }) => status === 'paid' && open === null && hasCoins && !isRefunded,
    async run(order, { stack }) {
      await stack.sim('/pay', { order_id: order.id, fraction: 1 });
      order.open = 'second_payment';
    },
  });

const cancel = (at: number) =>
  about('cancel', at, {
    may: () => true,
    async run(order, { merchant }) {
      const { status, body } = await merchant.call('POST', `${orders}/${order.id}/cancel`, {});
      expect([status, body.status]).toEqual(order.status === 'pending' ? [200, 'cancelled'] : [409, 409]);
      if (order.status === 'pending') order.status = 'cancelled';
    },
  });

const resolve = (at: number, action: 'honour' | 'decline') =>
  about(action, at, {
    may: ({ open }) => open !== null,
    async run(order, { stack }) {
      const { cases } = (await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${order.id}&status=open`))
        .body;
      const path = `/v1/admin/support-cases/${cases[0].id}/resolve`;
      const { status } = await stack.admin.call('POST', path, { action, reason: 'as the model has it' });
      if (action === 'honour' && order.status === 'paid') return expect(status).toBe(409); // it is paid already
      expect(status).toBe(200);
      order.open = null;
      if (action === 'honour') order.status = 'paid';
    },
  });

const refund = (at: number) =>
  about('refund', at, {
    may: ({ status, open, hasCoins, isRefunded }) => status === 'paid' && open === null && hasCoins && !isRefunded,
    async run(order, { stack }) {
      await stack.sim('/scenarios/refund', { order_id: order.id });
      [order.open, order.isRefunded] = ['refunded', true];
    },
  });

/** Walks the list by pages of two: every order once, as the model has it. */
const list: Step = {
  check: () => true,
  async run({ orders: all, done }, { merchant }) {
    const seen: [string, string][] = [];
    let cursor: string | null = null;
    do {
      const path: string = `${orders}?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { status, body } = await merchant.call('GET', path);
      expect(status).toBe(200);
      seen.push(...body.orders.map((each: Record<string, string>) => [each.order_id, each.status]));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen.reverse()).toEqual(all.map(({ id, status }) => [id, status]));
    done.push('list');
  },
  toString: () => 'list',
};

const key = fc.nat({ max: 3 });
const which = fc.nat({ max: 3 });

/** The steps that the model takes, as often as fast-check likes. */
export const steps = [
  fc.tuple(key, fc.constantFrom(4900, 9900)).map((given) => checkout(...given)),
  fc.tuple(key, fc.constantFrom(4900, 9900)).map((given) => checkout(...given)),
  fc.tuple(which, fc.constantFrom(1, 1, 0.5)).map((given) => pay(...given)),
  fc.tuple(which, fc.constantFrom(1, 0.5)).map((given) => pay(...given)),
  which.map(topUp),
  which.map(payAgain),
  which.map(cancel),
  fc.tuple(which, fc.constantFrom('honour' as const, 'decline' as const)).map((given) => resolve(...given)),
  which.map(refund),
  fc.constant(list),
];
