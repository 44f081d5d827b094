import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OrderRow } from '../db/orders/orders.js';
import type { Pool } from '../db/pool.js';
import type { Keyring } from '../db/secrets/seal.js';
import type { ProviderQuestion } from '../domain/account.js';
import type { Price } from '../domain/currency.js';
import type { Mode } from '../domain/ids.js';
import type { Product } from '../domain/merchant/products.js';
import type { CoinAmount, Tolerance } from '../domain/money.js';
import type { Clocks } from '../domain/timing.js';
import type { CoinOffer } from '../domain/payments/offer.js';
import type { Metrics } from '../metrics.js';
import type { OrderRuns } from '../temporal/order-runs.js';
import type { StoredOrder } from '../temporal/order-start.js';
import type { Traced } from '../tracing/traced.js';
import type { ReceiptSeeds } from '../db/secrets/receipt-signatures.js';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Adds routes to the application. A new file of routes is one more line in app.ts. */
export type Routes = (app: App, deps: AppDeps) => void;

export type OrderStart = Parameters<OrderRuns['open']>[0];

/** A secret that IPNs may be signed with, and the modes of the orders it reaches. */
export interface IpnSecret {
  readonly secret: string;
  readonly mode: Mode;
}

/** What operators have set for the whole installation. */
export interface ApiSettings {
  readonly brandName: string; // what people read on pages and receipts
  readonly publicUrl: string; // without a trailing slash
  readonly priceMode: 'caller' | 'catalogue';
  readonly products: readonly Product[];
  readonly maxPriceCents: number;
  readonly clocks: Clocks;
  readonly production: boolean;
  readonly adminAllow: readonly string[]; // addresses and networks that the operators' address answers; none: all
  readonly trustedProxies: readonly string[]; // addresses whose x-forwarded-for is believed
  readonly receiptSigning: ReceiptSeeds;
  readonly maxLiveStreams: number; // payment pages that this process keeps informed
  readonly maxLiveStreamsPerAddress: number;
  readonly maxPagesPerAddress: number; // in a minute
  readonly consolePassword: string | null; // makes the console's first operator; null: nobody is made
  readonly mintDeadlineMs: number; // how long a checkout waits for its address
  readonly tolerance: Tolerance; // where an account's policy names none
  readonly fourEyesAbove: Price | null; // beyond this worth it takes two persons; null: one is enough
  readonly hasTestClock: boolean; // whether test orders are at a simulator on this machine
  readonly allowLiveApplyIpn: boolean; // whether an operator may play an IPN to a live order
}

export interface AppDeps {
  readonly pool: Pool;
  readonly keyring: Keyring;
  readonly orderRuns: OrderRuns;
  readonly orderStart: (order: StoredOrder) => OrderStart;
  /** Whether somebody can mint for the account: its own credentials or, where it is set so, the installation's. */
  readonly hasProvider: (whom: ProviderQuestion) => Promise<boolean>;
  /** How long nobody will call the provider for an order, as far as that is known; 0: it is called. */
  readonly providerRestMs: (order: OrderRow) => Promise<number>;
  /** The codes of the coins that an account's next order can be paid in; null: not known, so the provider decides. */
  readonly payableCoins: (whom: ProviderQuestion) => Promise<readonly string[] | null>;
  /** What a price costs now in an order's coin; null: nobody says so in time. */
  readonly costInCoin: (order: OrderRow, price: Price) => Promise<CoinAmount | null>;
  /** The same with what a price is about in each; null: not known now. */
  readonly coinOffers: (whom: ProviderQuestion, price: Price) => Promise<readonly CoinOffer[] | null>;
  /**
   * The secrets of an account's own pair, as they were a moment ago or, `isFresh`, as they are now; null: of the
   * installation's. None: the route is not there.
   */
  readonly ipnSecrets: (
    accountId: string | null,
    options?: { readonly isFresh?: boolean },
  ) => Promise<readonly IpnSecret[]>;
  /** Why deliveries would refuse to call a URL; null: they would not. */
  readonly webhookTarget: (url: string) => Promise<string | null>;
  /** Tells an endpoint's waiting retries that it takes deliveries again. Never fails. */
  readonly wakeRetries: (endpointId: string) => Promise<void>;
  readonly settings: ApiSettings;
  readonly metrics: Metrics;
  readonly log: FastifyBaseLogger;
  readonly traced: Traced;
  /** Starts the workflow of a reconcile run that is on record; throws TemporalAway. */
  readonly startReconcile: (run: { runId: string; dryRun: boolean; lostSince?: string | undefined }) => Promise<void>;
  /** The order's page in Temporal's UI, for operators; null: nobody said where that is. */
  readonly workflowUrl: (orderId: string) => string | null;
  readonly nowMs: () => number;
}
