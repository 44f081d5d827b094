import { z } from 'zod';
import type { Calls } from './lane/calls.js';
import type { Outcome } from './lane/outcome.js';
import type { Sessions } from './lane/session.js';
import type { Priority } from './lane/waiting-room.js';
import type { ProviderAccount } from './provider-account.js';
import { parsePaymentObject, problemOf, spelled, type JsonObject, type ProviderPayment } from './wire.js';

/** Why there is no list, or none that can be used. */
export type ListFailure =
  | { readonly kind: 'cannot_look'; readonly message: string } // no email and password
  | { readonly kind: 'account'; readonly message: string; readonly retryAfterMs: number }
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfterMs: number | null };

interface Page {
  readonly items: readonly JsonObject[];
  readonly isLast: boolean;
}

export interface PageAsked {
  readonly size: number;
  readonly number: number; // from 0
  readonly createdFrom: Date;
  readonly createdUntil?: Date;
}

export type Pages = ReturnType<typeof createPages>;

const longestPage = 500; // the provider's limit
const pageBytes = 2 * 1024 * 1024;

/** Pages of the provider's list of payments, behind a login. Oldest first: what is made meanwhile lands on the last page and shifts none. */
export function createPages({ call }: Calls, sessions: Sessions) {
  return async function page(
    account: ProviderAccount,
    asked: PageAsked,
    priority: Priority,
    isRetry = false,
  ): Promise<Page | ListFailure> {
    const entry = await sessions.enter(account);
    if (entry.kind === 'no_login') return { kind: 'cannot_look', message: 'listing needs email and password' };
    if (entry.kind !== 'token') return failed(entry);
    const outcome = await call(account, {
      method: 'GET',
      path: 'payment/',
      priority,
      query: queryOf(asked),
      proof: { bearer: entry.token },
      maxBytes: pageBytes,
    });
    if (outcome.kind === 'usable') return pageOf(outcome.object, asked);
    if (outcome.kind !== 'account' || outcome.of !== 'login' || isRetry) return failed(outcome);
    sessions.forget(account, entry.token);
    return page(account, asked, priority, true);
  };
}

export type ListOutcome =
  { readonly kind: 'page'; readonly payments: readonly ProviderPayment[]; readonly isLast: boolean } | ListFailure;

/** The list as it is, in as few calls as the provider allows. An item that cannot be read is left out: the list only rings. */
export function createList(page: Pages) {
  return async function list(
    account: ProviderAccount,
    { createdFrom, number }: { createdFrom: string; number: number },
  ): Promise<ListOutcome> {
    const asked = { size: longestPage, number, createdFrom: new Date(createdFrom) };
    const listed = await page(account, asked, 'sweep');
    if ('kind' in listed) return listed;
    const payments = listed.items.map(parsePaymentObject).flatMap((parsed) => {
      return parsed.kind === 'payment' ? [parsed.payment] : [];
    });
    return { kind: 'page', payments, isLast: listed.isLast };
  };
}

function queryOf({ size, number, createdFrom, createdUntil }: PageAsked): Record<string, string> {
  return {
    limit: String(size),
    sortBy: 'created_at',
    orderBy: 'asc',
    dateFrom: createdFrom.toISOString(),
    ...(createdUntil && { dateTo: createdUntil.toISOString() }),
    page: String(number),
  };
}

function pageOf(object: JsonObject, { size }: PageAsked): Page | ListFailure {
  const parsed = listPage.safeParse(object);
  if (!parsed.success) return unavailable(`unusable list: ${problemOf(parsed.error)}`);
  const { data, page, pagesCount } = parsed.data;
  const announced = pagesCount !== null && page !== null && page + 1 < pagesCount;
  // A full page may have a successor, whatever the count says.
  return { items: data, isLast: data.length === 0 || !(announced || data.length >= size) };
}

function failed(outcome: Exclude<Outcome, { kind: 'usable' }>): ListFailure {
  if (outcome.kind === 'account') return outcome;
  return unavailable(outcome.message, 'retryAfterMs' in outcome ? outcome.retryAfterMs : null);
}

export function unavailable(message: string, retryAfterMs: number | null = null): ListFailure {
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
