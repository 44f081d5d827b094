import { unavailable, type ListFailure, type Pages } from './payment-list.js';
import type { ProviderAccount } from './provider-account.js';
import { parsePaymentObject, type ProviderPayment } from './wire.js';

export interface Search {
  readonly orderId: string;
  readonly startedAt: string; // ISO: when the create began
  readonly marginMs: number; // either side of it
}

export type FindOutcome = { readonly kind: 'found'; readonly payments: readonly ProviderPayment[] } | ListFailure; // of this order, oldest first; may be none

const pageSize = 100;
const mostPages = 100;

/** Looks through the list for an order's payments. The list has no filter for the order, so every page is read. */
export function createSearch(page: Pages) {
  return async function find(account: ProviderAccount, search: Search): Promise<FindOutcome> {
    const startMs = Date.parse(search.startedAt);
    const around = {
      size: pageSize,
      createdFrom: new Date(startMs - search.marginMs),
      createdUntil: new Date(startMs + search.marginMs),
    };
    const found = new Map<string, ProviderPayment>();
    for (let number = 0; number < mostPages; number += 1) {
      const listed = await page(account, { ...around, number }, 'mint');
      if ('kind' in listed) return listed;
      for (const item of listed.items) {
        if (item['order_id'] !== search.orderId) continue;
        const parsed = parsePaymentObject(item);
        // To pass over one of ours would be to mint a second.
        if (parsed.kind === 'refused') return unavailable(`a payment of this order is unreadable: ${parsed.problem}`);
        found.set(parsed.payment.paymentId, parsed.payment);
      }
      if (listed.isLast) return { kind: 'found', payments: [...found.values()].sort(byAge) };
    }
    return unavailable(`the list did not end after ${mostPages} pages`);
  };
}

function byAge(left: ProviderPayment, right: ProviderPayment): number {
  return (
    (left.createdAtMs ?? Infinity) - (right.createdAtMs ?? Infinity) || compareIds(left.paymentId, right.paymentId)
  );
}

function compareIds(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : 1);
}
