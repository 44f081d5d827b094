import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { countRefusedBody, countReplay, findKeyedOrder } from '../../db/orders/idempotency-keys.js';
import { placeOrder, type OrderDraft } from '../../db/orders/order-placement.js';
import type { RoomKeeper } from '../../db/orders/order-room.js';
import { findOrderWithPayments, type OrderWithPayments } from '../../db/orders/order-record.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { AccountSettings } from '../../domain/account.js';
import { isBelow, type Price } from '../../domain/currency.js';
import { isClosed } from '../../domain/order.js';
import type { Product } from '../../domain/merchant/products.js';
import type { Stub } from '../../domain/stub.js';
import { nothingToPay, whyStub } from '../../domain/told/envelope.js';
import type { AppDeps } from '../deps.js';
import { chargedCents, refuseUnknownProduct } from './listed-price.js';
import { asked, paymentUrl } from './order-envelope.js';
import type { Owner } from '../plugins/auth.js';
import { Problem, conflict, invalidField } from '../http/problem.js';
import type { CheckoutBody } from '../schemas/orders.js';

const firstLookMs = 300; // by then most have their address
const lookEveryMs = 1_000;

export interface CheckoutRequest {
  readonly owner: Owner;
  readonly account: AccountSettings;
  readonly products: readonly Product[]; // what the account sells
  readonly body: CheckoutBody;
  readonly idempotencyKey: string | null;
  readonly keeper: RoomKeeper;
}

export interface CheckoutResult extends OrderWithPayments {
  readonly replayed: boolean;
  readonly otherBody: boolean; // the key came with another body the first time
}

/** Places the order, or finds the one that the key stands for, and waits until it is open or the deadline passes. */
export async function checkOut(deps: AppDeps, request: CheckoutRequest): Promise<CheckoutResult> {
  refuseTwoChoices(request.body);
  const sinceMs = deps.nowMs();
  await refuseUnknownProduct(deps, request);
  await refuseUnknownCoin(deps, request);
  const draft = await draftOf(deps, request);
  const { max_unpaid_24h, max_mints_24h, max_pending } = request.account;
  const limits = { maxUnpaid24h: max_unpaid_24h, maxMints24h: max_mints_24h, maxPending: max_pending };
  const placement = await placeOrder(deps.pool, draft, { limits, keeper: request.keeper });
  if (placement.kind === 'limited') {
    const { field, limit } = placement.reached;
    throw conflict(`The account's limit of ${limit} is reached.`, { resource: 'crypto_order', field, limit });
  }
  if (placement.kind === 'placed') {
    return { ...(await opened(deps, placement.order, sinceMs)), replayed: false, otherBody: false };
  }
  const otherBody = placement.fingerprint !== draft.idempotency?.fingerprint;
  if (otherBody) await refuseOrNote(deps, request, placement.order);
  await countReplay(deps.pool, { otherBody });
  return { ...(await opened(deps, placement.order, sinceMs)), replayed: true, otherBody };
}

async function draftOf(deps: AppDeps, request: CheckoutRequest): Promise<OrderDraft> {
  const { owner, account, body, idempotencyKey } = request;
  const priceCents = chargedCents(deps, request);
  return {
    ...owner,
    product: body.product,
    priceCents,
    priceCurrency: body.price_currency,
    stub: await stubOf(deps, { owner, account }, { cents: priceCents, currency: body.price_currency }),
    coinChoice: body.coin_choice ?? 'merchant',
    requestedCoin: body.coin_choice === 'payer' ? null : (body.pay_currency ?? account.default_pay_currency),
    customerReference: body.customer_reference ?? null,
    metadata: body.metadata ?? {},
    description: body.description ?? null,
    successUrl: body.success_url ?? null,
    returnUrl: body.return_url ?? null,
    cancelUrl: body.cancel_url ?? null,
    payWindowMs: deps.settings.clocks.payWindowMs,
    idempotency: idempotencyKey === null ? null : { key: idempotencyKey, fingerprint: fingerprintOf(body) },
  };
}

/** Why the order will get no address, as far as that is known here; null: the provider is asked. */
async function stubOf(
  deps: AppDeps,
  { owner, account }: Pick<CheckoutRequest, 'owner' | 'account'>,
  price: Price,
): Promise<Stub | null> {
  const { min_charge: least, provider } = account;
  if (isBelow(price, least)) {
    return { reason: 'below_minimum', minimum: { amount: String(least), currency: price.currency } };
  }
  const canMint = await deps.hasProvider({ ...owner, provider });
  return canMint ? null : { reason: 'no_provider', minimum: null };
}

function refuseTwoChoices({ coin_choice: choice, pay_currency: coin }: CheckoutBody): void {
  if (choice !== 'payer' || coin === undefined) return;
  throw invalidField('pay_currency', 'not together with coin_choice "payer"; leave out one of them');
}

const mostNamed = 50;

/** A coin that nobody can be paid in is a typo: refused before anything is stored, unless the key has its order already. */
async function refuseUnknownCoin(deps: AppDeps, request: CheckoutRequest): Promise<void> {
  const { owner, account, body, idempotencyKey: key } = request;
  if (body.pay_currency === undefined) return;
  const codes = await deps.payableCoins({ ...owner, provider: account.provider });
  if (codes === null || codes.includes(body.pay_currency)) return;
  if (key !== null && (await findKeyedOrder(deps.pool, { ...owner, key }))) return;
  const named = [...codes].sort().slice(0, mostNamed).join(', ');
  const more = codes.length > mostNamed ? `, and ${codes.length - mostNamed} more` : '';
  throw invalidField('pay_currency', `no coin that can be paid here; expected one of ${named}${more}`);
}

/** What makes two bodies the same order, as they were sent: before defaults and the price list. */
function fingerprintOf(body: CheckoutBody): string {
  const { customer_reference: reference = null, success_url: successUrl = null } = body;
  const metadata = Object.entries(body.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const about =
    reference === null && successUrl === null && metadata.length === 0 ? [] : [reference, metadata, successUrl];
  const choice = body.coin_choice === 'payer' ? ['payer'] : [];
  const { description, return_url, cancel_url } = body;
  const shown = description ?? return_url ?? cancel_url;
  const canonical = JSON.stringify([
    body.product,
    body.price_cents,
    body.price_currency,
    body.pay_currency ?? null,
    ...about, // nothing where nothing was sent, so that keys of older releases know their bodies again
    ...choice,
    ...(shown === undefined ? [] : [{ description, return_url, cancel_url }]),
  ]);
  return createHash('sha256').update(canonical).digest('hex');
}

async function refuseOrNote(deps: AppDeps, { owner, account }: CheckoutRequest, order: OrderRow): Promise<void> {
  deps.log.warn({ ...owner, orderId: order.id }, 'crypto_checkout_idempotency_body_mismatch');
  if (!account.strict_idempotency) return;
  await countRefusedBody(deps.pool);
  throw new Problem('idempotency-mismatch', 'The key was first sent with another body.', { order_id: order.id });
}

/** The order once its workflow has opened it. What is minted or over is on record. */
function opened(deps: AppDeps, order: OrderRow, sinceMs: number): Promise<OrderWithPayments> {
  return deps.traced({ orderId: order.id, name: 'checkout', sinceMs }, async () => {
    const isOpened = order.status !== 'pending' || order.paymentId !== null || isOpenedStub(order);
    if (!isOpened) await openInTime(deps, order);
    return (await findOrderWithPayments(deps.pool, order.id)) ?? { order, payments: [] };
  });
}

function isOpenedStub({ provider, openedAt }: OrderRow): boolean {
  return provider === 'stub' && openedAt !== null;
}

/** Waits for the address, at most until the deadline, and not at all for one that cannot come: the order goes on alone. */
async function openInTime(deps: AppDeps, order: OrderRow): Promise<void> {
  const answered = new AbortController();
  const opening = deps.orderRuns.open(deps.orderStart(order), deps.settings.mintDeadlineMs);
  await Promise.race([opening, untilProviderRests(deps, order, answered.signal)]).finally(() => answered.abort());
}

/** Until it is known that nobody will call the provider for longer than a checkout waits. */
async function untilProviderRests(deps: AppDeps, order: OrderRow, signal: AbortSignal): Promise<void> {
  await pause(firstLookMs, undefined, { signal, ref: false });
  while ((await deps.providerRestMs(order)) <= deps.settings.mintDeadlineMs) {
    await pause(lookEveryMs, undefined, { signal, ref: false });
  }
}

/** The answer of a checkout: an address only while it can be paid. */
export function checkoutAnswerOf(deps: AppDeps, { order, payments }: OrderWithPayments) {
  const isPending = order.status === 'pending';
  const { action, target } = asked(deps, order, payments);
  return {
    order_id: order.id,
    product: order.product,
    price_cents: order.priceCents,
    price_currency: order.priceCurrency,
    status: order.status,
    provider: isPending ? order.provider : ('stub' as const),
    ...(isPending ? target : nothingToPay),
    created_at: order.createdAt,
    expires_at: isPending ? order.expiresAt : null,
    ...whyStub(order),
    payment_url: paymentUrl(deps, order),
    is_final: isClosed(order.status),
    next_action: action,
  };
}
