import type { OrderStatus } from '../../domain/order.js';
import type { CaseKind, CaseStatus } from '../../domain/cases/support-case.js';

export interface ConsoleCase {
  readonly id: string;
  readonly kind: CaseKind;
  readonly status: CaseStatus;
  readonly orderId: string | null;
  readonly orderStatus: OrderStatus | null; // null: money that names no order of ours
  readonly paymentId: string | null;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly fiatText: string | null; // its worth at the quoted rate: `48.20 USD`
  readonly facts: readonly Readonly<Record<string, unknown>>[];
  readonly ipns: readonly ConsoleIpn[]; // the provider's notifications, which are no proof by themselves
  readonly openedAt: string;
  readonly deadlineAt: string;
  readonly escalatedAt: string | null;
  readonly proposedBy: string | null;
  readonly proposedReason: string | null;
  readonly resolution: CaseResolutionView | null;
  readonly decisionId: string; // fresh for every page: pressing twice decides once
}

export interface ConsoleIpn {
  readonly id: string;
  readonly paymentId: string | null;
  readonly paymentStatus: string | null;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly receivedAt: string;
  readonly outcome: string | null;
}

export interface CaseResolutionView {
  readonly action: string;
  readonly reason: string;
  readonly actor: string;
  readonly approvedBy: string | null;
  readonly at: string;
}
