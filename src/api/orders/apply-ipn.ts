import { z } from 'zod';
import { keepReason } from '../../db/orders/fact-reasons.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { ApprovalRow, Proposal } from '../../db/support/approvals.js';
import type { HandedWord } from '../../domain/facts/fact.js';
import { askForTwo, eyesOn, isAboveLimit, tellOfPower } from '../approvals/eyes.js';
import type { AppDeps } from '../deps.js';
import { conflict, unavailable } from '../http/problem.js';
import type { applyIpnBody } from '../schemas/admin-orders.js';
import { anyOrder } from './admin-order.js';

export type Played = z.output<typeof applyIpnBody>;

interface Said {
  readonly said: Played;
  readonly actor: string;
  readonly id: string; // the fact's: handed over twice it changes nothing
}

/** Plays an IPN to an order, or answers the proposal: to a live order of some worth two persons have to say it. */
export async function applyIpn(deps: AppDeps, order: OrderRow, word: Said): Promise<ApprovalRow | null> {
  const { said, actor } = word;
  const { reason, ...what } = said;
  const proposal: Proposal = {
    kind: 'apply_ipn',
    subject: order.id,
    accountId: order.accountId,
    orderId: order.id,
    what,
    actor,
    reason: reason ?? null,
  };
  if (order.mode === 'live') {
    const eyes = await eyesOn(deps.pool, deps, { kind: 'apply_ipn', isWorthMore: await isAboveLimit(deps, order) });
    if (eyes === 'two') return askForTwo(deps, proposal);
    tellOfPower(deps, proposal, 'alone'); // an operator calls a live order paid: somebody is to hear of each
  }
  await play(deps, order, word);
  return null;
}

const agreed = z.object({
  provider_status: z.string(),
  payment_id: z.string(),
  actually_paid: z.string().optional(),
  pay_amount: z.string().optional(),
  pay_currency: z.string().optional(),
});

/** The word that two agreed to. Said again, its fact is the same. */
export async function applyIpnAsAgreed(deps: AppDeps, found: ApprovalRow): Promise<void> {
  const order = await anyOrder(deps.pool, found.subject, null);
  const said = { ...agreed.parse(found.what), ...(found.reason === null ? {} : { reason: found.reason }) } as Played;
  await play(deps, order, { said, actor: found.proposedBy, id: `approved:${found.id}` });
}

async function play(deps: AppDeps, order: OrderRow, { said, actor, id }: Said): Promise<void> {
  if (said.reason !== undefined) await keepReason(deps.pool, id, said.reason);
  const outcome = await deps.orderRuns.apply(deps.orderStart(order), { kind: 'operator', id, actor, ...wordOf(said) });
  if (outcome.kind === 'waits') throw unavailable(`The IPN is kept, and is dealt with later: ${outcome.reason}.`);
  if (outcome.kind === 'refused') {
    throw conflict(`The order is ${outcome.status}.`, { resource: 'crypto_order', field: 'status' });
  }
}

type Word = Omit<HandedWord, 'kind' | 'id' | 'actor' | 'reason'>;

function wordOf({ provider_status, payment_id, actually_paid, pay_amount, pay_currency }: Played): Word {
  return {
    providerStatus: provider_status,
    paymentId: payment_id,
    actuallyPaid: actually_paid ?? null,
    payAmount: pay_amount ?? null,
    payCurrency: pay_currency ?? null,
  };
}
