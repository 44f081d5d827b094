import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { HandedFact } from '../domain/facts/fact.js';
import { isClosed } from '../domain/order.js';
import { attributes, type OrderStart, type OrderState } from './messages.js';

interface Shown {
  readonly status: string;
  readonly needsSupport: boolean;
}

const triesBelow = 'each try, and why it failed, stands under Pending Activities';

const factNames: Readonly<Partial<Record<HandedFact['kind'], string>>> = {
  ipn: 'an IPN',
  poll: 'what its poll saw',
  reconcile: 'a ring of the sweep or of reconcile',
  window_closed: 'the end of its pay window',
  partial_window_ended: 'the end of its partial window',
  advance: 'a step of its test clock',
};

/** What an order's run may wait for, in the words of its operators. */
export const waitings = {
  payment: `its payment to be made at the provider: ${triesBelow}`,
  provider: ({ kind }: HandedFact) =>
    `the provider's word on its payment, to settle ${factNames[kind] ?? kind}: ${triesBelow}`,
  grace: (pollFrom: string) => `an IPN, or the sweep of the provider's list; asks by itself from ${pollFrom} on`,
  poll: `an IPN, the sweep of the provider's list, or its own poll, whose next try stands under Pending Activities`,
  deadline: `an IPN, or the sweep of the provider's list; at the deadline its payment is read once more`,
  choice: 'its payer to choose a coin',
  person: 'a person, or its deadline: there is no payment to ask about',
  nothing: 'nothing: it is closed',
} as const;

export type OperatorView = ReturnType<typeof createOperatorView>;

/** What an operator sees of an order in Temporal UI: the list under "current details", and the search attributes. */
export function createOperatorView(start: OrderStart) {
  let shown: Shown = { status: 'pending', needsSupport: false };
  let known: OrderState | null = null;
  let waiting: string = waitings.payment;
  writeDetails();

  function writeDetails(): void {
    setCurrentDetails(details(start, known, waiting));
  }

  /** Costs no history: the details are asked of the run when somebody looks. */
  function waitsFor(what: string): void {
    waiting = what;
    writeDetails();
  }

  function show(state: OrderState): void {
    known = state;
    if (isClosed(state.status)) waiting = waitings.nothing;
    writeDetails();
    // Every upsert is a billable action: only an end, or a call for support, is worth one.
    const changedForGood = isClosed(state.status) && state.status !== shown.status;
    if (!changedForGood && state.needsSupport === shown.needsSupport) return;
    shown = { status: state.status, needsSupport: state.needsSupport };
    upsertSearchAttributes([
      { key: attributes.orderStatus, value: shown.status },
      { key: attributes.needsSupport, value: shown.needsSupport },
    ]);
  }

  return { show, waitsFor };
}

function details(start: OrderStart, state: OrderState | null, waiting: string): string {
  const coin = (state?.payCurrency ?? start.payCurrency ?? '').toUpperCase();
  const rows = [
    ['waits for', waiting],
    ['deadline', state === null ? start.expiresAt : (state.deadline ?? 'none')],
    ['status', state?.status ?? 'pending'],
    ['owed', state?.owed ? `${state.owed} ${coin}` : 'no payment yet'],
    ['arrived', `${state?.arrived ?? '0'} ${coin}`.trim()],
    ['support', state?.needsSupport ? '**needed**' : 'not needed'],
  ];
  return rows.map(([name, value]) => `- ${name}: ${value}`).join('\n');
}
