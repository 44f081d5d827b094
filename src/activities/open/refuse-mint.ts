import type { CoinAmount } from '../../domain/money.js';
import type { Stub, StubReason } from '../../domain/stub.js';
import { dropChoice } from '../../db/orders/offers.js';
import { makeStub } from '../../db/orders/order-changes.js';
import { inTransaction } from '../../db/query.js';
import { openCase } from '../../db/support/support-cases.js';
import { tellOfCases } from '../tell-of-cases.js';
import type { Minting } from './minting.js';

export interface FinalRefusal {
  readonly stub: Stub;
  readonly message: string;
  readonly floor: CoinAmount | null; // of the coin
}

// Another coin may do.
const ofTheCoin: ReadonlySet<StubReason> = new Set(['below_minimum', 'above_maximum', 'coin_unavailable']);

/**
 * The provider will not take this order: it goes on without an address, and support hears why. Where the payer chooses the coin
 * and it is the coin that it will not take, he chooses again.
 */
export async function refuseForGood({ deps, order }: Minting, refusal: FinalRefusal): Promise<void> {
  if (order.coinChoice === 'payer' && ofTheCoin.has(refusal.stub.reason)) {
    await dropChoice(deps.pool, order);
    return;
  }
  await inTransaction(deps.pool, async (db) => {
    const stub = await makeStub(db, order.id, refusal.stub);
    if (stub === null) return; // an earlier attempt said so already
    const at = stub.updatedAt;
    await openCase(db, {
      orderId: order.id,
      accountId: order.accountId,
      mode: order.mode,
      paymentId: null,
      kind: 'mint_failed',
      actuallyPaid: null,
      payCurrency: order.requestedCoin,
      evidence: { at, reason: refusal.stub.reason, message: refusal.message.slice(0, 500), floor: refusal.floor },
      at,
    });
    await tellOfCases({ ...deps, db }, stub, at);
  });
}
