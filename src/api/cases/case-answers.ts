import { ipnsOfOrders, type IpnEvidence } from '../../db/money/ipn-evidence.js';
import { findOrders, type OrderRow } from '../../db/orders/orders.js';
import { paymentsOf, type PaymentRow } from '../../db/money/payments.js';
import type { Database } from '../../db/pool.js';
import type { CaseResolution, CaseRow } from '../../db/support/support-cases.js';
import { priceText, worthAtQuote } from '../../domain/currency.js';
import { publicId } from '../../domain/ids.js';
import { coinAmount } from '../../domain/money.js';
import { allowedActions } from '../../domain/cases/support-case.js';
import type { CaseAnswer } from '../schemas/support-cases.js';

/** Cases as support sees them: with the evidence, the worth of the coins, and what may be done now. */
export async function caseAnswers(db: Database, rows: readonly CaseRow[]): Promise<CaseAnswer[]> {
  const ids = [...new Set(rows.flatMap(({ orderId }) => orderId ?? []))];
  const [orders, payments, ipns] = await Promise.all([findOrders(db, ids), paymentsOf(db, ids), ipnsOfOrders(db, ids)]);
  return rows.map((row) => {
    const ofOrder = <Line extends { readonly orderId: string | null }>(lines: readonly Line[]) =>
      lines.filter(({ orderId }) => orderId !== null && orderId === row.orderId);
    const order = orders.find(({ id }) => id === row.orderId) ?? null;
    return answer(row, order, ofOrder(payments), ofOrder(ipns));
  });
}

export async function caseAnswerOf(db: Database, row: CaseRow): Promise<CaseAnswer> {
  const [only] = await caseAnswers(db, [row]);
  if (!only) throw new Error('one case gave no answer');
  return only;
}

function answer(
  row: CaseRow,
  order: OrderRow | null,
  payments: readonly PaymentRow[],
  ipns: readonly IpnEvidence[],
): CaseAnswer {
  const isResolved = row.status === 'resolved';
  return {
    id: publicId('case', row.id),
    kind: row.kind,
    status: row.status,
    account_id: row.accountId && publicId('account', row.accountId),
    order_id: row.orderId,
    payment_id: row.paymentId,
    actually_paid: row.actuallyPaid,
    pay_currency: row.payCurrency,
    opened_at: row.openedAt,
    escalated_at: row.escalatedAt,
    resolution: resolutionOnWire(row.resolution),
    livemode: row.mode === 'live',
    deadline_at: row.deadlineAt,
    order_status: order?.status ?? null,
    fiat_value: order && fiatValue(row, order),
    allowed_actions: isResolved ? [] : allowedActions(row.kind, order?.status ?? null, row.actuallyPaid),
    proposal: proposalOf(row),
    evidence: {
      facts: row.facts.map((fact) => ({ ...fact })),
      payments: payments.map(paymentAnswer),
      ipns: ipns.map(ipnAnswer),
    },
  };
}

export function resolutionOnWire(resolution: CaseResolution | null): CaseAnswer['resolution'] {
  if (resolution === null) return null;
  const { at, actor, action, reason, approvedBy } = resolution;
  return { at, actor, action, reason, approved_by: approvedBy };
}

/** What the coins were worth when the order was quoted; nothing for another coin than the order's. */
function fiatValue(row: CaseRow, order: OrderRow): CaseAnswer['fiat_value'] {
  const arrived = row.actuallyPaid === null ? null : coinAmount(row.actuallyPaid);
  const sameCoin = row.payCurrency !== null && row.payCurrency.toLowerCase() === order.payCurrency?.toLowerCase();
  if (arrived === null || order.payAmount === null || !sameCoin) return null;
  const currency = order.priceCurrency;
  const cents = worthAtQuote({ cents: order.priceCents, currency }, order.payAmount, arrived);
  return { cents, text: `${priceText({ cents, currency })} ${currency}`, currency };
}

function proposalOf({ proposedBy, proposedReason, proposedAt, proposalLapsesAt }: CaseRow): CaseAnswer['proposal'] {
  if (proposedBy === null || proposedAt === null || proposalLapsesAt === null) return null;
  return { actor: proposedBy, reason: proposedReason ?? '', at: proposedAt, expires_at: proposalLapsesAt };
}

function paymentAnswer(row: PaymentRow): CaseAnswer['evidence']['payments'][number] {
  return {
    payment_id: row.paymentId,
    parent_payment_id: row.parentPaymentId,
    role: row.role,
    provider_status: row.providerStatus,
    coin: row.coin,
    arrived: row.arrived,
    applied: row.applied,
    excess: row.excess,
    unapplied: row.unapplied,
    late_at: row.lateAt,
    late_quote: row.lateQuote,
    read_at: row.updatedAt,
  };
}

function ipnAnswer(row: IpnEvidence): CaseAnswer['evidence']['ipns'][number] {
  return {
    id: row.id,
    payment_id: row.paymentId,
    payment_status: row.paymentStatus,
    actually_paid: row.actuallyPaid,
    pay_currency: row.payCurrency,
    form: row.form,
    received_at: row.receivedAt,
    outcome: row.outcome,
  };
}
