import { z } from 'zod';
import { keepReason } from '../../../db/orders/fact-reasons.js';
import type { OrderRow } from '../../../db/orders/orders.js';
import { inTransaction } from '../../../db/query.js';
import { appendAudit } from '../../../db/support/audit-log.js';
import { adminOrderOf, anyOrder } from '../../orders/admin-order.js';
import type { AppDeps, Routes } from '../../deps.js';
import { orderEnvelopeOf } from '../../orders/order-envelope.js';
import { callerIn, type Caller } from '../../plugins/auth.js';
import { conflict, forbidden, unavailable } from '../../http/problem.js';
import { adminOrder, applyIpnBody, orderIdParams } from '../../schemas/admin-orders.js';
import { orderEnvelope } from '../../schemas/orders.js';
import { ownOrder } from '../billing/crypto-orders.js';

type Played = z.output<typeof applyIpnBody>;

/**
 * Plays an IPN to an order, for a merchant's confidence test. It is an operator's word and stays marked as one: real coins
 * are never claimed by it, so live orders are closed to it unless the installation says otherwise.
 */
export const applyIpnRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/admin/crypto-orders/:id/apply-ipn',
    {
      config: { permission: ['operator:support', 'orders:apply'] },
      schema: { params: orderIdParams, body: applyIpnBody, response: { 200: z.union([adminOrder, orderEnvelope]) } },
    },
    async (request) => {
      const caller = callerIn(request);
      const order = await orderFor(deps, caller, request.params.id);
      if (isClosedTo(deps, order)) {
        await auditRefusal(deps, order, { actor: caller.actor, said: request.body });
        throw forbidden('An IPN can be applied to test orders only: ALLOW_LIVE_APPLY_IPN is off.');
      }
      if (request.body.reason !== undefined) await keepReason(deps.pool, request.id, request.body.reason);
      const outcome = await deps.orderRuns.apply(deps.orderStart(order), {
        kind: 'operator',
        id: request.id,
        actor: caller.actor,
        ...said(request.body),
      });
      if (outcome.kind === 'waits') throw unavailable(`The IPN is kept, and is dealt with later: ${outcome.reason}.`);
      if (outcome.kind === 'refused')
        throw conflict(`The order is ${outcome.status}.`, { resource: 'crypto_order', field: 'status' });
      const after = await anyOrder(deps.pool, order.id, null);
      return caller.accountId === null ? adminOrderOf(deps, after) : orderEnvelopeOf(deps, after);
    },
  );
};

/** The order, if the caller may see it: an operator any, a test key its account's. */
async function orderFor({ pool }: AppDeps, { accountId, mode }: Caller, id: string): Promise<OrderRow> {
  if (accountId !== null) {
    if (mode !== 'test') throw forbidden('An IPN can be applied to test orders only, with a test key.');
    return ownOrder(pool, { accountId, mode }, id);
  }
  return anyOrder(pool, id, mode === 'test' ? mode : null);
}

function isClosedTo({ settings }: AppDeps, { mode }: OrderRow): boolean {
  return mode === 'live' && !settings.allowLiveApplyIpn;
}

/** That an operator would have called a live order paid; what reaches the order's workflow is audited there. */
async function auditRefusal({ pool }: AppDeps, order: OrderRow, asked: { actor: string; said: Played }): Promise<void> {
  const { reason, ...said } = asked.said;
  const stand = { status: order.status, payment_id: order.paymentId, version: order.version };
  await inTransaction(pool, (db) =>
    appendAudit(db, {
      actor: asked.actor,
      action: 'crypto_order.ipn_refused',
      accountId: order.accountId,
      orderId: order.id,
      subject: order.id,
      reason: reason ?? null,
      before: stand,
      after: { ...stand, said },
      result: 'refused: live orders are closed to it',
    }),
  );
}

function said({ provider_status, payment_id, actually_paid, pay_amount, pay_currency }: Played) {
  return {
    providerStatus: provider_status,
    paymentId: payment_id,
    actuallyPaid: actually_paid ?? null,
    payAmount: pay_amount ?? null,
    payCurrency: pay_currency ?? null,
  };
}
