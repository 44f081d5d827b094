import { z } from 'zod';
import type { OrderRow } from '../../../db/orders/orders.js';
import { inTransaction } from '../../../db/query.js';
import { appendAudit } from '../../../db/support/audit-log.js';
import { applyIpn, type Played } from '../../orders/apply-ipn.js';
import { adminOrderOf, anyOrder } from '../../orders/admin-order.js';
import type { AppDeps, Routes } from '../../deps.js';
import { orderEnvelopeOf } from '../../orders/order-envelope.js';
import { callerIn, type Caller } from '../../plugins/auth.js';
import { forbidden } from '../../http/problem.js';
import { adminOrder, applyIpnBody, orderIdParams } from '../../schemas/admin-orders.js';
import { approvalAnswer, approvalAnswerOf } from '../../schemas/approvals.js';
import { orderEnvelope } from '../../schemas/order-answers.js';
import { ownOrder } from '../billing/crypto-orders.js';

/**
 * Plays an IPN to an order, for a merchant's confidence test. It is an operator's word and stays marked as one: real coins
 * are never claimed by it, so live orders are closed to it unless the installation says otherwise.
 */
export const applyIpnRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/admin/crypto-orders/:id/apply-ipn',
    {
      config: { permission: ['operator:support', 'orders:apply'] },
      schema: {
        params: orderIdParams,
        body: applyIpnBody,
        response: { 200: z.union([adminOrder, orderEnvelope]), 202: approvalAnswer },
      },
    },
    async (request, reply) => {
      const caller = callerIn(request);
      const order = await orderFor(deps, caller, request.params.id);
      if (isClosedTo(deps, order)) {
        await auditRefusal(deps, order, { actor: caller.actor, said: request.body });
        throw forbidden('An IPN can be applied to test orders only: ALLOW_LIVE_APPLY_IPN is off.');
      }
      const word = { said: request.body, actor: caller.actor, id: request.effectId };
      const waiting = await applyIpn(deps, order, word);
      if (waiting) return reply.code(202).send(approvalAnswerOf(waiting));
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
