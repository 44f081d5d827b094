import { assertNever } from '../../domain/invariant.js';
import type { Clocks } from '../../domain/timing.js';
import { closeMintIntent, mintIntentsOf, openMintIntent } from '../../db/money/mint-intents.js';
import { makeStub, markOpened } from '../../db/orders/order-changes.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { inTransaction } from '../../db/query.js';
import { openCase } from '../../db/support/support-cases.js';
import type { MintOutcome } from '../../gateway/minting.js';
import type { OrderState } from '../../workflows/messages.js';
import { existingOrder, orderState } from '../order-state.js';
import { retryLater } from '../retry-later.js';
import { bindMinted } from './bind-payment.js';
import { lookForMint } from './look-for-mint.js';
import { mintingOf, type MintDependencies, type Minting } from './minting.js';

export interface OpenInput {
  readonly orderId: string;
  readonly clocks: Clocks;
}

/**
 * Loads the order and, if it waits without a payment, mints one: writes an intent, calls the provider, binds the answer.
 * An intent without a payment forbids another mint until we have looked. Safe to run twice, and beside itself: the
 * second bind of an order leaves an orphan on record, never a second address.
 */
export async function openOrder(deps: MintDependencies, input: OpenInput): Promise<OrderState> {
  const order = await existingOrder(deps.pool, input.orderId);
  if (order.openedAt === null) await markOpened(deps.pool, order.id, await deps.now(deps.pool));
  const wantsPayment = order.status === 'pending' && order.payAddress === null && order.provider === 'nowpayments';
  if (wantsPayment) await openWithPayment(deps, order);
  return orderState(deps.pool, await existingOrder(deps.pool, input.orderId), input.clocks);
}

async function openWithPayment(deps: MintDependencies, order: OrderRow): Promise<void> {
  const minting = await mintingOf(deps, order);
  if (minting) await mint(minting);
  else await makeStub(deps.pool, order.id, await deps.now(deps.pool));
}

async function mint(minting: Minting): Promise<void> {
  const { deps, order, account, request } = minting;
  const intents = await mintIntentsOf(deps.pool, order.id);
  const unknown = intents.find((intent) => intent.outcome === 'open');
  if (unknown && (await lookForMint(minting, unknown)) === 'adopted') return;
  const payable = await deps.gateway.canPay(account, order.requestedCoin);
  if (payable.doubt !== undefined) {
    deps.alarms.raise('coin_list_doubtful', { orderId: order.id, keyLabel: account.keyLabel, reason: payable.doubt });
  }
  if (payable.kind === 'no') {
    const message = `${order.requestedCoin} is not payable`;
    return refuseForGood(minting, { reason: 'coin_unavailable', message, floor: null });
  }
  const attempt = intents.length + 1;
  const startedAt = await deps.now(deps.pool);
  await openMintIntent(deps.pool, { orderId: order.id, attempt, keyLabel: account.keyLabel, startedAt });
  const outcome = await deps.gateway.mint(account, request);
  await concludeMint(minting, { attempt, isDoubtful: payable.doubt !== undefined }, outcome);
}

async function concludeMint(
  minting: Minting,
  { attempt, isDoubtful }: { attempt: number; isDoubtful: boolean },
  outcome: MintOutcome,
): Promise<void> {
  const { deps, order } = minting;
  const closing = { orderId: order.id, attempt, at: await deps.now(deps.pool) };
  switch (outcome.kind) {
    case 'minted': {
      const bound = await bindMinted(minting, { payment: outcome.payment, attempt });
      if (bound !== 'collision') return;
      await closeMintIntent(deps.pool, { ...closing, outcome: 'refused', detail: 'address or id of another order' });
      throw retryLater('MintUnusable', 'the address belongs to another order', 30_000);
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
      return refuseForGood(minting, outcome);
    case 'not_sent':
      await closeMintIntent(deps.pool, { ...closing, outcome: 'not_sent', detail: outcome.message });
      throw retryLater('ProviderUnavailable', outcome.message, outcome.retryAfterMs);
    case 'account':
      await closeMintIntent(deps.pool, { ...closing, outcome: 'refused', detail: outcome.message });
      deps.alarms.raise('provider_account_refused', { orderId: order.id, message: outcome.message });
      throw retryLater('ProviderAccount', outcome.message, outcome.retryAfterMs);
    case 'unknown':
      // The intent stays open: the next attempt of this activity looks before it mints.
      throw retryLater('MintUnknown', outcome.message, 2_000);
    default:
      return assertNever(outcome);
  }
}

/** The provider will not take this order: it goes on without an address, and support hears why. */
async function refuseForGood(
  { deps, order }: Minting,
  refusal: { reason: string; message: string; floor: string | null },
): Promise<void> {
  await inTransaction(deps.pool, async (db) => {
    const at = await deps.now(db);
    if ((await makeStub(db, order.id, at)) === 0) return; // an earlier attempt said so already
    await openCase(db, {
      orderId: order.id,
      accountId: order.accountId,
      mode: order.mode,
      paymentId: null,
      kind: 'mint_failed',
      actuallyPaid: null,
      payCurrency: order.requestedCoin,
      evidence: { at, reason: refusal.reason, message: refusal.message.slice(0, 500), floor: refusal.floor },
      at,
    });
  });
}
