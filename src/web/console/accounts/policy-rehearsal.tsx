import type { VNode } from 'preact';
import { rehearsedOutcomes, type RehearsedOutcome } from '../../../domain/cases/policy-rehearsal.js';
import { priceText } from '../../../domain/currency.js';
import { Instant } from '../../instant.js';
import { Foreign, Section } from '../console-frame.js';
import { TableBox } from '../table-box.js';

interface Tally {
  readonly outcomes: Readonly<Record<RehearsedOutcome, number>>;
  readonly overpaid_cases: number;
}

/** What a policy would have made of past orders, as the admin API answers it. */
export interface ConsoleRehearsal {
  readonly since: string;
  readonly orders: number;
  readonly with_money: number;
  readonly current: Tally;
  readonly proposed: Tally;
  readonly paid_more_cents: Readonly<Record<string, number>>; // by currency
  readonly paid_less_cents: Readonly<Record<string, number>>;
  readonly changed: number;
  readonly changes: readonly {
    readonly order_id: string;
    readonly price_cents: number;
    readonly price_currency: string;
    readonly current: RehearsedOutcome;
    readonly proposed: RehearsedOutcome;
    readonly why: string | null;
  }[];
  readonly changes_truncated: boolean; // more orders changed than are listed
}

const outcomeWords: Readonly<Record<RehearsedOutcome, string>> = {
  paid: 'paid',
  paid_late: 'paid late, without a person',
  partial: 'partial, left to a person',
  late: 'late, left to a person',
  unclear: 'unclear, left to a person',
  unpaid: 'unpaid',
};

export function Rehearsal({ rehearsal }: { rehearsal: ConsoleRehearsal }): VNode {
  const { since, orders, with_money, current, proposed, changed } = rehearsal;
  return (
    <Section title="Rehearsal">
      <p role="status">
        Of {orders} orders since <Instant iso={since} /> money came for {with_money}; {changed} would have ended
        otherwise. Nothing is changed.
      </p>
      <TableBox label="Outcomes" columns={['Outcome', { number: 'In force' }, { number: 'Proposed' }]}>
        {rehearsedOutcomes.map((outcome) => (
          <tr>
            <td>{outcomeWords[outcome]}</td>
            <td class="number">{current.outcomes[outcome]}</td>
            <td class="number">{proposed.outcomes[outcome]}</td>
          </tr>
        ))}
        <tr>
          <td>cases for too much</td>
          <td class="number">{current.overpaid_cases}</td>
          <td class="number">{proposed.overpaid_cases}</td>
        </tr>
      </TableBox>
      <dl class="facts">
        <dt>Paid in addition</dt>
        <dd>{sums(rehearsal.paid_more_cents)}</dd>
        <dt>Not paid any more</dt>
        <dd>{sums(rehearsal.paid_less_cents)}</dd>
      </dl>
      {changed > 0 && <Changes rehearsal={rehearsal} />}
    </Section>
  );
}

function Changes({ rehearsal: { changes, changes_truncated } }: { rehearsal: ConsoleRehearsal }): VNode {
  return (
    <>
      <TableBox
        label="Orders that would have ended otherwise"
        columns={['Order', { number: 'Price' }, 'In force', 'Proposed', 'Why']}
      >
        {changes.map(({ order_id, price_cents, price_currency, current, proposed, why }) => (
          <tr>
            <td class="code">
              <a href={`/console/orders/${order_id}`}>{order_id}</a>
            </td>
            <td class="number">{sum(price_currency, price_cents)}</td>
            <td>{outcomeWords[current]}</td>
            <td>{outcomeWords[proposed]}</td>
            <td>
              <Foreign text={why} />
            </td>
          </tr>
        ))}
      </TableBox>
      {changes_truncated && <p class="quiet">Only the first {changes.length} are listed.</p>}
    </>
  );
}

function sums(byCurrency: Readonly<Record<string, number>>): string {
  const each = Object.entries(byCurrency).map(([currency, cents]) => sum(currency, cents));
  return each.length > 0 ? each.join(', ') : 'nothing';
}

function sum(currency: string, cents: number): string {
  return `${priceText({ cents, currency })} ${currency}`;
}
