import type { VNode } from 'preact';
import { publicId } from '../../domain/ids.js';
import { operatorActor } from '../../domain/access/operator.js';
import { allowedActions, type CaseAction, type CaseKind } from '../../domain/cases/support-case.js';
import { coinTicker } from '../coins.js';
import { CaseEvidence } from './console-case-evidence.js';
import type { CaseResolutionView, ConsoleCase } from './console-case-view.js';
import { CsrfField, Foreign, may, personText, type ConsoleContext } from './console-frame.js';
import { Instant } from '../instant.js';

export const caseWords: Record<CaseKind, string> = {
  underpaid: 'Underpaid',
  overpaid: 'Overpaid',
  late_payment: 'Late payment',
  second_payment: 'Second payment',
  wrong_asset: 'Wrong coin or network',
  orphan_payment: 'Payment without an order',
  amount_mismatch: 'Amounts disagree',
  refunded: 'Refunded by the provider',
  slow_confirmation: 'Confirming for too long',
  mint_failed: 'No payment address',
};

const actionWords: Record<CaseAction, string> = {
  honour: 'Honour: mark paid and grant',
  decline: 'Decline and close',
  note: 'Add a note',
};

/** One case: what happened, the evidence, and what may be done now. */
export function CaseCard({ one, context, back }: { one: ConsoleCase; context: ConsoleContext; back: string }): VNode {
  const id = publicId('case', one.id);
  return (
    <article class={one.status === 'resolved' ? 'card case' : 'card case open'} id={id}>
      <header>
        <h3>{caseWords[one.kind]}</h3>
        <span class={one.status === 'resolved' ? 'badge' : 'badge alert'}>{one.status.replace('_', ' ')}</span>
        {one.escalatedAt && one.status !== 'resolved' && <span class="badge s-failed">escalated</span>}
        {one.actuallyPaid && (
          <strong class="money">
            {one.actuallyPaid} {one.payCurrency && coinTicker(one.payCurrency)}
            {one.fiatText && <span class="quiet"> ≈ {one.fiatText}</span>}
          </strong>
        )}
      </header>
      <dl class="facts">
        <dt>Case</dt>
        <dd class="code">{id}</dd>
        {one.orderId && (
          <>
            <dt>Order</dt>
            <dd>
              <a class="code" href={`/console/orders/${one.orderId}`}>
                {one.orderId}
              </a>
            </dd>
          </>
        )}
        <dt>Payment</dt>
        <dd class="code">
          <Foreign text={one.paymentId} />
        </dd>
        <dt>Opened</dt>
        <dd>
          <Instant iso={one.openedAt} />
        </dd>
        {one.status !== 'resolved' && (
          <>
            <dt>Decide by</dt>
            <dd class={Date.parse(one.deadlineAt) < Date.parse(context.nowIso) ? 'overdue' : undefined}>
              <Instant iso={one.deadlineAt} />
            </dd>
          </>
        )}
      </dl>
      {one.resolution && <Resolution resolution={one.resolution} />}
      <CaseEvidence one={one} />
      <Decision one={one} context={context} back={back} />
    </article>
  );
}

function Resolution({ resolution }: { resolution: CaseResolutionView }): VNode {
  return (
    <p class="resolution">
      <strong>{resolution.action}</strong> by {personText(resolution.actor)}
      {resolution.approvedBy && `, approved by ${personText(resolution.approvedBy)}`} on <Instant iso={resolution.at} />
      : <Foreign text={resolution.reason} />
    </p>
  );
}

function Decision({ one, context, back }: { one: ConsoleCase; context: ConsoleContext; back: string }): VNode | null {
  if (one.status === 'resolved' || !may(context, 'case:resolve')) return null;
  const isOwnProposal = one.status === 'awaiting_approval' && one.proposedBy === operatorActor(context.operator.name);
  const actions = allowedActions(one.kind, one.orderStatus, one.actuallyPaid);
  const reasonId = `reason-${one.id}`;
  return (
    <form class="decision" method="post" action={`/console/cases/${publicId('case', one.id)}/resolve`}>
      <CsrfField context={context} back={back} />
      <input type="hidden" name="decision_id" value={one.decisionId} />
      {one.proposedBy && one.status === 'awaiting_approval' && (
        <p class="notice warn">
          {personText(one.proposedBy)} proposes to honour: <Foreign text={one.proposedReason} />{' '}
          {isOwnProposal ? 'Another operator must approve.' : 'Honouring it approves the proposal.'}
        </p>
      )}
      <label for={reasonId}>Reason</label>
      <textarea id={reasonId} name="reason" required maxLength={500} rows={2} />
      <p class="actions">
        {actions
          .filter((action) => action !== 'honour' || !isOwnProposal)
          .map((action) => (
            <button name="action" value={action} class={action === 'honour' ? 'small' : 'small second'}>
              {actionWords[action]}
            </button>
          ))}
      </p>
    </form>
  );
}
