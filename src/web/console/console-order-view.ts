import type { DeliveryStatus } from '../../domain/delivery.js';
import type { Mode } from '../../domain/ids.js';
import type { EventSource, OrderStatus } from '../../domain/order.js';
import type { PaymentRole } from '../../domain/payments/deposits.js';
import type { StubReason } from '../../domain/stub.js';
import type { ConsoleCase } from './console-case-view.js';
import type { ConsoleContext } from './console-frame.js';

export interface ConsoleOrder {
  readonly id: string;
  readonly accountId: string;
  readonly mode: Mode;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly status: OrderStatus;
  readonly provider: string;
  readonly stubReason: StubReason | null;
  readonly stubMinimum: string | null;
  readonly stubMinimumCurrency: string | null;
  readonly paymentId: string | null;
  readonly payCurrency: string | null;
  readonly payAmountText: string | null;
  readonly payAddress: string | null;
  readonly payExtraId: string | null;
  readonly network: string | null;
  readonly customerReference: string | null;
  readonly description: string | null;
  readonly customerNote: string | null;
  readonly internalNote: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly failedReason: string | null;
  readonly version: number;
  readonly expiresAt: string;
  readonly partialUntil: string | null;
  readonly paidAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ConsoleOrderEvent {
  readonly seq: number;
  readonly status: OrderStatus;
  readonly source: EventSource;
  readonly event: string;
  readonly at: string;
}

export interface ConsoleDeposit {
  readonly paymentId: string;
  readonly role: PaymentRole;
  readonly providerStatus: string;
  readonly coin: string | null;
  readonly arrived: string;
  readonly applied: string;
  readonly excess: string;
  readonly unapplied: string;
  readonly lateAt: string | null;
  readonly firstSeenAt: string;
}

export interface ConsoleDelivery {
  readonly id: string;
  readonly eventType: string;
  readonly url: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastResponseStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: string;
}

/** The merchant's account, and whose pair of credentials mints for it now in the order's mode. */
export interface ConsoleAccount {
  readonly name: string;
  readonly mintsWith: 'own' | 'installation' | 'stub';
}

export interface ConsoleOrderView {
  readonly context: ConsoleContext;
  readonly order: ConsoleOrder;
  readonly productName: string | null;
  readonly account: ConsoleAccount;
  readonly isAddressIntact: boolean;
  readonly events: readonly ConsoleOrderEvent[];
  readonly deposits: readonly ConsoleDeposit[];
  readonly cases: readonly ConsoleCase[];
  readonly deliveries: readonly ConsoleDelivery[];
  readonly receiptSha256: string | null;
  readonly paymentUrl: string;
  readonly temporalUrl: string | null;
}
