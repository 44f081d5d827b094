import type { AlarmName } from '../domain/alarms.js';
import type { Tolerance } from '../domain/money.js';
import type { Database, Pool } from '../db/pool.js';
import type { OrderRow } from '../db/orders/orders.js';
import type { PairOnRecord } from '../db/secrets/pair-on-record.js';
import type { Keyring } from '../db/secrets/seal.js';
import type { Gateway } from '../gateway/nowpayments.js';
import type { ProviderAccount } from '../gateway/provider-account.js';

/** What operators are woken for: one line with ids, never secrets, and a count by name. */
export interface Alarms {
  raise(name: AlarmName, details: Record<string, unknown>): void;
}

/** Everything the activities of an order are handed; wired once, in the worker. */
export interface OrderDependencies {
  readonly pool: Pool;
  readonly gateway: Gateway;
  readonly keyring: Keyring;
  readonly tolerance: Tolerance;
  readonly publicUrl: string; // base of the payment pages that merchants are told of
  readonly alarms: Alarms;
  /** The instant that is written: the database's clock, so that no process's own clock counts. */
  readonly now: (db: Database) => Promise<string>;
  /** Vouches for a receipt's bytes, once: as it is frozen. */
  readonly signReceipt: (body: Buffer) => string;
  /** The key pair that an order is minted or read with; null when its account has none for its mode. Whoever has the record says so. */
  readonly providerAccount: (order: OrderRow, onRecord?: PairOnRecord) => Promise<ProviderAccount | null>;
  readonly ipnCallbackUrl: (order: OrderRow, account: ProviderAccount) => string;
  /** Makes the first attempt of each delivery of these events; what fails goes on by itself. */
  readonly publish: (eventIds: readonly string[]) => Promise<void>;
}
