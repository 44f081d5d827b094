import type { VNode } from 'preact';
import type { ApprovalKind } from '../../../domain/access/approval.js';
import {
  consolePage,
  CsrfField,
  Empty,
  Foreign,
  may,
  NextPage,
  personText,
  Said,
  type ConsoleContext,
} from '../console-frame.js';
import { Instant } from '../../instant.js';
import { printableText } from '../../printable-text.js';

export interface ConsoleApproval {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly subject: string;
  readonly orderId: string | null;
  readonly what: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly lapsesAt: string;
  readonly isOwn: boolean; // of who looks, or of his keys
  readonly mayDecide: boolean;
}

const titles: Record<ApprovalKind, string> = {
  honour: 'Honour a case',
  apply_ipn: 'Apply an IPN to a live order',
  credentials: 'Replace the pair of an account',
  admin_key: 'A new key of operators',
  policy: 'A looser policy',
  operator: 'Change an operator',
};

export interface ConsoleApprovalsView {
  readonly context: ConsoleContext;
  readonly approvals: readonly ConsoleApproval[];
  readonly nextCursor: string | null;
}

export function consoleApprovalsPage({ context, approvals, nextCursor }: ConsoleApprovalsView): string {
  return consolePage({
    context,
    section: 'Approvals',
    title: 'Approvals',
    children: (
      <>
        <h1>Approvals</h1>
        <p class="quiet">What takes two persons. A proposal lapses after a day.</p>
        {approvals.length === 0 && <Empty>Nothing waits for a second person.</Empty>}
        {approvals.map((one) => (
          <Approval context={context} one={one} />
        ))}
        <NextPage path="/console/approvals" query={{ cursor: nextCursor }} />
      </>
    ),
  });
}

function Approval({ context, one }: { context: ConsoleContext; one: ConsoleApproval }): VNode {
  return (
    <article class="card pad stack">
      <h2>{titles[one.kind]}</h2>
      <p>
        <Subject one={one} />, proposed by <bdi>{printableText(personText(one.proposedBy))}</bdi>{' '}
        <Instant iso={one.proposedAt} />, lapses <Instant iso={one.lapsesAt} />
      </p>
      <p>
        Reason: <Foreign text={one.reason} />
      </p>
      <dl class="facts">
        {Object.entries(one.what).map(([name, value]) => (
          <>
            <dt>{spoken(name)}</dt>
            <dd>
              <Said what={worded(value)} />
            </dd>
          </>
        ))}
      </dl>
      {may(context, 'approval:decide') && one.mayDecide && (
        <form method="post" action={`/console/approvals/${one.id}/decide`} class="tools">
          <CsrfField context={context} back="/console/approvals" />
          <label>
            Your reason
            <input name="reason" maxLength={500} />
          </label>
          {!one.isOwn && (
            <button class="small" name="outcome" value="approve">
              Approve
            </button>
          )}
          <button class="small second" name="outcome" value="decline">
            {one.isOwn ? 'Take back' : 'Decline'}
          </button>
        </form>
      )}
      {one.isOwn && <p class="quiet">Another person must approve it.</p>}
    </article>
  );
}

/** What is proposed, for people: lists and parts of it in words, not in brackets. */
function worded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(worded).join(', ');
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([name, part]) => `${spoken(name)}: ${part === null ? 'none' : String(worded(part))}`)
    .join('\n');
}

function spoken(name: string): string {
  return printableText(name.replaceAll('_', ' '));
}

function Subject({ one }: { one: ConsoleApproval }): VNode {
  if (one.orderId) return <a href={`/console/orders/${one.orderId}`}>{one.orderId}</a>;
  return (
    <span class="code">
      <Foreign text={one.subject} />
    </span>
  );
}
