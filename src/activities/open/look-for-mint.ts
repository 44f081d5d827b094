import { hasCoins } from '../../domain/payments/payment.js';
import { sameCoin, type PaymentView } from '../../domain/payments/payment-view.js';
import { zeroCoins } from '../../domain/money.js';
import { minute } from '../../domain/timing.js';
import { closeMintIntent, markLooked, type MintIntentRow } from '../../db/money/mint-intents.js';
import { mintedFrom } from '../../gateway/mint.js';
import { bindMinted } from './bind-payment.js';
import type { Minting } from './minting.js';
import { retryLater } from '../retry-later.js';

const firstLookAfterMs = 2_000;
const lastLookAfterMs = 15_000; // a create may finish after our timeout, and lists may lag
const blindWaitMs = 30_000;
const marginMs = 2 * minute;

/**
 * A mint was sent and its outcome is unknown: look before minting again (the provider has no idempotency key). Adopts
 * what it finds; answers `lost` when two looks found nothing that can be shown: another attempt makes no second address.
 */
export async function lookForMint(minting: Minting, intent: MintIntentRow, now: string): Promise<'adopted' | 'lost'> {
  const { deps, order, account } = minting;
  const ageMs = Date.parse(now) - Date.parse(intent.startedAt);
  if (ageMs < firstLookAfterMs) throw retryLater('MintUnknown', 'too early to look', firstLookAfterMs - ageMs);

  const found = await deps.gateway.find(account, { orderId: order.id, startedAt: intent.startedAt, marginMs });
  switch (found.kind) {
    case 'cannot_look':
      return giveUpLooking(minting, intent, ageMs);
    case 'account':
    case 'unavailable':
      throw retryLater('ProviderUnavailable', found.message, found.retryAfterMs);
    case 'found':
      if (await adoptOneOf(minting, intent, found.payments.filter(isOfChosenCoin(minting)))) return 'adopted';
      if (ageMs < lastLookAfterMs) {
        await markLooked(deps.pool, order.id, intent.attempt);
        throw retryLater('MintUnknown', 'nothing usable in the list yet', lastLookAfterMs - ageMs);
      }
      await closeMintIntent(deps.pool, {
        orderId: order.id,
        attempt: intent.attempt,
        outcome: found.payments.length > 0 ? 'unusable' : 'absent',
      });
      return 'lost';
  }
}

/**
 * Without list credentials: wait, then mint again. Nobody saw the lost address; an IPN or a later list finds it. While the
 * provider answers nothing at all the attempt stays open: an outage must not use up what a broken create may.
 */
async function giveUpLooking({ deps, order, account }: Minting, intent: MintIntentRow, ageMs: number): Promise<'lost'> {
  if (ageMs < blindWaitMs) throw retryLater('MintUnknown', 'no credentials to look with', blindWaitMs - ageMs);
  if (!(await deps.gateway.answers(account))) {
    throw retryLater('ProviderUnavailable', 'the provider answers nothing at all', blindWaitMs);
  }
  await closeMintIntent(deps.pool, { orderId: order.id, attempt: intent.attempt, outcome: 'unseen' });
  return 'lost';
}

/** What was made for another choice of the payer is on record already, and none that is looked for. */
function isOfChosenCoin({ order, request }: Minting) {
  return ({ payCurrency }: PaymentView) =>
    order.coinChoice === 'merchant' || sameCoin(payCurrency, request.payCurrency);
}

/** The one with coins, else the oldest, becomes the order's payment; the others stay on record as orphans. False: none can. */
async function adoptOneOf(minting: Minting, intent: MintIntentRow, listed: readonly PaymentView[]): Promise<boolean> {
  const { deps, order, account, request } = minting;
  const ranked = [...listed].sort((a, b) => Number(hasCoins(b)) - Number(hasCoins(a)) || compareIds(a, b));
  let adopted = false;
  for (const candidate of ranked) {
    const read = await deps.gateway.read(account, candidate.paymentId, 'decision');
    if (read.kind !== 'read') throw retryLater('ProviderUnavailable', 'a found mint cannot be read yet', null);
    const payment = mintedFrom(read.payment, request, read.raw);
    if ('problem' in payment) {
      deps.alarms.raise('mint_unusable', {
        orderId: order.id,
        paymentId: candidate.paymentId,
        problem: payment.problem,
      });
      continue;
    }
    const result = await bindMinted(minting, {
      payment,
      attempt: adopted ? null : intent.attempt,
      arrived: read.payment.actuallyPaid ?? zeroCoins,
    });
    adopted ||= result.kind !== 'collision';
  }
  return adopted;
}

function compareIds(a: PaymentView, b: PaymentView): number {
  return a.paymentId.length - b.paymentId.length || (a.paymentId < b.paymentId ? -1 : 1);
}
