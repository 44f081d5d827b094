import { multiplyUp, type AmountText } from '../decimal.js';
import { seededDigits } from '../seeded.js';
import { addressFor, memoFor, type Coin } from '../world/coins.js';
import type { AnswerFate } from '../world/ledger.js';
import type { Payment } from '../world/payments.js';
import type { World } from '../world/world.js';

export const QUOTE_MS = 20 * 60_000;
const WATCH_MS = 7 * 24 * 3_600_000;

export interface MintOrder {
  keyLabel: string;
  orderId: string | null;
  orderDescription: string | null;
  priceAmount: AmountText;
  priceCurrency: string;
  payAmount: AmountText;
  coin: Coin;
  ipnUrl: string | null;
  isFixedRate: boolean;
  isFeePaidByUser: boolean;
  invoiceId: string | null;
  purchaseId: string | null; // of an earlier payment; null: a purchase of its own
  answer: AnswerFate;
  faultId: string | null;
}

export function mintPayment(world: World, order: MintOrder): Payment {
  const { coin, answer, faultId, purchaseId, ...same } = order;
  const n = world.payments.count();
  const createdAtMs = world.clock.now();
  const payment: Payment = {
    ...same,
    id: freshId(world, n),
    n,
    parentId: null,
    childIds: [],
    purchaseId: purchaseId ?? seededDigits({ seed: world.seed, stream: 'purchase', n }, 10),
    status: 'waiting',
    payCurrency: coin.code,
    payAddress: addressFor(coin, world.seed, n),
    memo: memoFor(coin, world.seed, n),
    actuallyPaid: '0',
    payinHash: null,
    createdAtMs,
    updatedAtMs: createdAtMs,
    quoteUntilMs: createdAtMs + QUOTE_MS,
    watchUntilMs: createdAtMs + WATCH_MS,
  };
  world.payments.save(payment);
  recordMint(world, payment, answer, faultId);
  watchForExpiry(world, payment);
  return payment;
}

/** A further transfer to a known address is a payment of its own, at the rate of that moment. */
export function mintChild(world: World, parent: Payment, deposit: { coin: Coin; amount: AmountText }): Payment {
  const n = world.payments.count();
  const createdAtMs = world.clock.now();
  const child: Payment = {
    ...parent,
    id: freshId(world, n),
    n,
    parentId: parent.id,
    childIds: [],
    purchaseId: seededDigits({ seed: world.seed, stream: 'purchase', n }, 10),
    status: 'waiting',
    priceAmount: multiplyUp(deposit.amount, deposit.coin.usd, 2),
    priceCurrency: 'usd',
    payAmount: deposit.amount,
    payCurrency: deposit.coin.code,
    actuallyPaid: '0',
    payinHash: null,
    createdAtMs,
    updatedAtMs: createdAtMs,
  };
  world.payments.save(child);
  recordMint(world, child, 'sent', null);
  parent.childIds.push(child.id);
  touch(world, parent);
  world.payments.save(parent);
  return child;
}

export function watchForExpiry(world: World, payment: Payment): void {
  if (payment.parentId !== null || payment.status !== 'waiting') return;
  world.agenda.schedule({ kind: 'watch_ends', paymentId: payment.id }, payment.watchUntilMs);
}

/** Strictly later than before: two changes in one millisecond must stay two changes. */
export function touch(world: World, payment: Payment): void {
  payment.updatedAtMs = Math.max(world.clock.now(), payment.updatedAtMs + 1);
}

function recordMint(world: World, payment: Payment, answer: AnswerFate, faultId: string | null): void {
  world.ledger.record({
    kind: 'mint',
    payment_id: payment.id,
    parent_payment_id: payment.parentId,
    order_id: payment.orderId,
    key_label: payment.keyLabel,
    price_amount: payment.priceAmount,
    price_currency: payment.priceCurrency,
    pay_amount: payment.payAmount,
    pay_currency: payment.payCurrency,
    pay_address: payment.payAddress,
    memo: payment.memo,
    answer,
    fault_id: faultId,
  });
}

function freshId(world: World, n: number): string {
  const length = world.settings.current().idDigits;
  for (let attempt = 0; ; attempt += 1) {
    const id = seededDigits({ seed: world.seed, stream: `payment-${attempt}`, n }, length);
    if (world.payments.find(id) === undefined) return id;
  }
}
