import { assertNever } from '../../domain/invariant.js';
import { nextTry } from '../../domain/payments/mint-tries.js';
import { closeMintIntent, mintIntentsOf, noteMintAnswer, openMintIntent } from '../../db/money/mint-intents.js';
import type { OrderRecord } from '../../db/orders/order-record.js';
import type { MintOutcome } from '../../gateway/minting.js';
import { retryLater } from '../retry-later.js';
import { bindMinted, type Bound } from './bind-payment.js';
import { answeredIntents } from './create-in-flight.js';
import { lookForMint } from './look-for-mint.js';
import type { Minting } from './minting.js';
import { refuseForGood, type FinalRefusal } from './refuse-mint.js';

/**
 * Writes an intent, calls the provider, binds the answer. An intent without a payment forbids another mint until we have
 * looked; a few that were lost for good end the trying. Answers the record as it is with the payment; null: read it again.
 */
export async function mintPayment(minting: Minting, record: OrderRecord): Promise<OrderRecord | null> {
  const { deps, order, account, request } = minting;
  const attempt = await nextAttempt(minting, record);
  if (attempt === null) return null;
  const payable = await deps.gateway.canPay(account, request.payCurrency);
  if (payable.doubt !== undefined) {
    deps.alarms.raise('coin_list_doubtful', { orderId: order.id, keyLabel: account.keyLabel, reason: payable.doubt });
  }
  if (payable.kind === 'no') {
    const message = `${request.payCurrency} is not payable`;
    await refuseForGood(minting, { stub: { reason: 'coin_unavailable', minimum: null }, message, floor: null });
    return null;
  }
  await openMintIntent(deps.pool, { orderId: order.id, attempt, keyLabel: account.keyLabel, choice: order.choice });
  const outcome = await deps.gateway.mint(account, request);
  const bound = await concludeMint(minting, { attempt, isDoubtful: payable.doubt !== undefined }, outcome);
  if (bound === null) return null;
  const others = record.payments.filter(({ paymentId }) => paymentId !== bound.payment.paymentId);
  return { ...record, order: bound.order, payments: [...others, bound.payment] };
}

/** The number of the attempt that may be made now; null: none is, the order has its address or will never have one. */
async function nextAttempt(minting: Minting, record: OrderRecord): Promise<number | null> {
  const { deps, order } = minting;
  const { mintIntents: all, now } = await answeredIntents(minting, record);
  const before = all.filter(({ choice }) => choice === order.choice); // another coin's attempts say nothing of this one
  if (before.some(({ outcome }) => outcome === 'bound')) return null;
  const unknown = before.find((intent) => intent.outcome === 'open');
  if (unknown && (await lookForMint(minting, unknown, now)) === 'adopted') return null;
  const intents = unknown ? await mintIntentsOf(deps.pool, order) : before;
  const next = nextTry(intents, now);
  switch (next.kind) {
    case 'now':
      return all.length + 1;
    case 'later':
      throw retryLater('MintUnknown', 'a lost mint is some way behind the next', next.waitMs);
    case 'give_up': {
      const said = intents.findLast(({ detail }) => detail !== null)?.detail ?? 'nothing';
      const message = `${next.tries} creates gave no usable payment; the last answer: ${said}`;
      deps.alarms.raise('mint_given_up', { orderId: order.id, message });
      await refuseForGood(minting, { stub: { reason: 'mint_failed', minimum: null }, message, floor: null });
      return null;
    }
    default:
      return assertNever(next);
  }
}

async function concludeMint(
  minting: Minting,
  { attempt, isDoubtful }: { attempt: number; isDoubtful: boolean },
  outcome: MintOutcome,
): Promise<Bound | null> {
  const { deps, order } = minting;
  const closing = { orderId: order.id, attempt };
  switch (outcome.kind) {
    case 'minted': {
      const bound = await bindMinted(minting, { payment: outcome.payment, attempt });
      if (bound.kind !== 'collision') return bound.kind === 'bound' ? bound : null;
      await closeMintIntent(deps.pool, { ...closing, outcome: 'unusable', detail: 'address or id of another order' });
      throw retryLater('MintUnusable', 'the address belongs to another order', null);
    }
    case 'refused':
      await closeMintIntent(deps.pool, { ...closing, outcome: 'refused', detail: outcome.message });
      // A provider whose list of coins cannot be right is not believed about one coin either.
      if (outcome.reason === 'coin_unavailable' && isDoubtful) {
        throw retryLater('ProviderUnavailable', outcome.message, null);
      }
      if (outcome.reason === 'rejected') {
        deps.alarms.raise('mint_rejected', { orderId: order.id, message: outcome.message });
      }
      await refuseForGood(minting, refusalIn(minting, outcome));
      return null;
    case 'not_sent':
      await closeMintIntent(deps.pool, { ...closing, outcome: 'not_sent', detail: outcome.message });
      throw retryLater('ProviderUnavailable', outcome.message, outcome.retryAfterMs);
    case 'account':
      await closeMintIntent(deps.pool, { ...closing, outcome: 'refused', detail: outcome.message });
      deps.alarms.raise('provider_account_refused', { orderId: order.id, message: outcome.message });
      throw retryLater('ProviderAccount', outcome.message, outcome.retryAfterMs);
    case 'unknown':
      // The intent stays open: the next attempt of this activity looks before it mints.
      await noteMintAnswer(deps.pool, { orderId: order.id, attempt, detail: outcome.message });
      if (outcome.alarm) {
        const { paymentId, message } = outcome;
        deps.alarms.raise('mint_unusable', { orderId: order.id, paymentId, problem: message });
      }
      throw retryLater('MintUnknown', outcome.message, 2_000);
    default:
      return assertNever(outcome);
  }
}

/** The floor is told in the order's own currency where the provider says it so, since that is what the merchant asks for. */
function refusalIn(
  { order, request }: Minting,
  { reason, message, floor, worth }: Extract<MintOutcome, { kind: 'refused' }>,
): FinalRefusal {
  const inPrice = worth === null ? null : { amount: worth, currency: order.priceCurrency };
  const inCoin = floor === null ? null : { amount: floor, currency: request.payCurrency };
  return { stub: { reason, minimum: inPrice ?? inCoin }, message, floor };
}
