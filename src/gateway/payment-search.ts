import { z } from 'zod';
import type { Calls } from './lane/calls.js';
import type { Outcome } from './lane/outcome.js';
import type { ProviderAccount } from './provider-account.js';
import type { Sessions } from './lane/session.js';
import { parsePaymentObject, problemOf, spelled, type JsonObject, type ProviderPayment } from './wire.js';

export interface Search {
  readonly orderId: string;
  readonly startedAt: string; // ISO: when the create began
  readonly marginMs: number; // either side of it
}

export type FindOutcome =
  | { readonly kind: 'found'; readonly payments: readonly ProviderPayment[] } // of this order, oldest first; may be none
  | { readonly kind: 'cannot_look'; readonly message: string } // no email and password
  | { readonly kind: 'account'; readonly message: string; readonly retryAfterMs: number }
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfterMs: number | null };

type Failed = Exclude<FindOutcome, { kind: 'found' }>;
type Page = { readonly items: readonly JsonObject[]; readonly isLast: boolean };

const pageSize = 100;
const mostPages = 100;

/** Looks through the list for an order's payments. The list has no filter for the order, so every page is read. */
export function createSearch({ call }: Calls, sessions: Sessions) {
  async function page(
    account: ProviderAccount,
    query: Record<string, string>,
    isRetry = false,
  ): Promise<Page | Failed> {
    const entry = await sessions.enter(account);
    if (entry.kind === 'no_login') return { kind: 'cannot_look', message: 'listing needs email and password' };
    if (entry.kind !== 'token') return failed(entry);
    const proof = { bearer: entry.token };
    const outcome = await call(account, { method: 'GET', path: 'payment/', priority: 'mint', query, proof });
    if (outcome.kind === 'usable') return pageOf(outcome.object);
    if (outcome.kind !== 'account' || outcome.of !== 'login' || isRetry) return failed(outcome);
    sessions.forget(account, entry.token);
    return page(account, query, true);
  }

  return async function find(account: ProviderAccount, search: Search): Promise<FindOutcome> {
    const found = new Map<string, ProviderPayment>();
    for (let number = 0; number < mostPages; number += 1) {
      const listed = await page(account, { ...windowOf(search), page: String(number) });
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

function windowOf({ startedAt, marginMs }: Search): Record<string, string> {
  const startMs = Date.parse(startedAt);
  return {
    limit: String(pageSize),
    sortBy: 'created_at',
    orderBy: 'asc', // what is made meanwhile lands on the last page and shifts none
    dateFrom: new Date(startMs - marginMs).toISOString(),
    dateTo: new Date(startMs + marginMs).toISOString(),
  };
}

function pageOf(object: JsonObject): Page | Failed {
  const parsed = listPage.safeParse(object);
  if (!parsed.success) return unavailable(`unusable list: ${problemOf(parsed.error)}`);
  const { data, page, pagesCount } = parsed.data;
  const announced = pagesCount !== null && page !== null && page + 1 < pagesCount;
  // A full page may have a successor, whatever the count says.
  return { items: data, isLast: data.length === 0 || !(announced || data.length >= pageSize) };
}

function byAge(left: ProviderPayment, right: ProviderPayment): number {
  return (
    (left.createdAtMs ?? Infinity) - (right.createdAtMs ?? Infinity) || compareIds(left.paymentId, right.paymentId)
  );
}

function compareIds(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : 1);
}

function failed(outcome: Exclude<Outcome, { kind: 'usable' }>): Failed {
  if (outcome.kind === 'account') return outcome;
  return unavailable(outcome.message, 'retryAfterMs' in outcome ? outcome.retryAfterMs : null);
}

function unavailable(message: string, retryAfterMs: number | null = null): Failed {
  return { kind: 'unavailable', message, retryAfterMs };
}

const count = spelled
  .pipe(z.string().regex(/^\d{1,9}$/))
  .transform(Number)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const listPage = z.object({
  data: z.array(z.record(z.string(), z.unknown())),
  page: count,
  pagesCount: count,
});
