import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { isClosed } from '../domain/order.js';
import { attributes, type OrderStart, type OrderState } from './messages.js';

interface Shown {
  readonly status: string;
  readonly needsSupport: boolean;
}

/** What an operator sees of an order in Temporal UI: the table under "current details", and the search attributes. */
export function createOperatorView(start: OrderStart) {
  let shown: Shown = { status: 'pending', needsSupport: false };

  function show(state: OrderState): void {
    setCurrentDetails(detailsTable(start, state));
    // Every upsert is a billable action: only an end, or a call for support, is worth one.
    const changedForGood = isClosed(state.status) && state.status !== shown.status;
    if (!changedForGood && state.needsSupport === shown.needsSupport) return;
    shown = { status: state.status, needsSupport: state.needsSupport };
    upsertSearchAttributes([
      { key: attributes.orderStatus, value: shown.status },
      { key: attributes.needsSupport, value: shown.needsSupport },
    ]);
  }

  return { show };
}

function detailsTable(start: OrderStart, state: OrderState): string {
  const coin = (state.payCurrency ?? start.payCurrency).toUpperCase();
  const rows = [
    ['status', state.status],
    ['owed', state.owed ? `${state.owed} ${coin}` : 'no payment yet'],
    ['arrived', `${state.arrived} ${coin}`],
    ['waits until', state.deadline ?? 'no deadline'],
    ['support', state.needsSupport ? '**needed**' : 'not needed'],
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}
