import type { PaymentId } from '../ids.js';
import type { OrderStatus } from '../order.js';
import type { CaseAction } from '../cases/support-case.js';

/** A fact: something that happened. `id` is the same however often it is handed over. */
export type Fact =
  | { readonly kind: 'ipn'; readonly id: string } // the inbox row's id
  | { readonly kind: 'poll'; readonly id: string }
  | ReconcileFact
  | WindowClosedFact
  | { readonly kind: 'partial_window_ended'; readonly id: string; readonly deadline?: string }
  | { readonly kind: 'slow_confirmation'; readonly id: string }
  | { readonly kind: 'cancel'; readonly id: string }
  | ChoiceFact
  | AdvanceFact
  | OperatorFact
  | ResolveFact;

/** The provider says more than is on record: of the order's deposits, or of the payment that is named, which is none of them. */
export interface ReconcileFact {
  readonly kind: 'reconcile';
  readonly id: string;
  readonly paymentId?: PaymentId;
}

/** The payer's word on the coin. */
export interface ChoiceFact {
  readonly kind: 'choice';
  readonly id: string; // `choice:<version>:<coin>`
  readonly coin: string; // one that the account can be paid in
  readonly version: number; // of the order as the payer saw it
}

/** A merchant puts the clocks of a test order forward, to see what time brings. */
export interface AdvanceFact {
  readonly kind: 'advance';
  readonly id: string;
  readonly byMs: number | null; // null: to the end of what it waits for
}

/** The end of the pay window: by the order's own timer, or by an operator's sweep, which is audited. */
export interface WindowClosedFact {
  readonly kind: 'window_closed';
  readonly id: string;
  readonly deadline?: string; // the end that the timer ran to; absent: a sweep, whatever the end
  readonly sweep?: { readonly actor: string; readonly reason: string | null };
}

/** An audited apply-ipn: the operator's word, never provider evidence. */
export interface OperatorFact {
  readonly kind: 'operator';
  readonly id: string;
  readonly actor: string;
  readonly providerStatus: string;
  readonly paymentId: string;
  readonly actuallyPaid: string | null;
  readonly payAmount: string | null;
  readonly payCurrency: string | null;
  readonly reason: string | null;
}

/** Support's decision on a case. */
export interface ResolveFact {
  readonly kind: 'resolve';
  readonly id: string; // the decision's id
  readonly caseId: string;
  readonly action: CaseAction;
  readonly actor: string;
  readonly approvedBy: string | null;
  readonly reason: string;
}

type Untold<Told extends { readonly reason: string | null }> = Omit<Told, 'reason'> & { readonly reason?: never };

/**
 * A fact as it is handed to the order's workflow: ids and amounts, never bodies, notes, keys or what a person typed. The
 * reason of a person's word waits in the database under the fact's id (src/db/orders/fact-reasons.ts).
 */
export type HandedFact =
  | Exclude<Fact, WindowClosedFact | OperatorFact | ResolveFact>
  | (Omit<WindowClosedFact, 'sweep'> & { readonly sweep?: Untold<NonNullable<WindowClosedFact['sweep']>> })
  | HandedWord
  | HandedDecision;
export type HandedWord = Untold<OperatorFact>;
export type HandedDecision = Untold<ResolveFact>;

/**
 * What became of a fact. `refused` is an expected no, with its reason. `waits`: it is kept and dealt with later, since the
 * provider is being asked about something that comes first.
 */
export interface FactOutcome {
  readonly kind: 'moved' | 'stayed' | 'refused' | 'waits';
  readonly status: OrderStatus;
  readonly reason: string | null;
}
