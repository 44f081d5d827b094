import fc from 'fast-check';
import type { PaymentId } from '../../src/domain/ids.js';
import type { Reading } from '../../src/domain/facts/read-meaning.js';
import type { CoinAmount } from '../../src/domain/money.js';
import type { PaymentView } from '../../src/domain/payments/payment-view.js';
import { bound, terms } from '../support/a-payment.js';
import type { ModelFact } from './order-model.js';

/** A payment as the provider keeps it: coins in hundredths, so that the tests need no decimals of ours. */
interface Kept {
  readonly id: string;
  status: string;
  coin: string;
  cents: number;
}

const words = ['waiting', 'confirming', 'confirmed', 'sending', 'finished', 'partially_paid', 'failed', 'expired'];
const anyWords = [...words, ...words, 'refunded', 'hovering', 'cancelled', 'FINISHED'];
const amounts = [1, 100, 4900, 4999, 5000, 5001, 9800, 9899, 9900, 9950, 10_000, 10_100, 10_101, 15_000];
const sources = ['ipn', 'poll', 'reconcile'] as const;
const mostChildren = 3;

/** Long lists of facts, each made of a byte or two, so that a hundred thousand lists take seconds. */
export const factBytes = fc.uint8Array({ minLength: 2, maxLength: 80, size: 'max' });

/** Plays a provider that does what the bytes say, and hands each fact over with what the provider then shows. */
export function factsOf(bytes: Uint8Array): ModelFact[] {
  const own: Kept = { id: terms.paymentId, status: 'waiting', coin: 'usdttrc20', cents: 0 };
  const children: Kept[] = [];
  const shown: Reading[] = [];
  const facts: ModelFact[] = [];
  let at = 0;
  const next = () => bytes[at++] ?? 0;
  const pick = <T>(from: readonly T[]): T => from[next() % from.length] as T; // within the list
  const anyPayment = () => pick([own, own, ...children]);
  const say = (source = pick(sources)) => {
    const says = snapshot(own, children);
    shown.push(says);
    facts.push({ kind: 'read', source, says });
  };

  while (at < bytes.length) {
    const action = next() % 16;
    if (action < 3) anyPayment().status = pick(anyWords);
    else if (action < 5) anyPayment().cents += pick(amounts);
    else if (action < 7) newChild();
    else if (action < 11) say();
    else if (action === 11 && shown.length > 0)
      facts.push({ kind: 'read', source: 'ipn', says: stale(pick(shown), snapshot(own, children)) });
    else if (action === 12) say('reconcile');
    else facts.push(rareFact());
  }
  return facts;

  function newChild(): void {
    if (children.length === mostChildren) return;
    const coin = next() % 4 === 0 ? 'btc' : 'usdttrc20';
    children.push({ id: String(6000 + children.length), status: pick(words), coin, cents: pick(amounts) });
  }

  function rareFact(): ModelFact {
    const says = snapshot(own, children);
    switch (next() % 6) {
      case 0:
        return { kind: 'window_closed', says };
      case 1:
        return { kind: 'partial_window_ended', says };
      case 2:
        return { kind: 'cancelled_by_owner' };
      case 3:
        return { kind: next() % 3 === 0 ? 'decline' : 'honour' };
      case 4: // another price than the order's
        return { kind: 'read', source: 'ipn', says: snapshot(own, children, { priceAmount: '48' as CoinAmount }) };
      default: // the first transfer is in another coin, under the order's own payment
        if (own.cents === 0) own.coin = 'btc';
        return { kind: 'read', source: 'ipn', says: snapshot(own, children) };
    }
  }
}

function snapshot(own: Kept, children: readonly Kept[], over: Partial<PaymentView> = {}): Reading {
  return {
    bound: bound(own.status, textOf(own.cents), { payCurrency: own.coin, ...over }),
    children: children.map((child) =>
      bound(child.status, textOf(child.cents), {
        paymentId: child.id as PaymentId,
        parentPaymentId: terms.paymentId,
        payCurrency: child.coin,
      }),
    ),
  };
}

/** An earlier answer for each payment that had one: every payment is read by itself, and any read may lag. */
function stale(earlier: Reading, now: Reading): Reading {
  return { bound: earlier.bound, children: now.children.map((child, at) => earlier.children[at] ?? child) };
}

function textOf(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** Hundredths of coins in a text that `textOf` or big.js wrote. */
export function centsOf(text: string): number {
  const [whole, part = ''] = text.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0').slice(0, 2));
}
