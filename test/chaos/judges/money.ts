import { Big } from 'big.js';
import type { Evidence, OrderFound } from '../evidence.js';
import { grouped, type Finding } from './finding.js';
import type { ProviderBook } from './provider-book.js';

const marginMs = 3_000; // coins that come so shortly before the end may be seen on either side of it
const needed = '0.99'; // of what is owed

/** I1, I4, I10, and whether each order ended as the coins say. */
export function judgeMoney(evidence: Evidence, book: ProviderBook): Finding[] {
  return [...judgeMints(evidence, book), ...judgeCoins(evidence, book), ...judgeEnds(evidence, book)];
}

function judgeMints({ orders, payments }: Evidence, book: ProviderBook): Finding[] {
  // Of an order whose time ran out before it had an address the intent alone is on record: nobody was shown one.
  const withoutAddress = new Set(
    orders.flatMap(({ id, failedReason }) => (failedReason === 'mint_failed' ? [id] : [])),
  );
  const known = new Map(payments.map((payment) => [payment.paymentId, payment]));
  const owner = new Map(orders.flatMap((order) => (order.paymentId ? [[order.paymentId, order] as const] : [])));
  return book.mints.flatMap((mint): Finding[] => {
    const payment = known.get(mint.payment_id);
    const finding = { invariant: 'I1', orderId: mint.order_id };
    if (payment === undefined) {
      if (withoutAddress.has(mint.order_id ?? '') && book.coinsOf(mint.payment_id).length === 0) return [];
      return [{ ...finding, harm: 'lost', detail: `payment ${mint.payment_id} was made and is not on record` }];
    }
    const shownBy = owner.get(mint.payment_id);
    if ((payment.role === 'bound') !== (shownBy !== undefined)) {
      const detail = `payment ${mint.payment_id} is ${payment.role}, shown by ${shownBy?.id ?? 'no order'}`;
      return [{ ...finding, harm: 'doubled', detail }];
    }
    if (shownBy === undefined || shownBy.id === mint.order_id) return [];
    return [{ ...finding, harm: 'wrong', detail: `payment ${mint.payment_id} is shown by ${shownBy.id}` }];
  });
}

function judgeCoins({ payments }: Evidence, book: ProviderBook): Finding[] {
  const held = new Map(payments.map((payment) => [payment.paymentId, payment]));
  const ids = new Set([...held.keys(), ...book.mints.map((mint) => mint.payment_id)]);
  return [...ids].flatMap((id): Finding[] => {
    const came = book.coinsOf(id).reduce((sum, movement) => sum.plus(movement.amount), new Big(0));
    const ours = new Big(held.get(id)?.arrived ?? 0);
    if (came.eq(ours)) return [];
    const orderId = held.get(id)?.orderId ?? book.mintOf(id)?.order_id ?? null;
    const detail = `${came.toFixed()} came for payment ${id}, ${ours.toFixed()} are on record`;
    return [{ invariant: 'I10', harm: came.gt(ours) ? 'lost' : 'doubled', orderId, detail }];
  });
}

function judgeEnds(evidence: Evidence, book: ProviderBook): Finding[] {
  const timelines = grouped(evidence.events, (event) => event.orderId);
  return evidence.orders.flatMap((order): Finding[] => {
    const owed = owedFor(order, book);
    const grant = timelines.get(order.id)?.find((event) => event.status === 'paid');
    const findings: Finding[] = [];
    if (grant && grant.source !== 'support' && (owed === null || coinsBy(order, book, grant.at).lt(owed))) {
      const detail = `granted at ${grant.at} with ${coinsBy(order, book, grant.at).toFixed()} of ${owed?.toFixed()} final`;
      findings.push({ invariant: 'I4', harm: 'wrong', orderId: order.id, detail });
    }
    if (order.status === 'paid' || owed === null) return findings;
    const inTime = new Date(Date.parse(order.expiresAt) - marginMs).toISOString();
    const came = arrivedBy(order, book, inTime);
    if (came.lt(owed)) return findings;
    const detail = `${came.toFixed()} of ${owed.toFixed()} came in time and were final, the order is ${order.status}`;
    return [...findings, { invariant: 'all that was paid is settled', harm: 'lost', orderId: order.id, detail }];
  });
}

/** The least that pays an order: by the provider's own figure for the payment that it shows. */
function owedFor({ paymentId }: OrderFound, book: ProviderBook): Big | null {
  const mint = paymentId === null ? undefined : book.mintOf(paymentId);
  return mint === undefined ? null : new Big(mint.pay_amount).times(needed);
}

function coinsBy({ paymentId }: OrderFound, book: ProviderBook, at: string): Big {
  const mint = paymentId === null ? undefined : book.mintOf(paymentId);
  return mint === undefined ? new Big(0) : book.finalCoins(mint.payment_id, mint.pay_currency, at);
}

/** What moved by then, and was made final whenever that was. */
function arrivedBy({ paymentId }: OrderFound, book: ProviderBook, at: string): Big {
  const mint = paymentId === null ? undefined : book.mintOf(paymentId);
  if (mint === undefined) return new Big(0);
  const isFinal = ({ payment_id: id }: { payment_id: string }) => book.finalCoins(id, mint.pay_currency, '9').gt(0);
  return book
    .familyOf(mint.payment_id)
    .filter(isFinal)
    .flatMap(({ payment_id: id }) => book.coinsOf(id))
    .filter((movement) => movement.coin === mint.pay_currency && movement.at <= at)
    .reduce((sum, movement) => sum.plus(movement.amount), new Big(0));
}
